"""Figures of importance, effects and confusion; and what holds for all figures, in both themes and languages."""

from __future__ import annotations

import json

import drawn
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from xai.figures import (
    attribution,
    beeswarm,
    compare,
    confusion,
    counterfactual,
    curve,
    dependence,
    drivers,
    pair,
    quality,
    what_if,
)
from xai.figures.style import LIGHT, Style
from xai.texts import Wording

GERMAN, ENGLISH = Style(wording=Wording("de")), Style(wording=Wording("en"))
NAMES = [f"column {k}" for k in range(20)]
SEXES = ("female", "male")


def sex_effect(**other):
    return drawn.effect(SEXES, (0.36, 0.12), "female", (120, 3), None, column="sex", **other)


def sex_dependence():
    known = drawn.many_rows()
    counts = [200] * len(known.data)
    return drawn.effect(known.data["sex"], known.values[:, 1], None, counts, None, kind="dependence", column="sex")


def age_dependence():
    known = drawn.many_rows()
    ages, values = known.data["age"][1:], known.values[1:, 0]
    support, edges = np.histogram(ages, bins=16)
    return drawn.effect(ages, values, None, support, edges, kind="dependence")


def everything(style):
    """(figure, alt) of each kind."""
    words, rose, lime, many = style.wording, drawn.rose(), drawn.rose_lime(), drawn.many_rows()
    way = drawn.counterfactual({"pclass": (1, 3)}, (0.362,))
    ways, moved, measured, age = drawn.counterfactuals(way), drawn.what_if(), drawn.quality(), drawn.age_effect()
    return {
        "shap": (attribution.figure(rose, style, 0.5), attribution.alt(rose, words)),
        "lime": (attribution.figure(lime, style), attribution.alt(lime, words)),
        "pair": (pair.figure(rose, lime, style, 0.5), pair.alt(rose, lime, words)),
        "drivers": (drivers.figure(many, style), drivers.alt(many, words)),
        "beeswarm": (beeswarm.figure(many, style), beeswarm.alt(many, words)),
        "compare": (compare.figure(many, many, style), compare.alt(many, many, words)),
        "quality": (quality.figure(measured, style), quality.alt(measured, words)),
        "confusion": (confusion.figure(measured, style), confusion.alt(measured, words)),
        "counterfactual": (counterfactual.figure(ways, way, style, 0.5), counterfactual.alt(ways, way, words)),
        "what-if": (what_if.figure(moved, style, 0.5), what_if.alt(moved, words)),
        "curve": (curve.figure(age, style, 0.5, drawn.age_effect(), "Rose"), curve.alt(age, words)),
        "category curve": (curve.figure(sex_effect(), style, 0.5, sex_effect()), curve.alt(sex_effect(), words)),
        "dependence": (dependence.figure(age_dependence(), style), dependence.alt(age_dependence(), words)),
        "category dependence": (dependence.figure(sex_dependence(), style), dependence.alt(sex_dependence(), words)),
    }


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_every_figure_keeps_the_rules(theme, language, scale):
    style = Style(theme, Wording(language), scale)
    for name, (figure, alt) in everything(style).items():
        layout = json.loads(figure.to_json())["layout"]
        assert layout["template"] == {}, name
        assert "title" not in layout, name
        assert layout["showlegend"] is False, name
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)", name
        assert layout["separators"] == (",." if language == "de" else ".,"), name
        axes = [layout[key] for key in layout if key.startswith(("xaxis", "yaxis"))]
        assert all(axis["fixedrange"] and not axis.get("showgrid") for axis in axes), name
        assert min(a["font"]["size"] for a in layout["annotations"]) >= 15 * scale, name
        assert "{" not in alt, name
        assert "<" not in alt, name
        assert len(alt) > 20, name


def test_importance_has_no_colour_and_no_sign():
    figure = drivers.figure(drawn.importance([0.073, 0.12, 0.039], ["class", "sex", "age"]), GERMAN)
    (bars,) = figure.data
    assert bars.marker.color == LIGHT.soft
    assert list(bars.x) == [0.12, 0.073, 0.039]
    assert drawn.names(figure) == ["sex", "class", "age"]
    assert {"<b>12,0</b>", "<b>7,3</b>", "<b>3,9</b>"} <= set(drawn.texts(figure))


