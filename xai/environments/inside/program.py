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
from typing import Any

from xai.environments.inside.answering import answered, first_line, rows_of
from xai.environments.inside.describing import describe
from xai.environments.inside.restoring import opened
from xai.errors import KlartextError
from xai.limits import MEGABYTE, Limits
from xai.opening.allowed import ever_allowed
from xai.worker.channel import Channel
from xai.worker.environment import PACKAGE, libraries
from xai.worker.jail import Confinement, lock_down
from xai.worker.trying import try_everything
from xai.worker.wire.encoding import Encoder
from xai.worker.wire.errors import WireError
from xai.worker.wire.frame import Frame, read, write

LOADED = ("numpy", "pandas", "scipy", "joblib", "sklearn")
_MOST = 1 << 33  # bytes of one question: what asks has its own limits
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
            self._failed("QuestionError", "model-refused", model=type(self._model).__name__, reason=first_line(error))

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
