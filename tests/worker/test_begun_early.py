"""A worker that is forked before everything is loaded: demos and the operator's own files need not wait for it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import joblib
import pandas as pd
import pytest
from doubles import LIMITS
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from xai.errors import WorkerError
from xai.worker.client import Workers
from xai.worker.nursery import Forked
from xai.worker.source import Source

NEVER_WHOLE = """
import itertools, time
from xai.worker import zygote
from xai.worker.__main__ import main

def rest():
    for step in itertools.count():
        yield time.sleep(0.01)

zygote.preload_rest = rest
main()
"""
ROWS = pd.DataFrame({"size": [1.0, 2, 3, 4] * 10, "age": [5.0, 1, 4, 2, 8] * 8})
OUTCOME = (ROWS["size"] + ROWS["age"] > 6).astype(int).rename("sold")


@pytest.fixture(scope="module")
def early() -> Iterator[Workers]:
    """Their program never gets beyond the first part."""
    made = Workers(LIMITS, own_files=True, starting=Forked(LIMITS, ("-c", NEVER_WHOLE)))
    yield made
    made.close_all()


def test_a_demo_is_opened_and_every_kind_of_question_is_answered(early: Workers) -> None:
    early.open("demo", Source("demo:titanic"))
    assert early.ask("demo", "importance", {"rows": 20}).algorithm == "tree-exact"
    assert early.ask("demo", "explain", {"case": "3", "method": "lime"}).method == "lime"
    found = early.ask("demo", "counterfactuals", {"case": "3", "n": 1, "method": "dice-random", "seconds": 5})
    assert found.method.startswith("dice")


def boosted(kind: str) -> Pipeline:
    module, _, name = kind.rpartition(".")
    few = {"n_estimators": 3} if module != "catboost" else {"iterations": 3, "allow_writing_files": False}
    return make_pipeline(StandardScaler(), getattr(pytest.importorskip(module), name)(**few)).fit(ROWS, OUTCOME)


@pytest.mark.parametrize("kind", ["xgboost.XGBClassifier", "lightgbm.LGBMClassifier", "catboost.CatBoostClassifier"])
def test_what_a_trusted_file_needs_is_loaded_while_the_worker_is_locked_in(early: Workers, kind: str) -> None:
    pipeline, model, table = boosted(kind), io.BytesIO(), io.BytesIO()
    joblib.dump(pipeline, model)
    ROWS.join(OUTCOME).to_excel(table, index=False)
    names = {"model_name": "m.joblib", "data_name": "t.xlsx", "target": "sold"}
    early.open(kind, Source(model.getvalue(), table.getvalue(), options=names, trusted=True))
    told = early.ask(kind, "case", {"case": "2"})
    assert told.prediction == pytest.approx(pipeline.predict_proba(ROWS.iloc[[2]])[0, 1], abs=1e-12)


def test_a_trusted_skops_file_is_read(early: Workers) -> None:
    skops = pytest.importorskip("skops.io")
    model = skops.dumps(make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, OUTCOME))
    names = {"model_name": "m.skops", "data_name": "t.csv", "target": "sold"}
    table = ROWS.join(OUTCOME).to_csv(index=False).encode()
    assert early.open("skops", Source(model, table, options=names, trusted=True)).format.startswith("skops")


def test_strangers_files_wait_until_everything_is_loaded(early: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []

    def leave(share: float, what: str) -> None:
        waited.append(what)
        if len(waited) > 2:
            raise WorkerError("worker-cancelled")

    with pytest.raises(WorkerError):
        early.open("stranger", Source(b"anything", b"a\n1\n"), progress=leave)
    assert set(waited) == {"opening"}
