"""The catalogues: equal keys and placeholders in every language, and words for every code the engine can utter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from xai.texts import LANGUAGES, catalogue
from xai.texts.catalogue import Catalogue, placeholders
from xai.texts.numbers import with_point

ENGINE = Path(__file__).parents[2] / "xai"
ERRORS = ("KlartextError", "OpeningError", "DataError", "MatchError", "QuestionError", "WorkerError")
MEASURES = ("Measure", "judged")
STRIP = ("what", "number", "rule", "care", "weak")


def calls(names: tuple[str, ...]) -> Iterator[tuple[str, frozenset[str], str]]:
    """(code, facts, place) of every call to one of `names` whose first argument names a code."""
    for path in sorted(ENGINE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
                for code in codes(node.args[0] if node.args else None):
                    yield code, facts_of(node), f"{path.relative_to(ENGINE.parent)}:{node.lineno}"


def codes(argument: ast.expr | None) -> list[str]:
    """The codes an argument may be: a string, or one of two."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.IfExp):
        return codes(argument.body) + codes(argument.orelse)
    return []


def facts_of(call: ast.Call) -> frozenset[str]:
    """The names of the facts: keywords, or the keys of a dictionary in second place. {"…"} for those unknown here."""
    found = {keyword.arg or "…" for keyword in call.keywords}
    for argument in call.args[1:2]:
        found |= {
            key.value if isinstance(key, ast.Constant) else "…"
            for key in (argument.keys if isinstance(argument, ast.Dict) else [None])
        }
    return frozenset(found)


ALL_ERRORS, ALL_NOTICES, ALL_MEASURES = list(calls(ERRORS)), list(calls(("Notice",))), list(calls(MEASURES))


def test_the_languages_have_the_same_keys():
    german, english = (catalogue(language).sentences for language in LANGUAGES)
    assert sorted(set(german) ^ set(english)) == []


def test_the_languages_have_the_same_placeholders():
    german, english = (catalogue(language).sentences for language in LANGUAGES)
    assert [key for key in german if placeholders(german[key]) != placeholders(english.get(key, ""))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_left_to_do(language: str):
    sentences = catalogue(language).sentences
    assert [key for key, text in sentences.items() if not text.strip() or "TODO" in text or "FIXME" in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_its_message_and_remedy(language: str):
    known = catalogue(language)
    missing = [
        f"{place}: errors.{code}.{part}"
        for code, _, place in ALL_ERRORS
        for part in ("message", "remedy")
        if f"errors.{code}.{part}" not in known
    ]
    assert {code for code, _, _ in ALL_ERRORS} >= {"unknown-class", "missing-columns", "model-refused"}
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_has_its_sentence(language: str):
    known = catalogue(language)
    assert {code for code, _, _ in ALL_NOTICES} >= {"outside-range", "fewer-rows"}
    assert [f"{place}: {code}" for code, _, place in ALL_NOTICES if f"notices.{code}" not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_its_words(language: str):
    known = catalogue(language)
    assert {code for code, _, _ in ALL_MEASURES} >= {"additivity", "background", "support"}
    keys = [f"trust.{code}.{part}" for code, _, _ in ALL_MEASURES for part in STRIP]
    assert sorted({key for key in keys if key not in known}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_a_sentence_speaks_of_is_given(language: str):
    """A placeholder without its fact is a KeyError in front of a person."""
    known = catalogue(language)
    wanting = []
    for code, facts, place in ALL_ERRORS:
        for part in ("message", "remedy"):
            asked = placeholders(known.sentences.get(f"errors.{code}.{part}", "")) - {"reference", "code"}
            wanting += [f"{place}: {code} {sorted(asked - facts)}"] if asked - facts and "…" not in facts else []
    for code, facts, place in ALL_NOTICES:
        asked = placeholders(known.sentences.get(f"notices.{code}", ""))
        wanting += [f"{place}: {code} {sorted(asked - facts)}"] if asked - facts and "…" not in facts else []
    assert wanting == []


@pytest.mark.parametrize(("rows", "said"), [("0", "0 rows"), ("1", "1 row"), ("2", "2 rows"), ("1,001", "1,001 rows")])
def test_what_is_counted_is_told_in_one_and_in_many(rows: str, said: str):
    assert Catalogue("en", {"sample": "From {rows:row|rows}."}).say("sample", rows=rows) == f"From {said}."


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        ("70,5", "70.5", "70,5"),
        ("-0,25", "-0.25", "-0,25"),
        (",5", ".5", ",5"),
        ("1.234,5", "1234.5", "1.234,5"),
        ("70.5", "70.5", "70.5"),
        ("1.234", "1.234", "1.234"),
        ("1,2,3", "1,2,3", "1,2,3"),
        ("12.34,5", "12.34,5", "12.34,5"),
        ("a,b", "a,b", "a,b"),
    ],
)
def test_a_typed_number_may_have_the_comma_of_the_reader(text: str, german: str, english: str):
    assert (with_point(text, "de"), with_point(text, "en")) == (german, english)
