"""The page that loads the app, with a place for the preview; and the preview itself.

Where the answers are at hand, a visitor reads them while the browser still loads the app, several megabytes of it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from ui import engine
from xai.errors import KlartextError
from xai.figures.style import DARK, LIGHT, Theme

_INDEX = Path(st.__file__).parent / "static" / "index.html"
_PLACE = Path(__file__).with_name("place.html")
_ROOT, _TITLE = '<div id="root"></div>', re.compile("<title>.*?</title>")
_PATIENCE = 20_000  # milliseconds after which the preview goes, whatever the app shows
_PALETTES, _COLORS = {"light": LIGHT, "dark": DARK}, ("paper", "ink", "soft")
_KNOWN = {"lang", "model", "case"}  # what an address may say while the preview is still what its page says first


def routes() -> Sequence[BaseRoute]:
    """Empty where the app stands under a path of its own, or Streamlit's page is not the one that is known here."""
    if st.get_option("server.baseUrlPath") or not _pages():
        return ()
    return (Route("/", _index), Route("/preview", _preview))


async def _index(request: Request) -> Response:
    plain, with_place = _pages()
    found = with_place if set(request.query_params) <= _KNOWN else plain
    return HTMLResponse(found, headers={"Cache-Control": "no-cache"})


async def _preview(request: Request) -> Response:
    """204 where the answers are not at hand, so that the app itself tells how they come about, or why they do not."""
    return await run_in_threadpool(_answered, request)


@cache
def _pages() -> tuple[str, str] | None:
    """Streamlit's page as it is, and with a place for the preview behind that of the app."""
    plain = _INDEX.read_text("utf-8")
    if plain.count(_ROOT) != 1:
        return None
    colors = {f"{name}_{part}": getattr(palette, part) for name, palette in _PALETTES.items() for part in _COLORS}
    size = f"{st.get_option('theme.baseFontSize')}px"
    place = Template(_PLACE.read_text("utf-8")).substitute(colors, size=size, patience=_PATIENCE)
    return plain, _TITLE.sub("<title>Klartext</title>", plain).replace(_ROOT, _ROOT + place)


def _answered(request: Request) -> Response:
    from ui.preview.content import content  # what draws is loaded when it is first asked for

    asked = request.query_params
    language = "de" if asked.get("lang", "").lower().startswith("de") else "en"
    theme: Theme = "dark" if asked.get("theme") == "dark" else "light"
    found = ""
    with contextlib.suppress(KlartextError):  # files that were to be given and are not there: told on the page
        codes = engine.model_codes()
        code = asked.get("model") or codes[0]
        found = content(code, language, theme) if code in codes else ""
    return HTMLResponse(found, headers={"Cache-Control": "no-store"}) if found else Response(status_code=204)
