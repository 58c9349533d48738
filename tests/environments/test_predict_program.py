"""The program beside a model: valid for old Pythons, locked in like any worker, and honest about what it predicts."""

from __future__ import annotations

import ast
import json
import os
import pickle
import re
import socket
import struct
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from standing_in import LIMITS, converse, people, pipeline

from xai.environments import estimators, starting
from xai.environments.conversation import BROKEN, Conversation
from xai.environments.inside.described import Described
from xai.environments.opening import open_original
from xai.errors import KlartextError, OpeningError, QuestionError, WorkerError
from xai.model import Model
from xai.worker.attestation import ATTEMPTS
from xai.worker.wire import Encoder

ROOT = Path(__file__).parents[2]
INPUTS = ["age", "income", "city"]
X, Y = make_classification(150, 4, n_classes=3, n_informative=3, n_redundant=0, random_state=0)


def opened(conversation: Conversation, thing: Any, folder: Path, key: str | None = None) -> Any:
    """The estimator that asks a program about a file with `thing`."""
    path = folder / "m.joblib"
    joblib.dump(thing, path)
    return open_original([(path, None)], key, lambda needs: conversation)


# --- valid for Python 3.8 --------------------------------------------------------------------------------------------


LOADED = "print(*[m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'xai'], sep='\\n')"


@pytest.fixture(scope="module")
def modules() -> list[Path]:
    """Everything of ours that the program loads."""
    code = f"import sys, xai.environments.inside.program; {LOADED}"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(file) for file in said.stdout.splitlines()]


def test_all_of_it_is_python_3_8(modules: list[Path]) -> None:
    assert ROOT / "xai" / "worker" / "jail" / "system_calls.py" in modules
    for path in modules:
        tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
        newer = list(_newer(tree))
        assert newer == [], (path, newer)


def test_the_linter_holds_all_of_it_to_python_3_8(modules: list[Path]) -> None:
    """Else it would ask for newer ways of writing."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = [each for text in settings["tool"]["ruff"]["per-file-target-version"] for each in _alternatives(text)]
    names = [path.relative_to(ROOT) for path in modules]
    assert [name for name in names if not any(name.match(pattern) for pattern in patterns)] == []


def _alternatives(pattern: str) -> list[str]:
    """a/{b,c}.py: a/b.py and a/c.py."""
    found = re.fullmatch(r"(.*)\{(.*)\}(.*)", pattern)
    return [f"{found[1]}{part}{found[3]}" for part in found[2].split(",")] if found else [pattern]


def _newer(tree: ast.AST) -> Iterator[str]:
    """What Python 3.8 reads but cannot run: newer functions and arguments, and types that are computed there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "functools":
            yield from (alias.name for alias in node.names if alias.name == "cache")
        if isinstance(node, ast.Attribute) and node.attr in ("removeprefix", "removesuffix", "stdlib_module_names_"):
            yield node.attr
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            if name == "zip" and any(keyword.arg == "strict" for keyword in node.keywords):
                yield "zip(strict)"
            if name in ("isinstance", "issubclass") and isinstance(node.args[1], ast.BinOp):
                yield "isinstance with |"
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            name = getattr(node.value.value, "id", "")
            if name in ("tuple", "list", "dict", "set", "frozenset", "type", "Callable", "Mapping", "Sequence"):
                yield f"{name}[…]"


# --- locked in -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def obedient() -> Iterator[Conversation]:
    """A program that runs the code it is asked with."""
    conversation = misbehaving()
    yield conversation
    conversation.close()


@pytest.fixture
def inside(obedient: Conversation) -> Callable[[str], str]:
    """Runs code in a program: "OK: …" with its value, or the name of the error's number."""

    def run(code: str) -> str:
        with pytest.raises(QuestionError) as caught:
            obedient.ask("code", Any, code=code)
        assert caught.value.code == "not-a-range", caught.value
        return caught.value.facts["text"]

    return run


def misbehaving() -> Conversation:
    start = starting._START
    folder = str(Path(__file__).parent)
    starting._START = (
        f"import sys; sys.path[:0] = [sys.argv.pop(1), {folder!r}]; import misbehaving_program as m; m.main()"
    )
    try:
        return converse()
    finally:
        starting._START = start


