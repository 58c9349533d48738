"""What is said about a demo: what it is about, its ready-made cases, and the rule behind synthetic data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xai.opening.demos import Demo
from xai.texts import Wording
from xai.texts.wording import text_of


def about(demo: Demo, wording: Wording) -> str:
    """Two or three sentences: what the model predicts, from what, and what it learnt from."""
    facts = {
        "rows": wording.number(demo.rows, 0),
        "train": wording.number(demo.held_out_from, 0),
        "held_out": wording.number(demo.rows - demo.held_out_from, 0),
    }
    if demo.task == "regression":
        facts |= {name: wording.number(value, 1) for name, value in demo.outcomes.items()}
    else:
        shares = [f"{wording.outcome(k)} {wording.percent(n / demo.rows)}" for k, n in demo.outcomes.items()]
        facts["outcomes"] = wording.listing(shares)
    if demo.task == "binary":
        facts["share"] = wording.percent(demo.outcomes[text_of(demo.positive)] / demo.rows)
    return wording.say(f"demos.{demo.name}.about", **facts)


def case_name(demo: Demo, case: str, wording: Wording) -> str:
    return wording.say(f"demos.{demo.name}.cases.{case}.name")


def case_description(demo: Demo, case: str, wording: Wording) -> str:
    """The case's values that matter, in words: "female, aged 22, 1st class, 1 parent/child"."""
    values = {column: wording.value(column, value) for column, value in demo.cases[case].items()}
    return wording.say(f"demos.{demo.name}.cases.{case}.description", **values)


def rule(demo: Demo, wording: Wording) -> tuple[str, ...]:
    """What synthetic data were made from: the idea first, then one sentence per column. Empty for real data."""
    if demo.rule is None:
        return ()
    key, told = f"demos.{demo.name}.rule", demo.rule
    terms = [wording.say(f"{key}.{term['column']}", **_term(term, wording)) for term in told["terms"]]
    return (
        wording.say(f"{key}.intro", base=wording.number(told["base"], 1, sign=True)),
        *terms,
        wording.say(f"{key}.proxy", column=wording.column(told["proxy"]["column"])),
        wording.say(f"{key}.irrelevant", column=wording.column(told["irrelevant"])),
    )


def _term(term: Mapping[str, Any], wording: Wording) -> dict[str, str]:
    """The facts of one term's sentence, in the reader's format."""
    facts = {"column": wording.column(term["column"])}
    if "values" in term:
        given = [f"{wording.value(term['column'], k)} {_points(p, wording)}" for k, p in term["values"].items()]
        return facts | {"values": wording.listing(given)}
    facts |= {name: wording.number(term[name], 0) for name in ("per", "above", "up_to") if name in term}
    if only := term.get("only_for"):
        facts |= {
            "only_column": wording.column(only["column"]),
            "only_value": wording.value(only["column"], only["value"]),
        }
    return facts | {"points": _points(term["points"], wording)}


def _points(points: float, wording: Wording) -> str:
    return wording.number(points, 1, sign=True)
