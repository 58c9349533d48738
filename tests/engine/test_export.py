"""What can be taken away: tables for a spreadsheet, code that runs, a report that needs nothing else."""

from __future__ import annotations

import ast
import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from xai.explainer import Explainer
from xai.export import Report, Source, csv_bytes, html, snippet
from xai.opening.demos import demo, load_model, load_table
from xai.sentences.trust import Line


def test_german_tables_have_semicolons_and_decimal_commas():
    table = pd.DataFrame({"Merkmal": ["Größe", "Alter"], "Beitrag": [0.25, -1.5], "n": [1000, 2]})
    content = csv_bytes(table, "de")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == "Merkmal;Beitrag;n\r\nGröße;0,25;1000\r\nAlter;-1,5;2\r\n"


def test_english_tables_have_commas_and_points():
    table = pd.DataFrame({"column": ["a,b"], "value": [np.float64(0.1)], "missing": [np.nan], "flag": [True]})
    assert csv_bytes(table, "en").decode("utf-8-sig") == 'column,value,missing,flag\r\n"a,b",0.1,,true\r\n'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_cannot_become_a_formula(start):
    table = pd.DataFrame({f"{start}head": [f"{start}1+1", -1]}, dtype=object)
    header, cell, number, _ = csv_bytes(table, "en").decode("utf-8-sig").split("\r\n")
    assert header.strip('"').startswith("'" + start)
    assert cell.strip('"').startswith("'" + start)
    assert number == "-1"  # a negative number is a number


def test_numbers_keep_all_their_digits():
    value = 0.1 + 0.2
    cell = csv_bytes(pd.DataFrame({"x": [value]}), "de").decode("utf-8-sig").split("\r\n")[1]
    assert float(cell.replace(",", ".")) == value


def run(script: str) -> str:
    """The script without its imports of the engine, against a stand-in that repeats how it was called."""
    calls: list[str] = []

    class Stand:
        def __getattr__(self, name):
            def call(*args, **named):
                calls.append(f"{name}({args[0] if args and isinstance(args[0], str) else ''}, {sorted(named)})")
                return Stand() if name != "to_frame" else "table"

            return call

    lines = [line for line in script.splitlines() if line != "import xai"]
    exec("\n".join(lines), {"xai": Stand()})
    return "\n".join(calls)


def test_code_asks_the_same_question():
    source = Source("diamonds.joblib", "diamonds.csv", target="price", seed=7)
    script = snippet("counterfactuals", {"row": 17, "keep": ("carat",), "desired": (2000.0, float("inf"))}, source)
    assert "import xai" in script
    assert "seed=7" in script
    assert "explainer.counterfactuals(row=17, keep=('carat',), desired=(2000.0, float(\"inf\")))" in script
    assert "scikit-learn" in script.splitlines()[0]
    called = run(script)
    assert "open_model(diamonds.joblib" in called
    assert "counterfactuals(, ['desired', 'keep', 'row'])" in called


def test_code_builds_a_case_that_is_no_row():
    script = snippet("explain", {"case": {"sex": "female", "age": float("nan")}, "method": "shap"}, Source("m", "d"))
    assert "case = pd.DataFrame([{'sex': 'female', 'age': None}])" in script
    assert "explain(, ['frame', 'method'])" in run(script)


def test_code_computes_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    known = demo("titanic")
    case = dict(known.cases["rose"])
    source = Source("models/titanic.joblib", "models/titanic.csv", known.target, known.positive, held_out_from=900)
    script = snippet("explain", {"case": case, "method": "shap"}, source)
    monkeypatch.chdir(known.model_path.parents[1])
    names: dict = {}
    exec(script, names)
    explainer = Explainer(load_model(known), load_table(known), known.target, target_class=1, held_out_from=900)
    expected = explainer.explain(frame=pd.DataFrame([case]))
    assert names["result"].values == pytest.approx(expected.values)
    assert names["result"].prediction == pytest.approx(known.predictions["rose"][1])


def test_file_text_in_code_stays_text():
    evil = 'x"); import os; os.system("true") #\n'
    script = snippet("explain", {"row": 0}, Source(evil, "d.csv", target=evil))
    strings = [node.value for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Constant)]
    assert strings.count(evil) == 2
    assert "import os" not in [ast.unparse(node) for node in ast.parse(script).body]


def test_code_refuses_what_is_not_plain():
    with pytest.raises(TypeError, match="not plain"):
        snippet("explain", {"row": object()}, Source("m", "d"))


EVIL = "<script>alert(1)</script>&\"'"


def report(**changes) -> Report:
    facts = {
        "language": "de",
        "title": f"Warum? {EVIL}",
        "context": EVIL,
        "answer": f"Das Modell gibt {EVIL} **63 %**.",
        "trust": (Line(EVIL, EVIL, "care", EVIL, EVIL),),
        "trust_title": "Wie weit trägt das?",
        "notes": (EVIL,),
        "table": pd.DataFrame({EVIL: [EVIL]}),
        "provenance": {EVIL: EVIL},
    }
    return Report(**(facts | changes))


def test_report_escapes_everything_that_comes_from_files():
    page = html(report())
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 11
    assert "<strong>63 %</strong>" in page
    assert '<html lang="de">' in page


def test_report_needs_no_network():
    page = html(report(figures=[go.Figure(go.Bar(x=[1], y=["</script><b>"])), go.Figure()]))
    outside = re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?http", page)
    assert outside == []
    assert "default-src 'none'" in page
    assert page.count("plotly.js v") == 1  # the script once, for all figures
    assert "</script><b>" not in page
    assert len(page) < 8_000_000


def test_report_leaves_out_what_it_has_not():
    page = html(Report("en", "Why?", "row 17", "So."))
    assert page.count("<h2>") == 1  # what it was computed with is always told
    assert "scikit-learn" in page
    assert json.dumps("Why?").strip('"') in page
