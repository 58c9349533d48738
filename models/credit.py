"""The synthetic credit applications and the rule they are made from: nobody's data, and the truth is known.

Every application collects points; the chance of being granted is 1 / (1 + exp(-points)), and chance decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

ROWS = 2000
SEED = 20
# A term gives `points` per `per` units of its column above `above` (at most up to `up_to`), or points per value;
# `only_for` names the one value of another column for which the term counts at all.
TERMS: tuple[dict[str, Any], ...] = (
    {"column": "income", "points": 1.6, "per": 1000, "above": 2500},
    {"column": "amount", "points": -0.9, "per": 5000, "above": 10000},
    {"column": "late_payments", "points": -1.2, "per": 1, "above": 0},
    {"column": "years_employed", "points": 0.2, "per": 1, "above": 0, "up_to": 8},
    {"column": "employment", "values": {"permanent": 0.8, "temporary": 0.0, "self-employed": -1.0}},
    {
        "column": "savings",
        "points": 1.0,
        "per": 5000,
        "above": 0,
        "only_for": {"column": "employment", "value": "self-employed"},
    },
)
BASE = 0.5
PROXY = {"column": "housing", "of": "income"}  # owners earn more, but the rule never asks for it
IRRELEVANT = "weekday"


def applications() -> pd.DataFrame:
    """(ROWS, 9) applications, the outcome "granted" or "refused" last."""
    draw = np.random.default_rng(SEED)
    income = np.clip(draw.lognormal(np.log(2600), 0.35, ROWS), 900, 9000).round(-1).astype(int)
    owner = draw.random(ROWS) < 1 / (1 + np.exp(-(income - 2900) / 400))
    table = pd.DataFrame(
        {
            "income": income,
            "amount": np.clip(draw.lognormal(np.log(9000), 0.6, ROWS), 1000, 50000).round(-2).astype(int),
            "employment": draw.choice(["permanent", "temporary", "self-employed"], ROWS, p=[0.55, 0.2, 0.25]),
            "years_employed": np.clip(draw.gamma(1.6, 3.5, ROWS), 0, 40).round(1),
            "late_payments": np.minimum(draw.poisson(0.7, ROWS), 6),
            "savings": np.clip(draw.exponential(6000, ROWS), 0, 40000).round(-2).astype(int),
            "housing": np.where(owner, "owner", "tenant"),
            "weekday": draw.choice(["monday", "tuesday", "wednesday", "thursday", "friday"], ROWS),
        }
    )
    chance = 1 / (1 + np.exp(-points(table).sum(axis=1) - BASE))
    return table.assign(decision=np.where(draw.random(ROWS) < chance, "granted", "refused"))


def points(table: pd.DataFrame) -> pd.DataFrame:
    """(rows, terms) the points that each term of the rule gives each application, without the base."""
    return pd.DataFrame({term["column"]: _term(table, term) for term in TERMS})


def rule(table: pd.DataFrame) -> dict[str, Any]:
    """The rule as the manifest keeps it, with each column's mean distance from its average points in these rows."""
    given = points(table)
    size = (given - given.mean()).abs().mean()
    effect = {name: round(float(size.get(name, 0.0)), 4) for name in table.columns if name != "decision"}
    return {"base": BASE, "terms": list(TERMS), "proxy": PROXY, "irrelevant": IRRELEVANT, "effect": effect}


def _term(table: pd.DataFrame, term: dict[str, Any]) -> pd.Series:
    values = table[term["column"]]
    if "values" in term:
        return values.map(term["values"]).astype(float)
    given = term["points"] * (values.clip(upper=term.get("up_to")) - term["above"]) / term["per"]
    if only := term.get("only_for"):
        return given.where(table[only["column"]] == only["value"], 0.0)
    return given
