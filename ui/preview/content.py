"""The first sentence of the start page and its two figures, as plain HTML."""

from __future__ import annotations

import re

from ui import engine, overview, page, sources
from ui.description import Description
from ui.sources import Source
from xai.figures import drivers, quality
from xai.figures.still import still
from xai.figures.style import Style, Theme
from xai.results import Importance, Quality
from xai.sentences import demo as demo_words
from xai.sentences import overview as overview_words
from xai.texts import Wording

_ASKED = (("describe", {}), ("quality", {}), ("importance", {"method": "shap"}))
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def content(code: str, language: str, theme: Theme) -> str:
    """What the page says about a model that is there for everybody; empty where an answer is not at hand."""
    source = sources.everybodys_source(code)
    known, measured, counted = (engine.known(asked, source, **more) for asked, more in _ASKED)
    if known is None or measured is None or counted is None:
        return ""
    wording = Wording(language, engine.labels(source, language), "html")
    style = Style(theme=theme, wording=wording, width=overview.WIDE - page.BESIDE)
    kind = overview.kind(source, known, wording.on("plain"))
    pieces = [
        f"<h1>{wording.say('frame.question.start')}</h1>",
        f"<h2>{overview_words.answer(measured, counted, wording)}</h2>",
        f"<section>{_what_drives(counted, style)}</section>",
        f"<section>{_how_good(measured, style, kind, overview.scores(measured, known, wording))}</section>",
    ]
    told = _STRONG.sub(r"<strong>\1</strong>", "".join(pieces))
    return f'<div class="low">{told}</div>' if _is_low(source, known, wording.on("plain")) else f"<div>{told}</div>"


def _is_low(source: Source, known: Description, wording: Wording) -> bool:
    """Whether the page has a line more above it."""
    cases = known.cases if "demo" in source else ()
    names = [demo_words.case_name(engine.demo(source["demo"]), case, wording) for case in cases]
    return overview.are_long(overview.model_name(source, wording), names)


def _what_drives(counted: Importance, style: Style) -> str:
    wording = style.wording
    drawn = page.set_apart(drivers.figure(counted, style, top=overview.TOP))
    title = f"<h3>{wording.say('start.drivers')}</h3>"
    return f"{title}{still(drawn, drivers.alt(counted, wording))}<p>{overview.counted(counted, wording)}</p>"


def _how_good(measured: Quality, style: Style, kind: str, scores: str) -> str:
    wording = style.wording
    title = f"<h3>{wording.say('start.quality')}</h3>"
    if not measured.judges:
        return f"{title}<p>{overview.too_few(measured, wording)}</p>"
    drawn = page.set_apart(quality.figure(measured, style, kind))
    return f"{title}{still(drawn, quality.alt(measured, wording))}<p>{scores}</p>"