def test_intervals_are_drawn_where_they_were_measured():
    measured = drawn.importance([0.3, -0.01], ["a", "b"], spread=0.05, unit="r2", method="permutation")
    bars = [trace for trace in drivers.figure(measured, ENGLISH).data if trace.type == "scatter"]
    assert list(bars[-1].error_x.array) == pytest.approx([0.05, 0.05])
    exact = drawn.importance([0.3, 0.1], ["a", "b"])
    assert all(trace.type == "bar" for trace in drivers.figure(exact, ENGLISH).data)


def test_unimportant_columns_are_counted():
    figure = drivers.figure(drawn.importance(np.linspace(0.2, 0.01, 20), NAMES), ENGLISH)
    assert len(figure.data[0].x) == 8
    assert drawn.names(figure)[-1] == "12 more"
    assert any("12.0 at most, each" in text for text in drawn.texts(figure))


def test_beeswarm_draws_every_value_in_points():
    known = drawn.many_rows()
    figure = beeswarm.figure(known, ENGLISH)
    shown = np.sort(np.concatenate([trace.x for trace in figure.data]))
    assert shown == pytest.approx(np.sort(100 * known.values.ravel()), rel=1e-5)
    assert {"lowers ←", "→ raises"} <= set(drawn.texts(figure))


def test_beeswarm_is_one_small_trace():
    (points,) = beeswarm.figure(drawn.many_rows(2000), ENGLISH).data
    assert type(points) is go.Scattergl
    assert points.x.dtype == points.y.dtype == np.float32
    assert points.marker.color.dtype == np.uint8
    (few,) = beeswarm.figure(drawn.many_rows(100), ENGLISH).data
    assert type(few) is go.Scatter


def test_beeswarm_of_fifteen_columns_and_a_thousand_rows_stays_below_210_kilobytes():
    random = np.random.default_rng(0)
    data = pd.DataFrame(random.normal(size=(1000, 15)), columns=NAMES[:15])
    values = (data.to_numpy() * random.random(15)).astype("float32")
    many = drawn.importance(np.abs(values).mean(axis=0), NAMES[:15], values=values, data=data)
    assert len(beeswarm.figure(many, ENGLISH, top=15).to_json()) < 210_000


def test_grey_points_lie_below_the_coloured_ones_and_have_their_own_colour():
    (points,) = beeswarm.figure(drawn.many_rows(2000), ENGLISH).data
    shade = points.marker.color
    assert (shade[:2001] == 0).all()  # the category, and one missing number
    assert (shade[2001:] > 0).all()
    assert shade.max() == points.marker.cmax == 255
    scale = points.marker.colorscale
    assert [color for _, color in scale if color == LIGHT.mid] == [LIGHT.mid] * 2
    assert scale[1][0] < 1 / 255 < scale[3][0] + 1e-12
    assert [color for _, color in scale[3:]] == list(LIGHT.ramp)
    np.testing.assert_array_equal(beeswarm.shades(np.array([np.nan, 0.0, 0.5, 1.0])), [0, 1, 128, 255])


def test_low_and_high_values_have_the_ends_of_the_ramp():
    known = drawn.many_rows()
    level = beeswarm.levels(known.data["age"])
    assert np.isnan(level[0])
    assert level[known.data["age"].idxmin()] == 0
    assert level[known.data["age"].idxmax()] == 1
    assert np.isnan(beeswarm.levels(known.data["sex"])).all()


def test_beeswarm_needs_values():
    with pytest.raises(ValueError, match="SHAP values"):
        beeswarm.figure(drawn.importance([1.0], ["a"]), ENGLISH)


def test_curve_is_solid_only_where_the_data_is():
    effect = drawn.age_effect()
    figure = curve.figure(effect, ENGLISH, 0.5)
    dotted, solid = (trace for trace in figure.data if trace.mode == "lines")
    assert dotted.line.dash == "dot"
    known = ~np.isnan(np.asarray(solid.y, float))
    assert list(np.asarray(solid.x)[known]) == [0, 5, 10, 15, 20, 25, 30, 35]
    assert np.isfinite(np.asarray(dotted.y, float))[8:].all()
    columns = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(column.x0, column.x1) for column in columns] == [(age, age + 10) for age in range(0, 80, 10)]


