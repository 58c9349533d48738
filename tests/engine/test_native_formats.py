"""The formats of XGBoost, LightGBM and CatBoost: opened, they predict what their own library does.

References: the library itself for models fitted here; for old versions, the answers each gave in an environment of its
own (`native_models/make_native_models.py`).
"""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from test_opening_bad_files import assert_has_words

from xai.errors import KlartextError, OpeningError
from xai.opening import open_estimator, read_data
from xai.opening.both import open_both
from xai.opening.reading import read_model_file

OLD = Path(__file__).parent / "native_models"
FEW = {"n_estimators": 5, "n_jobs": 1}
RANDOM = np.random.default_rng(2)
ROWS = 200
FRAME = pd.DataFrame(
    {
        "age": RANDOM.integers(18, 80, ROWS),
        "income": np.where(RANDOM.random(ROWS) < 0.2, np.nan, RANDOM.random(ROWS).round(3)),
        "city": RANDOM.choice(["Ulm", "Bonn", "Köln", "Jena", "Mainz"], ROWS),
    }
)
SCORE = FRAME["age"] / 80 + (FRAME["city"] > "J") * 0.5
TARGETS = {"binary": (SCORE > 0.9).astype(int), "multiclass": (SCORE * 1.9).astype(int), "number": SCORE.round(3)}
NUMBERS = FRAME[["age", "income"]]
CATEGORIES = FRAME.assign(city=pd.Categorical(FRAME["city"]))


def answers(model: Any, rows: Any) -> np.ndarray:
    return np.asarray(model.predict_proba(rows) if hasattr(model, "predict_proba") else model.predict(rows))


def fitted_xgboost(task: str, rows: pd.DataFrame, **options: Any) -> Any:
    kind = xgboost.XGBRegressor if task == "number" else xgboost.XGBClassifier
    return kind(**FEW, max_depth=3, enable_categorical=True, **options).fit(rows, TARGETS[task])


def fitted_lightgbm(task: str, rows: pd.DataFrame, **options: Any) -> Any:
    kind = lightgbm.LGBMRegressor if task == "number" else lightgbm.LGBMClassifier
    return kind(**FEW, num_leaves=5, verbose=-1, **options).fit(rows, TARGETS[task])


def xgboost_bytes(model: Any, form: str = "json") -> bytes:
    return bytes(model.get_booster().save_raw(form))


def lightgbm_bytes(model: Any) -> bytes:
    return model.booster_.model_to_string().encode()


def catboost_bytes(model: Any, folder: Path, form: str) -> bytes:
    model.save_model(str(folder / "model"), format=form)
    return (folder / "model").read_bytes()


# --- predictions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "ubj"])
@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("rows", [NUMBERS, CATEGORIES], ids=["numbers", "categories"])
def test_xgboost_files_predict_as_the_library_does(task: str, form: str, rows: pd.DataFrame) -> None:
    model = fitted_xgboost(task, rows)
    opened = open_estimator(xgboost_bytes(model, form))
    assert opened.facts.format == f"xgboost {form}"
    assert np.array_equal(answers(opened.estimator, rows), answers(model, rows))


@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("rows", [NUMBERS, CATEGORIES], ids=["numbers", "categories"])
def test_lightgbm_files_predict_as_the_library_does(task: str, rows: pd.DataFrame) -> None:
    model = fitted_lightgbm(task, rows)
    opened = open_estimator(lightgbm_bytes(model))
    assert opened.facts.format == "lightgbm text"
    assert np.array_equal(answers(opened.estimator, rows), answers(model, rows))


@pytest.mark.parametrize("form", ["cbm", "json"])
@pytest.mark.parametrize(
    ("task", "options"), [("binary", {}), ("multiclass", {}), ("number", {"grow_policy": "Depthwise"})]
)
def test_catboost_files_predict_as_the_library_does(task: str, options: dict, form: str, tmp_path: Path) -> None:
    catboost = pytest.importorskip("catboost")
    kind = catboost.CatBoostRegressor if task == "number" else catboost.CatBoostClassifier
    rows = NUMBERS if task == "number" else FRAME
    told = {"iterations": 4, "depth": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1, **options}
    model = kind(**told, cat_features=[] if task == "number" else ["city"]).fit(rows, TARGETS[task])
    opened = open_estimator(catboost_bytes(model, tmp_path, form))
    assert opened.facts.format == f"catboost {form}"
    assert opened.facts.columns == tuple(rows.columns)
    assert np.allclose(answers(opened.estimator, rows), answers(model, rows), rtol=0, atol=1e-15)


