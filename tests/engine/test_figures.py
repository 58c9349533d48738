"""Figures of paths and weights: what they show, in both themes and languages, and that nothing is cut or unescaped."""

from __future__ import annotations

import ast
import html
import re
from itertools import pairwise
from pathlib import Path

import drawn
import numpy as np
import plotly.io
import pytest

from xai.figures import attribution, counterfactual, pair, quality, what_if
from xai.figures.agreement import agreement
from xai.figures.labels import change_label, label, text_width
from xai.figures.style import DARK, LIGHT, Style
from xai.figures.ticks import decimals, ticks
from xai.texts import Wording

GERMAN, ENGLISH = Style(wording=Wording("de")), Style(wording=Wording("en"))
CHANGES = {"sibsp": (0, 4), "parch": (1, 4)}


def ways():
    return drawn.counterfactuals(
        drawn.counterfactual({"pclass": (1, 3)}, (0.362,)), drawn.counterfactual(CHANGES, (0.532, 0.499))
    )


def test_path_leads_through_every_column_to_the_prediction():
    result = drawn.rose()
    found = drawn.arrows(attribution.figure(result, ENGLISH, 0.5))
    assert [round(end - start, 3) for start, end, _ in found] == [0.207, 0.135, 0.037, -0.011, 0.006]
    assert found[0][0] == result.base
    assert found[-1][1] == pytest.approx(result.prediction)
    assert all(before[1] == after[0] for before, after in pairwise(found))


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_colour_says_only_raises_or_lowers(theme, palette):
    found = drawn.arrows(attribution.figure(drawn.rose(), Style(theme, Wording("en")), 0.5))
    assert [color == palette.raises for _, _, color in found] == [True, True, True, False, True]
    assert found[3][2] == palette.lowers


def test_direction_is_readable_without_colour():
    texts = [drawn.visible(text) for text in drawn.texts(attribution.figure(drawn.rose(), ENGLISH))]
    assert {"+20.7", "+13.5", "+3.7", "−1.1", "+0.6", "25.1%", "62.5%"} <= set(texts)


@pytest.mark.parametrize(("style", "number", "separators"), [(GERMAN, "+20,7", ",."), (ENGLISH, "+20.7", ".,")])
def test_numbers_follow_the_language(style, number, separators):
    figure = attribution.figure(drawn.rose(), style)
    assert f"<b>{number}</b>" in drawn.texts(figure)
    assert figure.layout.separators == separators


@pytest.mark.parametrize("columns", [10, 20])
def test_beyond_eight_columns_the_rest_is_one_grey_arrow_with_its_sum(columns):
    result = drawn.wide(columns)
    figure = attribution.figure(result, GERMAN)
    found = drawn.arrows(figure)
    assert len(found) == 9
    start, end, color = found[-1]
    assert color == LIGHT.soft
    assert end - start == pytest.approx(result.values[8:].sum())
    assert drawn.names(figure)[-2] == f"{columns - 8} weitere"
    assert found[-1][1] == pytest.approx(result.prediction)


def test_a_single_column_is_not_folded():
    assert len(drawn.arrows(attribution.figure(drawn.wide(9), GERMAN))) == 9


def test_names_from_files_are_escaped():
    figure = attribution.figure(drawn.wide(), ENGLISH)
    shown = " ".join(drawn.texts(figure)) + " ".join(str(trace.text) for trace in figure.data)
    assert "<b>measurement" not in shown
    assert "&lt;b&gt;measurement&lt;/b&gt; &amp;" in shown


def test_threshold_belongs_to_probabilities_only():
    def has(figure):
        return any(shape.line.dash == "dot" for shape in figure.layout.shapes)

    assert has(attribution.figure(drawn.rose(), ENGLISH, 0.5))
    assert not has(attribution.figure(drawn.rose(), ENGLISH))
    assert not has(attribution.figure(drawn.attribution([-0.05], {"age": 3}), ENGLISH, 0.5))  # out of range
    crossing = drawn.attribution([1.0], {"age": 3}, base=0.0, unit="margin")
    assert not has(attribution.figure(crossing, ENGLISH, 0.5))


def test_what_approximate_steps_leave_open_is_a_step_of_its_own():
    result = drawn.attribution(drawn.ROSE_SHAP, drawn.ROSE, prediction=0.655)
    figure = attribution.figure(result, ENGLISH)
    assert "unassigned" in drawn.names(figure)
    assert drawn.arrows(figure)[-1][1] == pytest.approx(0.655)