def test_everything_that_is_tried_from_inside_is_refused(obedient: Conversation, tmp_path: Path) -> None:
    found: dict[str, Any] = {}
    (tmp_path / "canary").write_text("only the app may read this")
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = {
            "app": os.getpid(),
            "port": server.getsockname()[1],
            "canary": str(tmp_path / "canary"),
            "folder": str(tmp_path),
        }
        exchange, end = obedient._exchange, time.monotonic() + 20
        header = {"question": "attest", "parameters": asked}
        answer = exchange.ask(header, (), Any, end, aside=lambda said: found.update(said["found"]))
    assert answer == dict.fromkeys(ATTEMPTS, True)
    assert set(found) == set(ATTEMPTS)


FORBIDDEN = {
    "read the app's page": f"open({str(ROOT / 'Home.py')!r}).read()",
    "read the engine": f"open({str(ROOT / 'xai' / 'errors.py')!r}).read()",
    "list the project": f"os.listdir({str(ROOT)!r})",
    "read a test": f"open({__file__!r}).read()",
    "read the users": "open('/etc/passwd').read()",
    "read the app's environment": f"open('/proc/{os.getpid()}/environ', 'rb').read()",
    "write into its own environment": "open(os.path.join(sys.prefix, 'x'), 'w')",
    "change a library of its own": "open(os.__file__, 'a')",
    "write a temporary file": "open('/tmp/klartext-test', 'w')",
    "open a socket": "socket.socket()",
    "fork": "os.fork()",
    "start a program": "os.execv(sys.executable, [sys.executable])",
    "signal its parent": "os.kill(os.getppid(), 0)",
}


