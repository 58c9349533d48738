"""The code to take away: pandas and the model's own columns, and the very numbers that were shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fitting_tables import INPUTS, NUMBERS, buyers, coded, csv, dumped, opened, tree
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from xai.adjustment import Adjustment, Made, Recipe, Step
from xai.export import Source, snippet
from xai.inputs import Inputs
from xai.opening.both import Opened

TABLE = buyers(150)
SHOWN = TABLE[[*INPUTS, "bought"]]
TWO = TABLE[[*NUMBERS, "bought"]]
CODES = ["codes", "yes-no"]
OUTCOME = (TABLE["bought"] == "yes") * 1


def by_city() -> object:
    columns = ColumnTransformer([("words", OneHotEncoder(), ["city"])], remainder="passthrough")
    return make_pipeline(columns, tree()).fit(TABLE[["age", "city"]], TABLE["bought"])


def german(table: pd.DataFrame) -> pd.DataFrame:
    money = [f"{x:,.2f}".translate(str.maketrans(",.", ".,")) + " €" for x in table["income"]]
    return table.assign(income=money)


def dated() -> tuple[object, pd.DataFrame]:
    dates = pd.Series(pd.date_range("2020-01-01", periods=len(TABLE), freq="9D"))
    inputs = TABLE[["age"]].assign(sold_year=dates.dt.year, sold_month=dates.dt.month)
    late = np.where(inputs["sold_month"] > 6, "yes", "no")
    return tree().fit(inputs, late), TABLE[["age"]].assign(sold=dates.dt.strftime("%d.%m.%Y"), late=late)


def spelled() -> pd.DataFrame:
    city = [name.upper() if k % 2 else f"{name} " for k, name in enumerate(TABLE["city"])]
    return TABLE[["age", "bought"]].assign(city=["Rome", "Rome", *city[2:]])


def marked() -> pd.DataFrame:
    table = TWO.astype({"age": str})
    table.loc[:4, "age"] = "?"
    return table


def cases() -> dict[str, tuple[object, bytes, list[str]]]:
    plain = tree().fit(TABLE[NUMBERS], TABLE["bought"])
    by_codes = tree().fit(coded(TABLE), TABLE["bought"])
    scaled = pd.DataFrame(StandardScaler().fit_transform(coded(TABLE)), columns=INPUTS)
    price = DecisionTreeRegressor(max_depth=5, random_state=0).fit(coded(TABLE), np.log(TABLE["price"]))
    linear = LogisticRegression(max_iter=5000).fit(TABLE[NUMBERS], TABLE["bought"])
    swapped = tree().fit(TABLE[NUMBERS], 1 - OUTCOME)
    date_model, date_table = dated()
    return {
        "as it is": (plain, csv(SHOWN), []),
        "other capitals": (plain, csv(TWO.rename(columns=str.upper)), []),
        "one-hot": (tree().fit(pd.get_dummies(TABLE[INPUTS]), TABLE["bought"]), csv(SHOWN), ["one-hot"]),
        "codes": (by_codes, csv(SHOWN), [*CODES, "flip=smoker"]),
        "an array": (tree().fit(TABLE[NUMBERS].to_numpy(), TABLE["bought"]), csv(TWO.reset_index()), []),
        "an array of codes": (
            tree().fit(coded(TABLE).to_numpy(float), TABLE["bought"]),
            csv(SHOWN),
            ["array-codes"],
        ),
        "a logarithm": (price, csv(TABLE[[*INPUTS, "price"]]), [*CODES, "exp"]),
        "a lost scaler": (KNeighborsClassifier().fit(scaled, TABLE["bought"]), csv(SHOWN), [*CODES, "standardize"]),
        "swapped": (swapped, csv(TABLE[NUMBERS].assign(bought=OUTCOME)), ["swap"]),
        "no header": (plain, csv(TWO, header=False), ["header-missing"]),
        "two headers": (plain, b"age,income,bought\n" + csv(TWO), []),
        "a header below, with money": (plain, b"Sales;;\n" + csv(german(TWO), sep=";"), []),
        "money": (plain, csv(german(TWO), sep=";"), []),
        "marks and gaps": (linear, csv(marked()), ["marks", "leave-out-gaps"]),
        "spelling and rows": (by_city(), csv(spelled()), ["spelling", "leave-out"]),
        "dates": (date_model, csv(date_table), ["date-parts"]),
    }


CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_the_code_repeats_the_numbers(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, table, accepted = CASES[name]
    found = opened(model, table, accept=accepted)
    (tmp_path / "model.joblib").write_bytes(dumped(model))
    (tmp_path / "table.csv").write_bytes(table)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(script(found), names)
    shown = found.explainer.explain(row=3)
    assert names["result"].columns == shown.columns
    assert names["result"].values == pytest.approx(shown.values)
    assert names["result"].prediction == pytest.approx(shown.prediction)


def script(found: Opened) -> str:
    known = found.inspection
    as_text = tuple(offer.column for offer in known.offers if offer.code == "numbers")
    fitting = {"adjustments": known.adjustments, "recipe": known.recipe, "as_text": as_text}
    source = Source("model.joblib", "table.csv", known.target, known.target_class, **fitting)
    return snippet("explain", {"row": 3, "method": "shap"}, source)


def test_a_second_file_and_text_that_stays_text_are_in_the_code() -> None:
    source = Source("m.joblib", "t.csv", companion_file="scaler.pkl", as_text=("zip",))
    code = snippet("importance", {}, source)
    assert "xai.open_model('m.joblib', companion='scaler.pkl')" in code
    assert "xai.read_data('t.csv', as_text=('zip',))" in code


def test_text_from_files_stays_text_in_the_code_of_the_fitting() -> None:
    evil = "x'); import os; os.system('true') #\n"
    recipe = Recipe(made=(Made(evil, evil, (Step("equals", {"value": evil}), Step("date-part", {"part": evil}))),))
    done = (Adjustment("marks", evil, {"marks": [evil]}), Adjustment("spelling", evil, {"pairs": {evil: evil}}))
    code = snippet("explain", {"row": 0}, Source("m", "d", adjustments=done, recipe=recipe))
    lines = [line for line in code.splitlines() if "os.system" in line]
    assert lines
    assert all(repr(evil) in line for line in lines)
    compile(code, "snippet", "exec")


def test_inputs_are_a_step_like_any_other() -> None:
    inputs = Inputs({"a": "Age", "old": ("Age", lambda column: column > 60), "b": "Income"})
    frame = pd.DataFrame({"Income": [1.0, 2.0], "Age": [30, 70], "rest": ["x", "y"]})
    assert inputs.transform(frame).to_dict("list") == {"a": [30, 70], "old": [False, True], "b": [1.0, 2.0]}
    assert inputs.feature_names_in_.tolist() == ["Age", "Income"]
    assert inputs.get_feature_names_out().tolist() == ["a", "old", "b"]
    assert inputs.get_feature_names_out(["s", "t"]).tolist() == ["s", "s", "t"]
    assert Inputs({"0": "Age"}, named=False).transform(frame).tolist() == [[30.0], [70.0]]
    with pytest.raises(ValueError, match="Income"):
        inputs.transform(frame[["Age"]])