@pytest.mark.parametrize(
    ("values", "base"), [((3e-7, -1.2e-7), 1e-6), ((-300.0, 45.0), -55.0), ((0.0, 0.0), 4.0), ((14000.0, -3.0), 326.0)]
)
def test_any_scale_of_a_regression_is_written_with_fitting_decimals(values, base):
    result = drawn.attribution(values, {"a": 1.5, "b": -3.0}, base=base, unit="target", target_class=None)
    texts = [drawn.visible(text) for text in drawn.texts(attribution.figure(result, ENGLISH))]
    for value in values:
        written = [float(t.replace("−", "-").replace(",", "")) for t in texts if re.fullmatch(r"[+−]?[\d.,]+", t)]
        assert min(abs(w - value) for w in written) <= 0.02 * max(abs(v) for v in values)


def test_several_rows_have_no_single_path():
    with pytest.raises(ValueError, match="one row"):
        attribution.figure(drawn.attribution(np.zeros((2, 5)), drawn.ROSE, prediction=np.zeros(2)), ENGLISH)


def test_both_methods_have_the_same_points_per_pixel():
    for narrow in (False, True):
        layout = pair.figure(drawn.rose(), drawn.rose_lime(), ENGLISH, 0.5, narrow).layout
        left, right = (
            (axis.range[1] - axis.range[0]) / np.ptp(axis.domain or (0, 1)) for axis in (layout.xaxis, layout.xaxis2)
        )
        assert left == pytest.approx(right)


def test_pair_says_in_words_where_the_methods_agree():
    figure = pair.figure(drawn.rose(), drawn.rose_lime(), GERMAN, 0.5)
    words = [text for text in drawn.texts(figure) if drawn.visible(text) in ("ja", "nein", "beide nahe 0")]
    assert words == ["ja", "ja", "ja", "<b>nein</b>", "beide nahe 0"]
    assert "LIME kommt auf 63,9\u00a0%" in drawn.texts(figure)
    assert len(drawn.arrows(figure, "x")) == len(drawn.arrows(figure, "x2")) == 5


def test_pair_is_stacked_where_it_is_narrow():
    wide, narrow = (
        pair.figure(drawn.rose(), drawn.rose_lime(), Style(wording=Wording("en"), width=w)) for w in (1110, 700)
    )
    assert wide.layout.xaxis2.domain[0] > wide.layout.xaxis.domain[1]
    assert narrow.layout.xaxis2.domain == (0, 1)
    assert narrow.layout.height > wide.layout.height


def test_a_large_weight_of_either_method_is_not_folded_away():
    shap = drawn.wide(20)
    lime = drawn.wide(20, method="lime")
    values = lime.values.copy()
    values[19] = 9999.0
    lime = drawn.wide(20, method="lime")
    object.__setattr__(lime, "values", values)
    assert 9999.0 in [end for _, end, _ in drawn.arrows(pair.figure(shap, lime, ENGLISH), "x2")]


def test_explanations_of_different_things_are_not_compared():
    with pytest.raises(ValueError, match="same columns"):
        agreement(drawn.rose(), drawn.attribution([1.0], {"age": 2}))
    with pytest.raises(ValueError, match="unit"):
        agreement(drawn.rose(), drawn.attribution(drawn.ROSE_LIME, drawn.ROSE, unit="margin"))


def test_counterfactual_goes_from_now_through_each_change_to_then():
    result = ways()
    figure = counterfactual.figure(result, result.counterfactuals[1], GERMAN, 0.5)
    found = drawn.arrows(figure)
    assert [(round(start, 3), round(end, 3)) for start, end, _ in found] == [(0.626, 0.532), (0.532, 0.499)]
    assert drawn.names(figure)[1] == "sibsp  0 → 4"
    assert any("→ 53,2" in text for text in drawn.texts(figure))


def test_counterfactuals_of_a_list_share_one_axis():
    result = ways()
    first, second = (counterfactual.figure(result, item, GERMAN, 0.5).layout for item in result.counterfactuals)
    assert first.xaxis.range == second.xaxis.range
    assert first.margin.l == second.margin.l


