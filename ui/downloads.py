"""What a reader can take away: the numbers, the code that computes them again, and the page as a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as graph
import streamlit as st

from ui import case_picker, engine, numbers_table, sources, state, words
from xai.export import Report, Source, csv_bytes, html, snippet
from xai.results import Result
from xai.sentences.trust import Line

_REPORT_ROWS = 500  # of the table in a report; the CSV has all of them


def downloads(
    result: Result,
    name: str,
    *,
    answer: str = "",
    figures: Sequence[graph.Figure] = (),
    trust: Sequence[Line] = (),
    notes: Sequence[str] = (),
    asked: tuple[str, Mapping[str, Any]] | None = None,
) -> None:
    """A row of links; each file is made when somebody asks for it.

    `name` is the page's code. `answer` and `notes` are plain text (`**` marks the key number). `asked` is the question
    and its parameters as `page.ask` got them: with it there is Python code, with `answer` there is a report.
    """
    table, language = result.to_frame(), state.language()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f":gray[{words.say('frame.page.take_away')}]")
        _link("csv", "table", lambda: csv_bytes(table, language), f"{name}.csv", "text/csv")
        if asked is not None:
            code = python_code(*asked)
            _link("code", "code", lambda: code, f"{name}.py", "text/x-python")
        if answer:
            report = _report(name, answer, figures, trust, notes, table)
            _link("report", "description", lambda: html(report).encode(), f"{name}.html", "text/html")
    if figures:
        st.markdown(f":small[:gray[{words.say('frame.page.figure')}]]")


def python_code(question: str, parameters: Mapping[str, Any]) -> str:
    """The script that asks the same again, of the files the reader has."""
    given, known = dict(parameters), engine.describe()
    source = sources.find(state.model())
    code = given.pop("case", None)
    if code is not None:
        given |= {"row": int(code)} if code.isdecimal() else {"case": dict(engine.case(code).values)}
    held_out = None
    if "demo" in source:
        demo = engine.demo(source["demo"])
        files, held_out = (f"models/{demo.model_path.name}", f"models/{demo.data_path.name}"), demo.held_out_from
    else:
        files = source["names"]
    shown = engine.case(code).target_class if code is not None else known.target_class
    shown = given.pop("target_class", None) or shown  # the class whose probability the page shows
    options, found = source.get("options", {}), engine.ask("inspection")
    return snippet(
        question,
        given,
        Source(
            files[0],
            files[1],
            known.target,
            shown,
            object_key=options.get("object_key"),
            environment="own" if found.how == "own environment" else None,
            held_out_from=held_out,
            companion_file=options.get("companion_name") if found.recipe.preprocessing else None,
            adjustments=found.adjustments,
            recipe=found.recipe,
            as_text=tuple(offer.column for offer in found.offers if offer.code == "numbers"),
        ),
    )


def _report(
    name: str,
    answer: str,
    figures: Sequence[graph.Figure],
    trust: Sequence[Line],
    notes: Sequence[str],
    table: pd.DataFrame,
) -> Report:
    return Report(
        language=state.language(),
        title=words.say(f"frame.question.{name}"),
        context=f"{words.model_name(state.model())} · {case_picker.plain_line()}",
        answer=answer,
        figures=figures,
        trust=trust,
        trust_title=words.say("frame.trust.title"),
        notes=notes,
        table=numbers_table.texts(table.head(_REPORT_ROWS), words.wording()),
        provenance=_provenance(),
        theme=state.theme(),
    )


def _provenance() -> dict[str, str]:
    """Which files, by name and checksum."""
    source = sources.find(state.model())
    if "demo" in source:
        demo = engine.demo(source["demo"])
        return {demo.model_path.name: demo.sha256s["joblib"], demo.data_path.name: demo.sha256s["csv"]}
    return dict(zip(source["names"], (source["model"], source["data"]), strict=True))


def _link(key: str, icon: str, data: Any, file_name: str, mime: str) -> None:
    st.download_button(
        words.say(f"frame.page.{key}"),
        data,
        f"klartext-{file_name}",
        mime,
        key=f"download_{key}_{file_name}",
        type="tertiary",
        icon=f":material/{icon}:",
        on_click="ignore",
    )
