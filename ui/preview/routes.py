"""The page that loads the app, with a place for the preview; and the preview itself.

A visitor reads the answer while the browser still loads the app, several megabytes of it. Where browser and app share
one machine whose processors are busy with starting, the app is loaded after the preview: both want the same processors,
and the answer is what the visitor came for.
"""

from __future__ import annotations

import json
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

from ui import engine, given
from xai.errors import KlartextError
from xai.figures.style import DARK, LIGHT
from xai.texts import LANGUAGES, catalogue

_INDEX = Path(st.__file__).parent / "static" / "index.html"
_PLACE = Path(__file__).with_name("place.html")
_ROOT, _TITLE = '<div id="root">', re.compile("<title>.*?</title>")
_LOADS = re.compile(r'<script type="module"[^>]*></script>|<link rel="modulepreload"[^>]*>')
_TURN = 4_000  # milliseconds that the app waits for the preview, at most
_PATIENCE = 20_000  # milliseconds after which the preview goes, whatever the app shows
_PALETTES, _COLORS = {"light": LIGHT, "dark": DARK}, ("paper", "ink", "soft")
_HERE = ("127.0.0.1", "::1")
_KNOWN = {"lang", "model", "case"}  # what an address may say while the preview is still what its page says first


def routes() -> Sequence[BaseRoute]:
    """None where the app stands under a path of its own, or Streamlit's page is not the one that is known here."""
    if st.get_option("server.baseUrlPath") or not _pages():
        return ()
    return (Route("/", _index), Route("/preview", _preview))


async def _index(request: Request) -> Response:
    plain, at_once, later = _pages()
    found = plain
    if set(request.query_params) <= _KNOWN:
        found = later if _is_here(request) and _is_given() else at_once
    return HTMLResponse(found, headers={"Cache-Control": "no-cache"})


async def _preview(request: Request) -> Response:
    """204 where there is nothing to show before the page tells why."""
    return await run_in_threadpool(_answered, request)


def _is_here(request: Request) -> bool:
    """Whether the browser is on this machine, as far as can be told."""
    return request.client is not None and request.client.host in _HERE and "x-forwarded-for" not in request.headers


def _is_given() -> bool:
    """Whether visitors come for the model that is given with the app; otherwise perhaps for their own."""
    try:
        return given.given() is not None
    except KlartextError:  # told on the page
        return False


@cache
def _pages() -> tuple[str, str, str] | None:
    """Streamlit's page as it is, with a place for the preview, and with one that the app waits for."""
    plain = _INDEX.read_text("utf-8")
    loads = _LOADS.findall(plain)
    if _ROOT not in plain or not loads:
        return None
    colors = {f"{name}_{part}": getattr(palette, part) for name, palette in _PALETTES.items() for part in _COLORS}
    size = f"{st.get_option('theme.baseFontSize')}px"
    times = {"turn": _TURN, "patience": _PATIENCE}
    place = Template(_PLACE.read_text("utf-8")).substitute(colors, **times, size=size, languages=_beginnings())
    titled = _TITLE.sub("<title>Klartext</title>", plain)
    waiting = f'<template id="later">{"".join(loads)}</template>'
    return plain, _with(titled, place), _with(_LOADS.sub("", titled), waiting + place)


def _answered(request: Request) -> Response:
    from ui.preview.content import content  # what draws is loaded when it is first asked for

    asked = request.query_params
    code = asked.get("model") or engine.model_codes()[0]
    if code not in engine.model_codes():
        return Response(status_code=204)
    language = "de" if asked.get("lang", "").lower().startswith("de") else "en"
    try:
        found = content(code, language, "dark" if asked.get("theme") == "dark" else "light")
    except KlartextError:
        return Response(status_code=204)
    return HTMLResponse(found, headers={"Cache-Control": "no-store"})


def _beginnings() -> str:
    """What stands there at first, in every language: the question of the page, and that the answer takes time."""
    told = {}
    for language in LANGUAGES:
        say = catalogue(language).say
        told[language] = f"<div><h1>{say('frame.question.start')}</h1><p>{say('progress.opening')}</p></div>"
    return json.dumps(told)


def _with(page: str, place: str) -> str:
    """The preview's place stands after the app's, so that a program in it finds both."""
    before, root, after = page.partition(_ROOT)
    return f"{before}{root}</div>{place}{after.removeprefix('</div>')}"