@pytest.mark.parametrize("code", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_code_in_the_program_cannot(inside: Callable[[str], str], code: str) -> None:
    assert inside(code) in ("EPERM", "EACCES")


def test_its_environment_is_made_from_scratch(inside: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    names = set(eval(inside("sorted(os.environ)").removeprefix("OK: ")))
    assert not names & {"PYTHONPATH", "HOME_OF_SECRETS", "SSL_CERT_FILE", "UV_CACHE_DIR"}
    assert {name for name in names if name not in os.environ} >= {"OMP_THREAD_LIMIT"}


def test_only_its_socket_is_open(inside: Callable[[str], str]) -> None:
    listed = "[n for n in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + n)]"
    assert len(eval(inside(listed).removeprefix("OK: "))) == 4  # the three that lead nowhere, and the socket


# --- predictions -----------------------------------------------------------------------------------------------------


def test_a_pipeline_predicts_there_what_it_predicts_here(program: Conversation, tmp_path: Path) -> None:
    frame, model = people()[INPUTS], pipeline()
    found = opened(program, model, tmp_path)
    there = found.estimator
    assert np.array_equal(there.predict_proba(frame), model.predict_proba(frame))
    assert there.predict(frame).tolist() == model.predict(frame).tolist()
    assert there.classes_.tolist() == ["ja", "nein"]
    assert there.feature_names_in_.tolist() == INPUTS
    assert found.how == "own environment"
    assert found.runs_with["python"] == ".".join(map(str, sys.version_info[:3]))


def test_a_regressor_predicts_numbers(program: Conversation, tmp_path: Path) -> None:
    frame, model = people()[INPUTS], pipeline("spent")
    there = opened(program, model, tmp_path).estimator
    assert np.array_equal(there.predict(frame), model.predict(frame))
    assert not hasattr(there, "predict_proba")
    assert Model(there).task == "regression"


def test_a_model_without_names_takes_arrays(program: Conversation, tmp_path: Path) -> None:
    model = make_pipeline(StandardScaler(), SVC()).fit(X, Y)
    there = opened(program, model, tmp_path).estimator
    assert there.n_features_in_ == 4
    assert np.array_equal(there.decision_function(X), model.decision_function(X))
    assert there.predict(X).tolist() == Y.tolist() or there.predict(X).tolist() == model.predict(X).tolist()
    assert not hasattr(there, "predict_proba")


LABELS = {
    "truth values": np.array([True, False] * 75),
    "whole numbers": Y,
    "numbers": Y.astype(float),
    "text": np.array(["größer", "x", ""])[Y],
    "objects": np.array(["a", "b", "c"], dtype=object)[Y],
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
def test_labels_keep_their_type(program: Conversation, tmp_path: Path, labels: np.ndarray) -> None:
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, labels)
    there, here = Model(opened(program, model, tmp_path).estimator, tuple("abcd")), Model(model, tuple("abcd"))
    frame = pd.DataFrame(X, columns=list("abcd"))
    assert there.classes == here.classes
    assert list(map(type, there.classes)) == list(map(type, here.classes))
    assert there.answer(frame).tolist() == here.answer(frame).tolist()


COLUMNS = {
    "text": pd.Series(["a", "b", None, "c"] * 10),
    "objects": pd.Series(["a", None, np.nan, 1.5] * 10, dtype=object),
    "mixed": pd.Series(["a", 1, True, 2.5] * 10, dtype=object),
    "truth values": pd.Series([True, False] * 20),
    "whole numbers": pd.Series([1, 2**40, -3, 0] * 10),
    "narrow numbers": pd.Series([1, 2, 3, 4] * 10, dtype="int8"),
    "numbers with gaps": pd.Series([1.5, np.nan, np.inf, -0.0] * 10),
    "categories": pd.Series(["a", "b", None, "a"] * 10, dtype=pd.CategoricalDtype(["b", "a", "c"], ordered=True)),
    "days": pd.Series(pd.date_range("2020-01-01", periods=40)).where(lambda days: days.dt.day != 3),
}


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS.keys())
def test_a_column_arrives_as_it_is(obedient: Conversation, column: pd.Series) -> None:
    encoder = Encoder()
    node = encoder.node(column.to_frame("x"))
    cells = obedient.ask("echo", np.ndarray, encoder.arrays, rows=node, named=True, echo=True)
    assert cells.tolist() == [f"{type(cell).__name__} {cell!r}" for cell in column.astype(object)]


def test_nullable_numbers_arrive_as_numbers(program: Conversation, tmp_path: Path) -> None:
    model = HistGradientBoostingClassifier(max_iter=3, random_state=0)
    frame = pd.DataFrame({"x": [1.0, 2.0, np.nan, 4.0] * 10, "y": [1.0, 0.0] * 20})
    model.fit(frame, [0, 1, 1, 0] * 10)
    nullable = frame.astype({"x": "Int64", "y": "Float64"})
    there = opened(program, model, tmp_path).estimator
    assert np.array_equal(there.predict_proba(nullable), model.predict_proba(frame))


def test_rows_cross_in_portions(program: Conversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame, model = people()[INPUTS], pipeline()
    there = opened(program, model, tmp_path).estimator
    monkeypatch.setattr(estimators, "_MOST_CELLS", 3 * 17)
    assert np.array_equal(there.predict_proba(frame), model.predict_proba(frame))


def test_steps_columns_and_objects_are_described(program: Conversation, tmp_path: Path) -> None:
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1.0]}, cv=2)
    found = opened(program, {"scaler": StandardScaler().fit(X), "model": search.fit(X, Y)}, tmp_path)
    assert Model(found.estimator, tuple("abcd")).steps == ("StandardScaler", "LogisticRegression")
    assert found.warnings[0].facts == {"key": "model", "keys": "scaler, model"}


def test_a_preprocessing_of_its_own_comes_first(program: Conversation, tmp_path: Path) -> None:
    scaler = StandardScaler().fit(X)
    model = LogisticRegression().fit(scaler.transform(X), Y)
    joblib.dump(model, tmp_path / "model.joblib")
    joblib.dump(scaler, tmp_path / "scaler.joblib")
    files = [(tmp_path / "model.joblib", None), (tmp_path / "scaler.joblib", None)]
    there = open_original(files, None, lambda needs: program).estimator
    assert np.array_equal(there.predict_proba(X), model.predict_proba(scaler.transform(X)))


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "code"),
    [
        (StandardScaler().fit(X), "only-preprocessing"),
        ({"a": LinearRegression().fit(X, Y), "b": LinearRegression().fit(X, Y)}, "several-models"),
        ([1, 2], "not-a-model"),
        (MultiOutputRegressor(LinearRegression()).fit(X, np.c_[Y, Y]), "several-outputs"),
        (LogisticRegression(), "no-fitted-model"),
    ],
)
def test_what_is_no_model_is_said_to_be_none(program: Conversation, tmp_path: Path, thing: Any, code: str) -> None:
    if isinstance(thing, list):
        thing = [*thing, StandardScaler().fit(X)]
    with pytest.raises(OpeningError) as caught:
        opened(program, thing, tmp_path).estimator.predict(X)
    assert caught.value.code == code