@pytest.mark.parametrize("path", sorted(OLD.glob("*-*-*.*")), ids=lambda path: path.name)
def test_files_of_old_versions_predict_what_they_did(path: Path) -> None:
    library, version, name = path.stem.split("-")
    if name in ("answers", "words"):
        return
    said = json.loads((OLD / f"{library}-{version}-answers.json").read_text("utf-8"))[name]
    opened = open_estimator(path)
    rows = read_data(OLD / "table.csv")
    # the first versions wrote more digits than single precision has
    assert np.allclose(answers(opened.estimator, rows), said, rtol=0, atol=3e-7)
    if library == "xgboost":
        assert opened.facts.saved_with == {"xgboost": version}


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (fitted_xgboost, {"booster": "dart", "rate_drop": 0.5}),
        (fitted_xgboost, {"grow_policy": "lossguide", "max_leaves": 9}),
        (fitted_xgboost, {"gamma": 2.0, "tree_method": "exact"}),  # leaves nodes behind that nothing leads to
        (fitted_xgboost, {"num_parallel_tree": 3, "subsample": 0.5}),
        (fitted_lightgbm, {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}),
        (fitted_lightgbm, {"min_child_samples": 10_000}),  # trees of one leaf
        (fitted_lightgbm, {"linear_tree": True}),
    ],
)
def test_unusual_trees_pass_the_look_at_them(make: Callable[..., Any], options: dict[str, Any]) -> None:
    rows = NUMBERS.fillna(0)
    model = make("multiclass", rows, **options)
    data = lightgbm_bytes(model) if make is fitted_lightgbm else xgboost_bytes(model)
    assert np.array_equal(answers(open_estimator(data).estimator, rows), answers(model, rows))


def test_a_model_that_stopped_early_predicts_with_its_best_rounds() -> None:
    model = xgboost.XGBClassifier(n_estimators=60, max_depth=5, early_stopping_rounds=2, n_jobs=1, learning_rate=1.0)
    noise = RANDOM.integers(0, 2, ROWS)
    model.fit(NUMBERS, noise, eval_set=[(NUMBERS[:40], 1 - noise[:40])], verbose=False)
    opened = open_estimator(xgboost_bytes(model))
    assert np.array_equal(answers(opened.estimator, NUMBERS), answers(model, NUMBERS))
    facts = opened.warnings[0].facts
    assert (opened.warnings[0].code, facts["used"]) == ("early-stopped", model.best_iteration + 1)
    assert facts["rounds"] == model.get_booster().num_boosted_rounds() > facts["used"]


# --- what is told ----------------------------------------------------------------------------------------------------


def test_classes_are_counted_where_the_file_has_no_names() -> None:
    facts, _ = read_model_file(xgboost_bytes(fitted_xgboost("multiclass", NUMBERS)), "m.json")
    assert (facts.classes, facts.columns, str(facts.structure)) == ((0, 1, 2), ("age", "income"), "XGBClassifier")
    facts, _ = read_model_file(lightgbm_bytes(fitted_lightgbm("binary", NUMBERS)), "m.txt")
    assert (facts.classes, facts.column_count, facts.saved_with) == ((0, 1), 2, {"lightgbm": ">=4"})


def test_old_xgboost_files_keep_the_words_of_their_classes() -> None:
    opened = open_both(OLD / "xgboost-1.0.2-words.json", OLD / "table.csv", target="")
    assert opened.inspection.classes == ("no", "yes")
    model, rows = opened.explainer.model, opened.explainer.data.frame
    said = json.loads((OLD / "xgboost-1.0.2-answers.json").read_text("utf-8"))["binary"]
    assert model.answer(rows).tolist() == ["yes" if row[1] > row[0] else "no" for row in said]


def test_text_in_a_table_becomes_the_categories_that_the_model_knows() -> None:
    grown, boosted = fitted_xgboost("number", CATEGORIES), fitted_lightgbm("number", CATEGORIES)
    for model, data in (
        (grown, xgboost_bytes(grown)),
        (grown, pickle.dumps(grown)),
        (boosted, lightgbm_bytes(boosted)),
        (boosted, pickle.dumps(boosted)),
    ):
        opened = open_both(data, FRAME.assign(target=SCORE).to_csv(index=False).encode(), data_name="d.csv")
        assert [column.kind for column in opened.inspection.columns] == ["integer", "number", "category"]
        shown = opened.explainer.model.predict(opened.explainer.data.frame)[:, 0]
        assert np.array_equal(shown, model.predict(CATEGORIES).astype(float))
        explained = opened.explainer.explain(row=3)
        assert explained.base + explained.values.sum() == pytest.approx(shown[3])