def test_dot_lies_on_the_curve_at_the_own_value():
    figure = curve.figure(drawn.age_effect(), GERMAN, 0.5)
    (dot,) = (trace for trace in figure.data if trace.mode == "markers" and len(trace.x) == 1)
    assert (dot.x[0], dot.y[0]) == (22.0, pytest.approx(0.7 - 22 / 200))
    assert "<b>jetzt 59,0\u00a0%</b>" in drawn.texts(figure)
    assert "Grenze 50\u00a0%" in figure.layout.yaxis.ticktext


def test_missing_value_has_no_dot():
    effect = drawn.effect((0, 1), (0.2, 0.3), float("nan"), (9, 9), (-0.5, 0.5, 1.5))
    assert not any("jetzt" in text for text in drawn.texts(curve.figure(effect, GERMAN)))


def test_categories_say_where_data_is_rare():
    figure = curve.figure(sex_effect(), GERMAN, 0.5)
    shown = [drawn.visible(text) for text in drawn.texts(figure)]
    assert "36,0\u00a0%" in shown
    assert "12,0\u00a0%  kaum Daten" in shown
    assert drawn.names(figure) == ["female", "male"]


def test_own_category_is_among_the_twenty_drawn():
    grid = [f"country {k}" for k in range(30)]
    effect = drawn.effect(grid, np.linspace(0, 1, 30), "country 29", [*range(30, 1, -1), 0], None)
    shown = drawn.names(curve.figure(effect, ENGLISH))
    assert len(shown) == 21
    assert "country 29" in shown
    assert shown[-1] == "10 more"


def test_dependence_of_a_category_shows_its_median():
    figure = dependence.figure(sex_dependence(), ENGLISH)
    shown = [drawn.visible(text) for text in drawn.texts(figure)]
    assert {"Median +20.0", "Median −10.0"} <= set(shown)
    assert drawn.names(figure) == ["female", "male"]


def test_dependence_of_few_whole_numbers_keeps_their_order():
    values = [3, 1, 2, 1, 3, 3]
    effect = drawn.effect(
        values, [0.3, 0.1, 0.2, 0.1, 0.3, 0.3], None, (2, 1, 3), (0.5, 1.5, 2.5, 3.5), kind="dependence"
    )
    figure = dependence.figure(effect, ENGLISH)
    assert drawn.names(figure) == ["1", "2", "3"]
    (bars,) = (trace for trace in figure.data if trace.type == "bar")
    assert list(bars.x) == [2, 1, 3]


def test_dependence_of_a_number_is_a_cloud_in_points():
    effect = age_dependence()
    (points,) = (trace for trace in dependence.figure(effect, ENGLISH).data if trace.mode == "markers")
    assert np.asarray(points.y) == pytest.approx(100 * effect.prediction, rel=1e-5)
    assert {"↑ raises", "↓ lowers"} <= set(drawn.texts(dependence.figure(effect, ENGLISH)))


def test_confusion_counts_every_answer():
    figure = confusion.figure(drawn.quality(), ENGLISH)
    assert {"<b>180</b>", "12", "43", "<b>27</b>"} <= set(drawn.texts(figure))
    assert "207 of 262 right" in confusion.alt(drawn.quality(), Wording("en"))
    assert confusion.figure(drawn.quality(task="regression", confusion=None), ENGLISH) is None
    many = drawn.quality(classes=tuple(range(13)), confusion=np.eye(13, dtype=int))
    assert confusion.figure(many, ENGLISH) is None


def test_ten_classes_keep_their_whole_names():
    names = tuple(f"Hochschulabschluss {k}" for k in range(10))
    figure = confusion.figure(drawn.quality(classes=names, confusion=np.eye(10, dtype=int)), GERMAN)
    heads = [a.text for a in figure.layout.annotations if a.textangle == -90]
    assert heads == list(names)


def test_two_importances_share_rows_but_not_their_scale():
    one = drawn.importance([0.1, 0.3], ["a", "b"])
    other = drawn.importance([0.02, 0.01], ["a", "b"], unit="accuracy", method="permutation")
    figure = compare.figure(one, other, ENGLISH)
    assert [list(trace.x) for trace in figure.data] == [[0.3, 0.1], [0.01, 0.02]]
    assert drawn.names(figure) == ["b", "a"]
    with pytest.raises(ValueError, match="same columns"):
        compare.figure(one, drawn.importance([1.0], ["a"]), ENGLISH)