def test_wanted_range_of_a_regression_is_a_band():
    item = drawn.counterfactual({"carat": (2.0, 0.6)}, (2950.0,))
    result = drawn.counterfactuals(item, unit="target", desired=(2000.0, 3000.0), prediction=18823.0, target_class=None)
    figure = counterfactual.figure(result, item, GERMAN)
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(band.x0, band.x1) for band in bands] == [(2000.0, 3000.0)]
    assert "Ziel 2.000 bis 3.000" in drawn.texts(figure)
    open_end = drawn.counterfactuals(
        item, unit="target", desired=(-np.inf, 3000.0), prediction=18823.0, target_class=None
    )
    assert "Ziel bis 3.000" in drawn.texts(counterfactual.figure(open_end, item, GERMAN))


def test_what_if_moves_by_changes_of_contributions():
    result = drawn.what_if()
    figure = what_if.figure(result, GERMAN, 0.5)
    found = drawn.arrows(figure)
    assert found[0][0] == pytest.approx(result.before.prediction)
    assert found[-1][1] == pytest.approx(result.after.prediction)
    assert round(found[0][1] - found[0][0], 3) == -0.231
    assert drawn.names(figure)[:3] == ["Vorher", "pclass  1 → 3", "sex  female"]


def test_gain_in_quality_has_no_colour():
    found = drawn.arrows(quality.figure(drawn.quality(), ENGLISH))
    assert [(round(end - start, 3), color) for start, end, color in found] == [(0.057, LIGHT.soft)]


def test_regression_begins_at_zero_r2():
    measured = drawn.quality(task="regression", metrics={"r2": 0.9}, baseline={"r2": 0.0}, confusion=None, classes=())
    assert {"0.00", "<b>0.90</b>"} <= set(drawn.texts(quality.figure(measured, ENGLISH)))


def test_label_has_two_lines_of_at_most_24_characters():
    for name, value in (("debt_to_income_ratio_last_12m", "12345.67"), ("W" * 40, "M" * 40), ("a b " * 20, "x")):
        lines = [html.unescape(drawn.visible(line)) for line in label(GERMAN, name, value).html.split("<br>")]
        assert len(lines) <= 2
        assert all(len(line.replace("  ", " ")) <= 24 for line in lines)
    assert change_label(GERMAN, "age", 22.0, 60.0).html == "age  <b>22 → 60</b>"


@pytest.mark.parametrize("width", [1110, 700])
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_numbers_beside_arrows_stay_inside_the_figure(width, scale):
    style = Style(wording=Wording("de"), scale=scale, width=width)
    for figure in (attribution.figure(drawn.wide(), style), attribution.figure(drawn.rose(), style, 0.5)):
        low, high = figure.layout.xaxis.range
        pixels = width - figure.layout.margin.l - figure.layout.margin.r
        for item in (a for a in figure.layout.annotations if a.xref == "x" and a.yref == "y" and a.xshift):
            at = (item.x - low) / (high - low) * pixels + item.xshift
            reach = text_width(drawn.visible(item.text), item.font.size, bold=True)
            assert (at + reach <= pixels + figure.layout.margin.r) if item.xanchor == "left" else (at - reach >= 0)


def test_marks_of_an_axis_are_round_and_inside():
    assert ticks(-14.9, 27.4, 6) == [-10, 0, 10, 20]
    assert decimals([0.25, 0.5]) == 2
    assert all(1e-7 <= mark <= 9e-7 for mark in ticks(1e-7, 9e-7))


def test_defaults_of_other_libraries_do_not_colour_figures():
    before = plotly.io.templates.default
    plotly.io.templates["stranger"] = {"layout": {"colorway": ["#000001"], "font": {"color": "#000002"}}}
    try:
        plotly.io.templates.default = "stranger"
        figure = pair.figure(drawn.rose(), drawn.rose_lime(), ENGLISH, 0.5)
    finally:
        plotly.io.templates.default = before
    page = figure.to_html(include_plotlyjs=False)
    assert "#00000" not in page
    assert LIGHT.raises in page


def test_figures_know_results_and_texts_only():
    allowed = ("xai.figures", "xai.results", "xai.texts", "numpy", "pandas", "plotly")
    for path in (Path(attribution.__file__).parent).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module and module.split(".")[0] in ("xai", "streamlit", "shap", "lime", "sklearn", "dice_ml"):
                assert module.startswith(allowed), f"{path.name} imports {module}"