def test_categories_without_names_are_taken_as_numbers_only() -> None:
    """XGBoost before 3.1 kept the position of a category among those of the training table, but not its name."""
    model = json.loads(xgboost_bytes(fitted_xgboost("number", CATEGORIES)))
    model["learner"]["gradient_booster"]["model"]["cats"] = {"enc": [], "feature_segments": [], "sorted_idx": []}
    data = json.dumps(model).encode()
    with pytest.raises(KlartextError) as caught:
        open_both(data, FRAME.to_csv(index=False).encode(), data_name="d.csv", target="")
    assert (caught.value.code, caught.value.facts["columns"]) == ("categories-without-names", "city")
    assert_has_words(caught.value)
    codes = FRAME.assign(city=CATEGORIES["city"].cat.codes)
    opened = open_both(data, codes.to_csv(index=False).encode(), data_name="d.csv", target="")
    expected = fitted_xgboost("number", CATEGORIES).predict(CATEGORIES)
    assert np.array_equal(opened.explainer.model.predict(codes)[:, 0], expected.astype(float))


@pytest.mark.parametrize("objective", ["rank:pairwise", "survival:cox", "binary:logitraw", "magic:own"])
def test_what_is_neither_classes_nor_a_number_is_refused_by_name(objective: str) -> None:
    model = json.loads(xgboost_bytes(fitted_xgboost("number", NUMBERS)))
    model["learner"]["objective"]["name"] = objective
    with pytest.raises(OpeningError) as caught:
        open_estimator(json.dumps(model).encode())
    assert (caught.value.code, caught.value.facts["objective"]) == ("unknown-objective", objective)
    assert_has_words(caught.value)


def test_several_targets_at_once_are_refused() -> None:
    model = xgboost.XGBRegressor(**FEW).fit(NUMBERS, np.column_stack([SCORE, -SCORE]))
    with pytest.raises(OpeningError, match="several-outputs"):
        open_estimator(xgboost_bytes(model))


def test_a_file_may_be_compressed_and_end_its_lines_as_windows_does() -> None:
    model = fitted_lightgbm("binary", NUMBERS)
    opened = open_estimator(gzip.compress(lightgbm_bytes(model).replace(b"\n", b"\r\n")))
    assert opened.facts.compression == "gzip"
    assert np.array_equal(answers(opened.estimator, NUMBERS), answers(model, NUMBERS))


@pytest.mark.parametrize("library", ["xgboost", "lightgbm", "catboost"])
def test_a_pickled_inner_booster_gets_an_estimator_around_it(library: str) -> None:
    if library == "catboost":
        catboost = pytest.importorskip("catboost")
        told = {"iterations": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1, "loss_function": "RMSE"}
        booster = catboost.CatBoost(told).fit(NUMBERS, TARGETS["number"])
        expected = booster.predict(NUMBERS)
    else:
        model = (fitted_xgboost if library == "xgboost" else fitted_lightgbm)("number", NUMBERS)
        booster = model.get_booster() if library == "xgboost" else model.booster_
        expected = model.predict(NUMBERS)
    opened = open_estimator(pickle.dumps({"model": booster}))
    assert np.array_equal(opened.estimator.predict(NUMBERS), expected)
    assert [notice.code for notice in opened.warnings] == ["booster-wrapped", "bundle-object"]
    assert opened.facts.columns == ("age", "income")


# --- broken ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xgboost json", "xgboost ubj", "lightgbm text"])
def test_every_cut_and_every_flipped_byte_ends_in_a_typed_error_or_opens(name: str) -> None:
    model = fitted_xgboost("binary", NUMBERS) if "xgboost" in name else fitted_lightgbm("binary", NUMBERS)
    whole = lightgbm_bytes(model) if name == "lightgbm text" else xgboost_bytes(model, name.split()[1])
    for place in range(0, len(whole), 211):
        damaged = whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :]
        for data in (whole[:place], damaged):
            try:
                open_estimator(data)
            except OpeningError as error:
                assert_has_words(error)
