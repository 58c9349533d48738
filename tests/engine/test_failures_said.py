"""A model and a table that do not fit: each kind of trouble ends in the sentence for it, in both languages.

One pipeline that refuses what it does not know, and one model whose preprocessing was left in a notebook: the two kinds
that most files in public repositories are of. What else a table may hold must end in a sentence too, whichever it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fitting_tables import INPUTS, NUMBERS, WORDS, buyers, coded, csv, opened, refused, tree
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xai.errors import KlartextError
from xai.texts import LANGUAGES, catalogue

TABLE = buyers(60)
PIPELINE = make_pipeline(
    make_column_transformer((OneHotEncoder(), WORDS), (StandardScaler(), NUMBERS)), LogisticRegression()
).fit(TABLE[INPUTS], TABLE["bought"])
WITHOUT_PREPROCESSING = tree().fit(coded(TABLE), TABLE["bought"])
GOOD = "opens"

Change = Callable[[pd.DataFrame], pd.DataFrame | bytes]


def cells(name: str, value: Any, rows: int = 3) -> Change:
    """Some cells of a column hold something else."""
    return lambda table: table.assign(**{name: [*[value] * rows, *table[name].tolist()[rows:]]})


def column(name: str, make: Callable[[pd.DataFrame], Any]) -> Change:
    return lambda table: table.assign(**{name: make(table)})


def renamed(**names: str) -> Change:
    return lambda table: table.rename(columns=names)


# what is the matter with the table -> the table, and what comes of it for the pipeline
TABLES: dict[str, tuple[Change, str]] = {
    # columns
    "other order": (lambda table: table[table.columns[::-1]], GOOD),
    "more columns": (lambda table: table.assign(x=1, y="a", z=2.5), GOOD),
    "capitals": (lambda table: table.rename(columns=str.upper), GOOD),
    "blanks around names": (lambda table: table.rename(columns=lambda name: f" {name} "), GOOD),
    "a name twice": (lambda table: pd.concat([table, table[["age"]]], axis=1), GOOD),
    "an index": (lambda table: table.to_csv().encode(), GOOD),
    "a column less": (lambda table: table.drop(columns="income"), "missing-columns"),
    "a typing error": (renamed(income="incomes"), "missing-columns"),
    "translated names": (renamed(income="Einkommen", age="Alter"), "missing-columns"),
    "a column without name": (renamed(income=""), "missing-columns"),
    "a picture as name": (renamed(income="💶"), "missing-columns"),
    "no header": (lambda table: csv(table, header=False), "missing-columns"),
    "the header twice": (lambda table: ",".join(table.columns).encode() + b"\n" + csv(table), GOOD),
    "encoded already": (lambda table: pd.get_dummies(table[INPUTS]).assign(bought=table["bought"]), "missing-columns"),
    "lying on its side": (lambda table: table.T, "missing-columns"),
    "one column": (lambda table: table[["age"]], "one-column-table"),
    "no rows": (lambda table: table.head(0), "empty-table"),
    # values
    "decimal commas": (lambda table: csv(table, sep=";", decimal=","), GOOD),
    "sums of money": (column("income", lambda table: table["income"].map(lambda value: f"€ {value:,.2f}")), GOOD),
    "words among numbers": (cells("income", "unknown"), "prediction-failed"),
    "words for numbers": (column("age", lambda table: "old"), "prediction-failed"),
    "dates for numbers": (
        column("age", lambda table: pd.date_range("2020", periods=60).astype(str)),
        "prediction-failed",
    ),
    "an infinite number": (cells("income", np.inf), "prediction-failed"),
    "a number without end": (cells("income", 10**30), GOOD),
    "missing numbers": (cells("income", None), "missing-not-supported"),
    "blank cells": (cells("income", " "), "missing-not-supported"),
    "missing words": (cells("city", None), "missing-not-supported"),
    "a column of nothing": (column("income", lambda table: np.nan), "missing-not-supported"),
    "unknown words": (cells("city", "Oslo"), "unknown-categories"),
    "marks in words": (cells("city", "**b** <i> |"), "unknown-categories"),
    "other spelling": (column("city", lambda table: table["city"].str.upper()), "unknown-categories"),
    "1 for yes": (column("smoker", lambda table: (table["smoker"] == "Yes") * 1), "unknown-categories"),
    "codes for words": (lambda table: coded(table).assign(bought=table["bought"]), "unknown-categories"),
    # outcomes
    "no outcome": (lambda table: table[INPUTS], GOOD),
    "some outcomes missing": (cells("bought", None), GOOD),
    "other words for the classes": (column("bought", lambda table: table["bought"].map({"yes": "A", "no": "B"})), GOOD),
    "one outcome only": (lambda table: table[[*INPUTS, "bought"]].assign(bought="yes"), "target-one-class"),
}


def outcome(model: object, table: pd.DataFrame | bytes) -> str:
    """What comes of it: "opens", or the code of the error; whatever it says has words of its own in both languages."""
    try:
        opened(model, table)
    except KlartextError as error:
        code = refused(lambda error=error: again(error)).code
        assert all(f"errors.{code}.message" in catalogue(language) for language in LANGUAGES)
        return code
    return GOOD


def again(error: KlartextError) -> None:
    raise error


@pytest.mark.parametrize("what", TABLES)
def test_a_pipeline_and_a_table_that_do_not_fit_end_in_the_sentence_for_it(what: str) -> None:
    change, expected = TABLES[what]
    assert outcome(PIPELINE, change(TABLE.copy())) == expected


@pytest.mark.parametrize("what", [name for name in TABLES if name not in ("one column", "no rows")])
def test_a_model_without_its_preprocessing_ends_in_some_sentence_whatever_the_table_holds(what: str) -> None:
    """Most of these tables need a decision; none may end in an error of Python."""
    change, _ = TABLES[what]
    assert outcome(WITHOUT_PREPROCESSING, change(TABLE.copy()))
