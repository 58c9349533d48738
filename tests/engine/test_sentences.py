"""The sentences say what the results hold, in both languages, with the grammar of one and of many."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xai.errors import MatchError, QuestionError
from xai.results import (
    Attribution,
    Blocked,
    Counterfactual,
    Counterfactuals,
    Effect,
    Importance,
    Measure,
    Notice,
    Quality,
    Receipt,
    Trust,
    WhatIf,
)
from xai.sentences import (
    algorithms,
    attribution,
    counterfactuals,
    effects,
    errors,
    importance,
    notices,
    overview,
    trust,
    what_if,
)
from xai.sentences.who import Who
from xai.texts import LANGUAGES, Labels, Wording, catalogue
from xai.texts.catalogue import placeholders

LABELS = {
    "de": Labels(
        columns={"sex": "Geschlecht", "pclass": "Klasse", "age": "Alter", "kin": "Eltern, Kinder"},
        values={"sex": {"female": "Frau", "male": "Mann"}},
        outcomes={"1": "überlebt", "0": "überlebt nicht"},
        chance="Überlebenschance",
        positive="1",
        rows="Passagiere",
    ),
    "en": Labels(
        columns={"sex": "Sex", "pclass": "Class", "age": "Age", "kin": "Parents, children"},
        values={"pclass": {"1": "1st", "3": "3rd"}},
        outcomes={"1": "survives", "0": "does not survive"},
        chance="chance of survival",
        positive="1",
        rows="passengers",
    ),
}
COLUMNS = ("sex", "pclass", "age", "kin")
ROW = pd.DataFrame([{"sex": "female", "pclass": 1, "age": 22.0, "kin": 1}])
NONE = Trust(())
ROSE = Who("Rose", True)
ENGINE = Path(__file__).parents[2] / "xai"


def wording(language: str, labelled: bool = True) -> Wording:
    return Wording(language, LABELS[language] if labelled else Labels(), "markdown")


def row_17(language: str) -> Who:
    return Who.row(wording(language), 17)


def shap(**changes) -> Attribution:
    facts = {
        "method": "shap",
        "algorithm": "tree-exact",
        "unit": "probability",
        "target_class": 1,
        "columns": COLUMNS,
        "values": np.array([0.207, 0.135, -0.011, 0.004]),
        "base": 0.251,
        "prediction": 0.626,
        "data": ROW,
        "spread": np.zeros(4),
        "background_rows": 100,
        "seed": 0,
        "trust": NONE,
        "seconds": 0.1,
        "label": 1,
    }
    return Attribution(**(facts | changes))


def plain(text: str) -> str:
    """Without the no-break spaces, for comparing."""
    return text.replace("\u00a0", " ")


def test_binary_answer_names_chance_average_and_drivers():
    assert plain(attribution.answer(shap(), wording("de"), ROSE)) == (
        "Das Modell gibt Rose **63 %** Überlebenschance; der Durchschnitt liegt bei 25 %. "
        "Es heben vor allem Geschlecht: Frau (+21) und Klasse: 1 (+14). Dagegen wirkt am stärksten Alter: 22 (−1)."
    )
    assert attribution.answer(shap(), wording("en"), ROSE) == (
        "The model puts Rose’s chance of survival at **63%**; the average is 25%. "
        "Mainly raised by Sex: female (+21) and Class: 1st (+14). Strongest against it: Age: 22 (−1)."
    )


def test_uploaded_data_speak_of_the_probability_of_a_class():
    result = shap(target_class="yes", label="yes")
    assert "Für Zeile 17 sieht das Modell **63 %** Wahrscheinlichkeit für „yes“;" in plain(
        attribution.answer(result, wording("de", False), row_17("de"))
    )
    assert "For row 17, the model puts the probability of “yes” at **63%**" in attribution.answer(
        result, wording("en", False), row_17("en")
    )


def test_chance_is_not_said_of_the_other_class():
    said = attribution.answer(shap(target_class=0, label=0), wording("de"), ROSE)
    assert "Überlebenschance" not in said
    assert "Wahrscheinlichkeit für „überlebt nicht“" in said


def test_multiclass_says_what_the_row_is_taken_for_or_what_is_answered_instead():
    same = shap(target_class="Adelie", label="Adelie", prediction=0.87)
    other = shap(target_class="Gentoo", label="Adelie", prediction=0.02)
    said = [plain(attribution.answer(r, wording("de", False), row_17("de"), "multiclass")) for r in (same, other)]
    assert said[0].startswith("Das Modell hält Zeile 17 mit **87 %** für „Adelie“; der Durchschnitt")
    assert said[1].startswith(
        "Für Zeile 17 sieht das Modell **2 %** Wahrscheinlichkeit für „Gentoo“ und antwortet „Adelie“"
    )


def test_regression_says_numbers_in_the_unit_of_the_target():
    result = shap(
        unit="target",
        target_class=None,
        label=None,
        base=3933.2,
        prediction=5324.4,
        values=np.array([1240.0, 199.7, -48.5, 0.0]),
    )
    assert attribution.answer(result, wording("de", False), row_17("de")).startswith(
        "Das Modell sagt **5.324** für Zeile 17 voraus; der Durchschnitt liegt bei 3.933. "
        "Es heben vor allem sex: female (+1.240) und pclass: 1 (+200)."
    )
    assert "**5,324** for row 17; the average is 3,933." in attribution.answer(
        result, wording("en", False), row_17("en")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_margin_is_called_log_odds(language):
    said = attribution.answer(shap(unit="margin", base=-1.1, prediction=0.53), wording(language), ROSE)
    assert "og-" in said
    assert "%" not in said


def test_lime_does_not_call_its_average_neighbour_the_average():
    found = shap(method="lime")
    assert "für den mittleren Nachbarn kommt LIME auf 25 %." in plain(
        attribution.answer(found, wording("de"), row_17("de"))
    )
    assert "for the average neighbour, LIME arrives at 25%." in plain(
        attribution.answer(found, wording("en"), row_17("en"))
    )


def test_nothing_below_a_point_is_named():
    said = attribution.answer(shap(values=np.array([0.2, 0.009, -0.009, 0.0])), wording("de"), ROSE)
    assert "Es hebt vor allem Geschlecht: Frau (+20). Nennenswert dagegen wirkt nichts." in said
    nothing = attribution.answer(shap(values=np.full(4, 0.001)), wording("en"), ROSE)
    assert nothing.endswith("No single column moves the prediction noticeably.")


def test_agreement_counts_columns_and_says_why_they_differ():
    lime = shap(method="lime", values=np.array([0.29, 0.15, 0.096, 0.001]))
    assert "**3 von 4** Merkmalen" in attribution.agreement(shap(), lime, wording("de"))
    assert "LIME approximates" in attribution.agreement(shap(), lime, wording("en"))
    grouped = replace(lime, rules=("", "", "age ≤ 23", ""))
    assert "ganze Gruppe „age ≤ 23“, SHAP nur den Wert 22" in attribution.agreement(shap(), grouped, wording("de"))
    poor = replace(lime, trust=Trust((Measure("lime_fit", 0.31, "r2", "weak"),)))
    assert "R² 0.31" in attribution.agreement(shap(), poor, wording("en"))


def test_agreement_about_everything_gives_no_reason():
    assert attribution.agreement(shap(), shap(method="lime"), wording("de")).endswith(
        "bei **allen 4** Merkmalen einig."
    )


def quality(task: str = "binary", **changes) -> Quality:
    facts = {
        "task": task,
        "target": "y",
        "rows": 262,
        "held_out": True,
        "metrics": {"accuracy": 0.786, "r2": 0.9, "mae": 382.4},
        "baseline": {"accuracy": 0.73, "r2": 0.0, "mae": 3031.0},
        "baseline_answer": 0,
        "classes": (0, 1),
        "confusion": None,
        "trust": NONE,
        "seconds": 0.1,
    }
    return Quality(**(facts | changes))


def global_importance(**changes) -> Importance:
    sizes = np.array([0.141, 0.06, 0.04, 0.001])
    facts = {
        "method": "shap",
        "algorithm": "tree-exact",
        "unit": "probability",
        "target_class": 1,
        "columns": COLUMNS,
        "importance": sizes,
        "low": sizes * 0.95,
        "high": sizes * 1.05,
        "direction": np.full(4, np.nan),
        "rows_used": 500,
        "rows_total": 1045,
        "seed": 0,
        "trust": NONE,
        "seconds": 0.1,
    }
    return Importance(**(facts | changes))


def test_overview_compares_with_the_simplest_answer():
    assert overview.answer(quality(), global_importance(), wording("de")) == (
        "Es liegt bei **79 von 100** Passagieren richtig; wer immer „überlebt nicht“ sagt, bei 73. "
        "Am meisten zählt **Geschlecht**, dann Klasse."
    )
    assert overview.answer(quality(), global_importance(), wording("en")) == (
        "It is right for **79 of 100** passengers; always saying “does not survive” gets 73. "
        "What counts most is **Sex**, then Class."
    )


def test_overview_never_rounds_to_all_and_says_when_the_model_is_no_better():
    almost = quality(metrics={"accuracy": 0.998})
    assert "**mehr als 99 von 100**" in overview.answer(almost, None, wording("de"))
    equal = quality(metrics={"accuracy": 0.731})
    assert "ebenso oft" in overview.answer(equal, None, wording("de"))
    below = quality(metrics={"accuracy": 0.6})
    assert "which is better" in overview.answer(below, None, wording("en"))


def test_overview_without_known_outcomes_says_what_counts():
    said = overview.answer(None, global_importance(), wording("de"))
    assert said.startswith("Am meisten zählt **Geschlecht**")


def test_overview_of_regression_gives_error_and_r2():
    assert overview.answer(quality("regression"), None, wording("de", False)) == (
        "Es liegt im Mittel um **382** daneben (R² 0,90); wer immer den Durchschnitt sagt, um 3.031."
    )


def test_overview_puts_columns_side_by_side_that_cannot_be_told_apart():
    near = np.array([0.10, 0.095, 0.01, 0.0])
    result = global_importance(importance=near, low=near - 0.02, high=near + 0.02)
    assert "Am meisten zählen **Geschlecht** und **Klasse**" in overview.answer(quality(), result, wording("de"))


def test_importance_says_sizes_in_the_unit_of_the_method():
    words = wording("de")
    assert importance.answer(global_importance(), words) == (
        "**Geschlecht** bewegt die Vorhersage am stärksten: im Mittel um 14 Punkte. "
        "Es folgen Klasse (6) und Alter (4). Ein Merkmal zählt kaum."
    )
    lost = importance.answer(global_importance(method="permutation", unit="accuracy"), words)
    assert "Ohne **Geschlecht** verliert das Modell am meisten: Trefferquote −14 Punkte." in lost
    share = importance.answer(global_importance(method="native", unit="share"), words)
    assert "Anteil 14 %" in plain(share)


def test_methods_that_disagree_about_the_top_are_explained():
    other = global_importance(method="permutation", unit="accuracy", importance=np.array([0.1, 0.0, 0.0, 0.08]))
    said = importance.agreement(global_importance(), other, wording("en"))
    assert "disagree" in said
    assert "SHAP measures" in said
    same = importance.agreement(global_importance(), global_importance(method="native"), wording("en"))
    assert "the same columns" in same


def counterfactual(similar: int = 9, past: float | None = 0.14, prediction: float = 0.362, **changes) -> Counterfactual:
    changed = changes or {"pclass": (1, 3)}
    checked = Receipt(True, True, len(changed), 1.0, 0.5, similar, past, clear=past is None or past >= 0.02)
    return Counterfactual(changed, {}, prediction, 0, (prediction,), checked, "dice-random")


def ways(*items: Counterfactual, **changes) -> Counterfactuals:
    facts = {
        "method": "auto",
        "algorithm": "dice-random",
        "unit": "probability",
        "target_class": 1,
        "desired": 0,
        "prediction": 0.626,
        "label": 1,
        "row": {},
        "counterfactuals": items,
        "blocked_by": (),
        "nearest": None,
        "candidates": 1240,
        "dropped": 30,
        "keep": ("sex", "age"),
        "seed": 0,
        "trust": NONE,
        "seconds": 0.1,
    }
    return Counterfactuals(**(facts | changes))


def test_one_change_is_enough_and_two_are():
    one = counterfactuals.answer(ways(counterfactual()), wording("de"), ROSE)
    assert plain(one) == "Damit das Modell „überlebt nicht“ sagt, genügt bei Rose **Klasse 1 → 3**: 63 % → 36 %."
    two = counterfactual(pclass=(1, 3), age=(22.0, 60.0))
    assert "genügen bei Rose **Klasse 1 → 3 und Alter 22 → 60**" in counterfactuals.answer(
        ways(two), wording("de"), ROSE
    )
    assert "**Class 1st → 3rd and Age 22 → 60** are enough" in counterfactuals.answer(ways(two), wording("en"), ROSE)


def test_a_way_that_does_not_carry_is_named_with_its_verdict():
    lone = counterfactuals.answer(ways(counterfactual(similar=1)), wording("de"), ROSE)
    assert "(mit Vorsicht: nur 1 ähnlicher Fall in den Daten)" in lone
    near = counterfactuals.answer(ways(counterfactual(past=0.005)), wording("en"), ROSE)
    assert "(with care: only 0.5 points past the threshold)" in near
    unlike = counterfactuals.answer(ways(counterfactual(similar=0)), wording("de"), ROSE)
    assert "(trägt nicht: kein ähnlicher Fall in den Daten)" in unlike


@pytest.mark.parametrize(("known", "said"), [(0, "Keiner der 3"), (1, "führt 1 zu"), (2, "führen 2 zu"), (3, "Alle 3")])
def test_ways_to_known_cases_are_counted(known, said):
    items = [counterfactual(similar=9 if k < known else 0) for k in range(3)]
    assert said in counterfactuals.answer(ways(*items), wording("de"), ROSE)


def test_what_is_wrong_is_said_in_the_readers_numbers_and_without_a_name_where_none_is_similar():
    kept = QuestionError("kept-outside-range", column="size", value=36189.0)
    assert "(36.189)" in errors.message(kept, wording("de"))
    unlike = MatchError("unknown-column", column="floor", similar="–", known="size, year")
    assert errors.remedy(unlike, wording("en")) == "It has: size, year."


def test_a_heading_of_a_way_cannot_be_read_as_a_number():
    """ "1. 5 Änderungen" reads like 1,5."""
    item = counterfactual(sex=("male", "female"), age=(35, 30))
    headings = [counterfactuals.heading(1, item, ways(item), wording(language)) for language in LANGUAGES]
    assert headings == ["Weg 1: Zwei Änderungen, 36,2\u00a0%", "Way 1: Two changes, 36.2%"]


def test_no_way_is_claimed_only_where_everything_was_looked_at():
    found_none = counterfactuals.answer(ways(desired=1), wording("de"), Who("Jack", True))
    assert found_none.startswith("Solange Geschlecht und Alter fest sind, fand die Suche für Jack **keinen Weg**")
    assert "nicht alle" in found_none
    everything = Trust((Measure("complete", 1.0, "share", "solid", {"solid": 1.0}),))
    complete = ways(desired=1, trust=everything, candidates=189, keep=("sex",))
    none = counterfactuals.answer(complete, wording("de"), Who("Jack", True))
    assert none == (
        "Solange Geschlecht fest ist, gibt es für Jack **keinen Weg** zu „überlebt“. "
        "Geprüft ist jede erlaubte Kombination aus Kategorien der Daten und Zahlen in deren Schritten; "
        "andere Werte nicht. "
        "Keine einzelne Vorgabe steht allein im Weg: Auch ohne jeweils eine von ihnen fand die Suche nichts."
    )
    example = Blocked("sensitive", "sex", counterfactual(sex=("male", "female")))
    in_the_way = counterfactuals.answer(replace(complete, blocked_by=(example,)), wording("en"), ROSE)
    assert in_the_way.endswith("was checked; other values were not.")
    late = counterfactuals.answer(ways(desired=1, timed_out=True), wording("en"), ROSE)
    assert late.endswith("with more time there may be one.")


def test_ranges_of_a_regression_are_written_out():
    item = counterfactual(prediction=5901.2, carat=(0.5, 0.7))
    result = ways(item, unit="target", target_class=None, prediction=5324.0, desired=(5850.0, float("inf")))
    words = wording("de", False)
    assert (
        "mindestens 5.850 vorhersagt, genügt bei Zeile 17 **carat 0,5 → 0,7**: 5.324 → 5.901"
        in counterfactuals.answer(result, words, row_17("de"))
    )
    between = replace(result, desired=(2000.0, 3000.0))
    assert "zwischen 2.000 und 3.000" in counterfactuals.answer(between, words, row_17("de"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("constraint", ["keep", "range", "direction"])
def test_every_constraint_in_the_way_has_its_sentence(language, constraint):
    blocked = Blocked(constraint, "age", counterfactual(age=(22.0, 4.0)))
    said = counterfactuals.blocked(blocked, ways(), wording(language))
    assert LABELS[language].columns["age"] in said
    assert "22 → 4" in said


def test_receipt_has_a_verdict_for_each_check():
    near = counterfactuals.receipt(counterfactual(similar=0, past=0.005), ways(), wording("de"))
    assert [verdict for verdict, _ in near] == ["solid", "care", "weak"]
    assert near[1][1] == "0,5 Punkte hinter der Grenze"
    assert near[2][1] == "ähnliche Passagiere: 0"


def changed_case(after: float = 0.362, label: int = 0, **changes) -> WhatIf:
    changed = changes or {"pclass": (1, 3)}
    return WhatIf(changed, shap(), shap(prediction=after, label=label), NONE, 0.1)


def test_what_if_says_from_where_to_where_and_whether_the_answer_changes():
    assert plain(what_if.answer(changed_case(), wording("de"), ROSE)) == (
        "Mit Klasse 1 → 3 sinkt Roses Überlebenschance von 63 % auf **36 %**. Das Modell sagt nun „überlebt nicht“."
    )
    assert what_if.answer(changed_case(0.7, 1), wording("en"), ROSE) == (
        "With Class 1st → 3rd, Rose’s chance of survival rises from 63% to **70%**. The model still says “survives”."
    )


def test_what_if_of_a_row_names_the_class_and_has_no_genitive():
    said = plain(what_if.answer(changed_case(), wording("de"), row_17("de")))
    assert "sinkt bei Zeile 17 die Wahrscheinlichkeit für „überlebt“ von 63 % auf **36 %**" in said


def test_what_if_shows_a_decimal_where_whole_per_cents_hide_the_change():
    said = plain(what_if.answer(changed_case(0.6292, 1), wording("de"), ROSE))
    assert "steigt Roses Überlebenschance von 62,6 % auf **62,9 %**" in said
    assert "bleibt" in what_if.answer(changed_case(0.626, 1), wording("de"), ROSE)


def test_many_changes_are_counted():
    many = {f"c{k}": (0, 1) for k in range(5)}
    assert "Mit 5 Änderungen sinkt" in what_if.answer(changed_case(**many), wording("de"), ROSE)


def test_nothing_changed_is_said():
    nothing = WhatIf({}, shap(), shap(), NONE, 0.1)
    assert plain(what_if.answer(nothing, wording("de"), ROSE)) == (
        "Noch nichts geändert: Das Modell gibt Rose **63 %** Überlebenschance."
    )


def test_genitives_of_names():
    words = wording("de")
    assert [Who(name, True).owner(words) for name in ("Rose", "Jens", "Max")] == ["Roses", "Jens’", "Max’"]
    assert Who("The heaviest one", True).called(wording("en")) == "“The heaviest one”"


def curve(values, prediction, **changes) -> Effect:
    facts = {
        "kind": "ceteris_paribus",
        "column": "age",
        "unit": "probability",
        "target_class": 1,
        "grid": tuple(values),
        "prediction": np.asarray(prediction, float),
        "current": None,
        "support": (9,),
        "edges": (0.0, 100.0),
        "trust": NONE,
        "seconds": 0.1,
    }
    return Effect(**(facts | changes))


def test_curve_says_between_which_predictions_it_lies():
    said = plain(effects.ceteris_paribus(curve([4, 22, 45], [0.52, 0.36, 0.2]), wording("de")))
    assert said == "Ändert sich nur Alter, liegt die Vorhersage zwischen 20 % (bei 45) und 52 % (bei 4)."
    assert "does not change" in effects.ceteris_paribus(curve([4, 22], [0.5, 0.5]), wording("en"))


def test_dependence_says_the_direction():
    ages = [1.0, 5.0, 20.0, 60.0]
    falling = effects.dependence(curve(ages, [0.3, 0.2, 0.0, -0.1], kind="dependence"), wording("de"))
    assert falling == "Höhere Werte von Alter senken die Vorhersage, fast durchgehend."
    bent = effects.dependence(curve(ages, [0.0, 0.3, 0.3, 0.0], kind="dependence"), wording("en"))
    assert "does not work in one direction" in bent


def test_dependence_of_a_category_gives_the_range_of_the_medians():
    effect = curve(["male", "female", "male"], [-0.1, 0.2, -0.12], column="sex", edges=None, support=(9, 9, 9))
    assert effects.dependence(effect, wording("de")) == (
        "Im Median reicht der Beitrag von −11,0 (Mann) bis +20,0 (Frau)."
    )


def test_trust_lines_have_number_verdict_and_rule():
    words = wording("de")
    fit = Measure(
        "lime_fit",
        0.75,
        "r2",
        "care",
        {"care": 0.8, "weak": 0.5, "care_miss": 0.05, "weak_miss": 0.1},
        {"miss": 0.014, "local_prediction": 0.6, "prediction": 0.61},
    )
    line = trust.line(fit, "probability", words)
    assert (line.number, line.word) == ("R² 0,75; 1,4 daneben", "mit Vorsicht")
    assert line.rule == "Regel: R² ab 0,80 und höchstens 5 Punkte daneben"
    gap = Measure("additivity", 2e-16, "effect", "solid", {"limit": 1e-5})
    assert trust.line(gap, "probability", words).rule == "Regel: höchstens 0,001 Punkte"
    spread = Measure("background", 37.6, "effect", "solid", {"care": 164.0, "weak": 410.0})
    assert trust.line(spread, "target", words).number == "± 38"


def test_worst_measure_is_one_short_sentence():
    support = Measure("support", 1.0, "rows", "care", {"solid": 5, "care": 1}, {"rows": 900})
    gap = Measure("additivity", 0.0, "effect", "solid", {"limit": 1e-5})
    assert trust.worst(Trust((gap, support)), "probability", wording("de")) == (
        "Mit Vorsicht: ähnliche Passagiere in den Daten: nur 1."
    )
    assert trust.worst(Trust((gap,)), "probability", wording("de")) == ""


def engine_sources() -> str:
    files = [path for path in ENGINE.rglob("*.py") if "sentences" not in path.parts and "figures" not in path.parts]
    return "\n".join(path.read_text("utf-8") for path in sorted(files))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_engine_has_words(language):
    source, known = engine_sources(), catalogue(language)
    measures = set(re.findall(r'(?:Measure|judged)\(\s*"([a-z_0-9]+)"', source))
    said = set(re.findall(r'Notice\(\s*"([a-z0-9-]+)"', source))
    like_algorithms = re.findall(r'"((?:tree|linear|enumeration|permutation|native|lime|dice)-[a-z-]+)"', source)
    others = {name for name in like_algorithms if f"notices.{name}" in known or f"errors.{name}.message" in known}
    named = set(like_algorithms) - others - {"dice-ml"}
    assert {"additivity", "support"} <= measures
    keys = [f"trust.{code}.{part}" for code in measures for part in ("what", "number", "rule", "care", "weak")]
    keys += [f"notices.{code}" for code in said]
    keys += [f"algorithms.{code}.{part}" for code in named for part in ("name", "why")]
    assert sorted(key for key in keys if key not in known) == []


def test_both_languages_have_the_same_keys_and_placeholders():
    german, english = (catalogue(language).sentences for language in LANGUAGES)
    assert sorted(set(german) ^ set(english)) == []
    assert [key for key in german if placeholders(german[key]) != placeholders(english[key])] == []


def test_notices_name_columns_by_their_labels_and_escape_values():
    outside = Notice("outside-range", {"column": "age", "value": 99.0, "low": 0.17, "high": 80.0})
    assert notices.sentence(outside, wording("de")).startswith("Alter 99 liegt außerhalb der Daten (dort 0,17 bis 80)")
    strange = Notice("unseen-category", {"column": "sex", "value": "<b>[x](y)"})
    assert "<b>" not in notices.sentence(strange, wording("en"))


def test_an_error_without_words_reads_as_unexpected_with_its_code():
    words = wording("en")
    known = errors.message(QuestionError("unknown-demo", name="<i>", known="a, b"), words)
    assert "\\<i\\>" in known
    strange = QuestionError("never-heard-of", x=1)
    assert errors.message(strange, words)
    assert errors.remedy(strange, words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_algorithms_are_named_inside_a_sentence(language):
    sample = attribution.sample(shap(), shap(sampling={"samples": 5000}), wording(language))
    assert algorithms.name("tree-exact", wording(language)) in sample
    assert algorithms.why("tree-exact", wording(language)).endswith(".")
