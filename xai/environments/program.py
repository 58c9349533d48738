"""The program beside a model that needs other versions: it reads the model in the model's own environment and answers.

Valid for Python 3.8 to 3.13 and for the NumPy and pandas of each. `starting` runs it, and nobody else:
it loads the libraries, locks itself in as any worker does, and only then reads its first byte. It is told which names
the file may use; the guards of `xai.opening` look at every call and state here too. What it is asked and what it
answers are frames of `xai.worker.wire`: numbers and labels, never a pickle but the model's own file.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import platform
import sys
import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np

from xai.environments.described import Described
from xai.errors import KlartextError, OpeningError
from xai.limits import MEGABYTE, Limits
from xai.opening.allowed import ever_allowed
from xai.opening.guards.names import Given, forbidden
from xai.opening.guards.unpickler import GuardedUnpickler
from xai.scalars import plain_scalar
from xai.worker.channel import Channel
from xai.worker.environment import PACKAGE, libraries
from xai.worker.jail import Confinement, lock_down
from xai.worker.trying import try_everything
from xai.worker.wire.encoding import Encoder
from xai.worker.wire.errors import WireError
from xai.worker.wire.frame import Frame, read, write
from xai.worker.wire.tables import Arrays
from xai.worker.wire.tables import frame as table

LOADED = ("numpy", "pandas", "scipy", "joblib", "sklearn")
METHODS = ("predict", "predict_proba", "decision_function")
_LONGEST_SAID = 300  # characters of a foreign error message
_MOST = 1 << 33  # bytes of one question: what asks has its own limits
_NAMED_IN = ("feature_names_in_", "feature_names_", "feature_name_")
_VERSIONS = {"sklearn": "scikit-learn", "imblearn": "imbalanced-learn", "category_encoders": "category-encoders"}


def main() -> None:
    """Lock up, then answer until the other end of the socket is closed."""
    parser = argparse.ArgumentParser(prog="program")
    parser.add_argument("--socket", type=int, required=True, metavar="N")
    parser.add_argument("--memory", type=int, required=True, metavar="BYTES")
    parser.add_argument("--libraries", default="", metavar="NAME,…", help="loaded beside scikit-learn")
    asked = parser.parse_args()
    names = [*LOADED, *filter(None, asked.libraries.split(","))]
    for name in names:
        importlib.import_module(name)
    ever_allowed()  # read while it can be
    channel, limits = Channel(asked.socket), Limits.from_environment()
    kept = Confinement(
        asked.memory, limits.cpu_seconds, limits.open_files, limits.threads, channel.kept, tuple(libraries())
    )
    layers = lock_down(kept)
    sys.path[:] = [entry for entry in sys.path if entry != str(PACKAGE.parent)]
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    program = Program(channel, asked.memory, versions(names))
    program.send({"kind": "ready", "layers": [[layer.name, layer.state, layer.reason] for layer in layers]})
    program.loop()


def versions(names: list[str]) -> dict[str, str]:
    """What is installed here, by the names packages are installed under."""
    loaded = {_VERSIONS.get(name, name): getattr(sys.modules[name], "__version__", None) for name in names}
    return {"python": platform.python_version(), **{name: str(version) for name, version in loaded.items() if version}}


class Program:
    """Reads frames, writes frames; holds the one model."""

    def __init__(self, channel: Channel, memory: int, found: Mapping[str, str]) -> None:
        self._channel = channel
        self._memory = memory
        self._versions = found
        self._model: Any = None

    def loop(self) -> None:
        """Until the other end is closed."""
        while True:
            try:
                asked = read(self._channel.receive, _MOST)
            except EOFError:
                return
            self._answer(asked)

    def send(self, header: Mapping[str, Any], arrays: Any = ()) -> None:
        write(self._channel.send, Frame(header, arrays))

    def _answer(self, asked: Frame) -> None:
        try:
            encoder = Encoder()
            value = encoder.node(self._ask(asked))
            self.send({"kind": "answer", "value": value}, encoder.arrays)
        except MemoryError:
            self._failed("WorkerError", "worker-out-of-memory", megabytes=self._memory // MEGABYTE)
        except KlartextError as error:
            self._failed(type(error).__name__, error.code, **error.facts)
        except WireError:
            self._failed("WorkerError", "answer-too-large")
        except Exception as error:  # the model is somebody else's code: anything can be raised; whoever asks is told
            self._failed("QuestionError", "model-refused", model=type(self._model).__name__, reason=_said(error))

    def _failed(self, error: str, code: str, **facts: Any) -> None:
        self.send({"kind": "error", "error": error, "code": code, "facts": Encoder().node(facts)})

    def _ask(self, asked: Frame) -> Any:
        header = asked.header
        question = header["question"]
        if question == "attest":
            return try_everything(header["parameters"], lambda found: self.send({"kind": "tried", "found": found}))
        if question == "load":
            self._model, key, keys = opened([array.tobytes() for array in asked.arrays], header["names"], header["key"])
            return describe(self._model, self._versions, key, keys)
        return answered(self._model, question, rows_of(header, asked.arrays))


# --- reading the model -----------------------------------------------------------------------------------------------


class Reader(GuardedUnpickler):
    """Gives a file the names it was granted, as this environment has them, and nothing else."""

    def __init__(self, stream: BytesIO, granted: frozenset[str], given: Given, level: int = 0) -> None:
        super().__init__(stream, given, level)
        self.granted = granted

    def resolve(self, module: str, name: str) -> Any:
        if f"{module}:{name}" not in self.granted:
            raise forbidden(module, name)
        return self.given.note(ever_allowed().today(module, name), getattr(importlib.import_module(module), name))

    def nested(self) -> Reader:
        return Reader(self.stream, self.granted, self.given, self.level + 1)


def opened(files: list[bytes], names: list[str], key: str | None) -> tuple[Any, str | None, tuple[str, ...]]:
    """The model of the first file, behind the preprocessing of the second if there is one; its key among all keys."""
    things = [_read(file, frozenset(names)) for file in files]
    model, found, keys = chosen(things[0], key)
    _require(model, "predict", "only-preprocessing" if hasattr(model, "transform") else "not-a-model")
    for companion in things[1:]:
        from sklearn.pipeline import Pipeline

        if not hasattr(companion, "transform") or hasattr(companion, "predict"):
            raise OpeningError("not-preprocessing", found=type(companion).__name__)
        model = Pipeline([("preprocessing", companion), ("model", model)])
    return model, found, keys


def _read(file: bytes, granted: frozenset[str]) -> Any:
    try:
        return Reader(BytesIO(file), granted, Given(ever_allowed())).load()
    except (KlartextError, MemoryError):
        raise
    except Exception as error:  # the file decides what runs here; the cause is kept
        raise OpeningError("own-version-cannot-open", said=_said(error)) from error


def chosen(thing: Any, key: str | None) -> tuple[Any, str | None, tuple[str, ...]]:
    """The one model among the objects of a file, its key, and all keys."""
    if isinstance(thing, dict):
        parts = {str(name): part for name, part in thing.items()}
    elif isinstance(thing, (list, tuple)):
        parts = {str(place): part for place, part in enumerate(thing)}
    elif key is not None:
        raise OpeningError("unknown-object", key=key, keys="–")
    else:
        return thing, None, ()
    models = [name for name, part in parts.items() if hasattr(part, "predict") and not isinstance(part, type)]
    keys = ", ".join(list(parts)[:50]) or "–"
    if key is not None and key not in parts:
        raise OpeningError("unknown-object", key=key, keys=keys)
    if key is None and len(models) != 1:
        if models:
            raise OpeningError("several-models", keys=", ".join(models), count=len(models))
        raise OpeningError("not-a-model", found=f"Python ({keys})")
    wanted = models[0] if key is None else key
    return parts[wanted], wanted, tuple(parts)


def _require(model: Any, method: str, code: str) -> None:
    if not hasattr(model, method):
        raise OpeningError(code, found=type(model).__name__)


# --- describing it ---------------------------------------------------------------------------------------------------


def describe(model: Any, found: Mapping[str, str], key: str | None, keys: tuple[str, ...]) -> Described:
    """What the model says about itself."""
    steps = steps_of(model)
    kind = kind_of(model, steps[-1])
    classes = _attribute(model, "classes_")
    if isinstance(classes, list) and any(isinstance(each, np.ndarray) for each in classes):
        raise OpeningError("several-outputs", outputs=len(classes))
    labels = () if classes is None or kind == "regressor" else tuple(map(plain_scalar, classes))
    return Described(
        kind=kind,
        classes=labels,
        columns=columns_of(model, steps),
        count=count_of(model, steps),
        methods=tuple(name for name in METHODS if _has(model, steps[-1], name, len(labels))),
        steps=tuple(type(step).__name__ for step in steps),
        versions=dict(found),
        key=key,
        keys=keys,
    )


def steps_of(model: Any) -> list[Any]:
    """The model without its wrappers: the steps of pipelines and the best of searches, the final estimator last."""
    best = _attribute(model, "best_estimator_")
    if best is not None:
        return steps_of(best)
    if type(model).__name__ in ("Pipeline", "_ImbPipeline") and hasattr(model, "steps"):
        steps = [step for _, step in model.steps if step is not None and not isinstance(step, str)]
        return [*steps[:-1], *steps_of(steps[-1])]
    inner = _attribute(model, "regressor_")
    return steps_of(inner) if inner is not None else [model]


def kind_of(model: Any, final: Any) -> str:
    """What an estimator calls itself: by the attribute of old versions, or the tags of newer ones."""
    for thing in (model, final):
        kind = _attribute(thing, "_estimator_type")
        if kind is None:
            try:
                kind = thing.__sklearn_tags__().estimator_type
            except Exception:  # older than its tags, or a class that knows nothing of them
                kind = None
        if isinstance(kind, str):
            return kind
    return "classifier" if hasattr(model, "predict_proba") else "regressor"


def columns_of(model: Any, steps: list[Any]) -> tuple[str, ...]:
    """The names a model was fitted with; before 1.0 only a ColumnTransformer kept them, as `_df_columns`."""
    for thing in (model, steps[0]):
        for name in (*_NAMED_IN, "_df_columns"):
            names = _attribute(thing, name)
            if names is not None and not callable(names) and len(names):
                found = [str(each) for each in names]
                made_up = ([f"Column_{k}" for k in range(len(found))], [str(k) for k in range(len(found))])
                if found not in made_up:
                    return tuple(found)
    return ()


def count_of(model: Any, steps: list[Any]) -> int | None:
    """How many columns a model was fitted with."""
    for thing in (model, steps[0]):
        for name in ("n_features_in_", "n_features_", "_n_features"):
            count = _attribute(thing, name)
            if isinstance(count, (int, np.integer)):
                return int(count)
    # before 0.23 linear models tell it by their coefficients only
    weights = _attribute(steps[0], "coef_")
    return int(np.shape(weights)[-1]) if weights is not None and np.ndim(weights) else None


def _has(model: Any, final: Any, method: str, classes: int) -> bool:
    if method == "decision_function":
        by_pairs = _attribute(final, "decision_function_shape") == "ovo" and classes > 2
        return classes > 0 and not by_pairs and hasattr(model, method)
    return hasattr(model, method) and (method == "predict" or classes > 0)


def _attribute(thing: Any, name: str) -> Any:
    """Some attributes are computed, and fail where the model lacks what they are computed from."""
    try:
        return getattr(thing, name, None)
    except Exception:  # a property of somebody else's class may raise anything; it then says nothing
        return None


# --- asking it -------------------------------------------------------------------------------------------------------


def rows_of(header: Mapping[str, Any], arrays: Any) -> Any:
    """What the model is given: a table, its values, or the array that was sent."""
    node, found = header["rows"], Arrays(arrays)
    if "a" in node:
        return found.take(node["a"], "biuf", 2)
    frame = table(node["f"], found)
    for name in frame.columns:  # newer versions count time in other units
        if frame[name].dtype.kind in "mM":
            frame[name] = frame[name].astype(f"{'datetime' if frame[name].dtype.kind == 'M' else 'timedelta'}64[ns]")
    return frame if header["named"] else frame.to_numpy(dtype=object)


def answered(model: Any, method: str, rows: Any) -> np.ndarray:
    """(n,) labels or numbers, or (n, K) numbers."""
    if method not in METHODS:
        raise KlartextError("nothing-opened")
    if model is None:
        raise KlartextError("nothing-opened")
    from sklearn.exceptions import NotFittedError

    try:
        found = getattr(model, method)(rows)
    except NotFittedError as error:
        raise OpeningError("no-fitted-model", model=type(model).__name__) from error
    if isinstance(found, (list, tuple)) and len(found) and np.ndim(found[0]) == 2:
        raise OpeningError("several-outputs", outputs=len(found))
    found = np.asarray(found)
    if method == "predict":
        if found.ndim > 1 and found.shape[1] > 1:
            raise OpeningError("several-outputs", outputs=found.shape[1])
        found = found.reshape(len(found))
        return found if found.dtype.kind in "biuf" else np.array([*map(plain_scalar, found), None], dtype=object)[:-1]
    return np.ascontiguousarray(found, dtype=np.float64)


def _said(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:_LONGEST_SAID]