def test_a_name_that_was_not_granted_is_not_given(program: Conversation) -> None:
    data = np.frombuffer(pickle.dumps(LinearRegression().fit(X, Y)), np.uint8)
    with pytest.raises(OpeningError) as caught:
        program.ask("load", Described, [data], names=["numpy:ndarray"], key=None)
    assert caught.value.code == "forbidden-global"


def test_a_function_of_ones_own_does_not_even_get_there(tmp_path: Path) -> None:
    model = make_pipeline(FunctionTransformer(os.path.basename), LinearRegression())
    joblib.dump(model, tmp_path / "m.joblib")
    with pytest.raises(OpeningError) as caught:
        open_original([(tmp_path / "m.joblib", None)], None, lambda needs: pytest.fail("a program was started"))
    assert caught.value.code == "forbidden-global"


def test_a_model_that_refuses_rows_is_quoted(program: Conversation, tmp_path: Path) -> None:
    there = opened(program, LinearRegression().fit(X, Y), tmp_path).estimator
    with pytest.raises(QuestionError) as caught:
        there.predict(X[:, :2])
    assert caught.value.code == "model-refused"
    assert "2 features" in caught.value.facts["reason"]
    assert len(there.predict(X)) == len(X)  # and it lives


def test_hunger_ends_in_a_sentence_and_the_program_lives(obedient: Conversation, inside: Callable[[str], str]) -> None:
    with pytest.raises(WorkerError, match="worker-out-of-memory"):
        obedient.ask("code", Any, code="[bytearray(1 << 24) for _ in range(1 << 10)]")
    assert inside("1 + 1") == "OK: 2"


def heard(answer: bytes | None, seconds: float = 5) -> str:
    """The code of the error where this came as an answer (None: the other end was closed), and the program is ended."""
    ours, theirs = socket.socketpair()
    ended: list[bool] = []
    conversation = Conversation(ours, replace(LIMITS, question_seconds=seconds), lambda: ended.append(True))
    with ours, theirs:
        if answer is None:
            theirs.close()
        else:
            theirs.send(answer)
        with pytest.raises(KlartextError) as caught:
            conversation.ask("predict", np.ndarray)
    assert (caught.value.code in BROKEN) == bool(ended)
    return caught.value.code


def frame(header: Any, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<IQ", len(text), len(body)) + text + body


GARBAGE = {
    "noise": bytes(range(256)),
    "an answer of another type": frame({"kind": "answer", "value": "text", "arrays": []}),
    "a pickle": frame({"kind": "pickle", "arrays": []}, pickle.dumps(1)),
    "more than fits": struct.pack("<IQ", 2, 1 << 40) + b"{}",
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_ends_the_program(answer: bytes) -> None:
    assert heard(answer) == "own-version-unreadable"


def test_silence_ends_at_the_deadline_and_the_end_is_heard() -> None:
    assert heard(b"", seconds=0.3) == "own-version-late"
    assert heard(None) == "own-version-ended"


def test_an_unknown_code_shows_none_of_its_text() -> None:
    header = {"kind": "error", "error": "QuestionError", "code": "made-up", "facts": {"m": [["a", "b"]]}, "arrays": []}
    assert heard(frame(header)) == "unexpected"


@pytest.mark.parametrize("shape", ["(2, 3)", "(3,)", "(3, 1, 3)"])
def test_numbers_of_another_shape_are_not_taken(program: Conversation, tmp_path: Path, shape: str) -> None:
    there = opened(program, LogisticRegression().fit(X, Y), tmp_path).estimator

    class Liar:
        most_numbers = 1000
        closed = False

        def ask(self, *asked: Any, **more: Any) -> np.ndarray:
            return np.zeros(eval(shape))

        def close(self) -> None:
            self.closed = True

    liar = type(there)(Liar(), there.described)
    with pytest.raises(WorkerError, match="own-version-unreadable"):
        liar.predict_proba(X[:3]) if shape != "(3,)" else liar.predict(X[:2])
    assert liar.conversation.closed
