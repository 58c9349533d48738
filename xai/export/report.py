"""A page as one HTML file that needs nothing else: no server, no network, no fonts."""

from __future__ import annotations

import html as escaping
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

import pandas as pd
import plotly.graph_objects as go

from xai.export.code import versions
from xai.figures.style import DARK, LIGHT, Theme
from xai.sentences.trust import Line
from xai.texts import Wording


@dataclass(frozen=True)
class Report:
    """What a page says, in plain text: everything is escaped here. `**` marks key numbers in the answer and the notes.

    `table` holds text ready to read. Figures must be drawn for `theme`.
    """

    language: str
    title: str
    context: str
    answer: str
    figures: Sequence[go.Figure] = ()
    trust: Sequence[Line] = ()
    trust_title: str = ""
    notes: Sequence[str] = ()
    table: pd.DataFrame | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    theme: Theme = "light"


def html(report: Report) -> str:
    """The whole file. Plotly's script is part of it (about 5 MB), so that the figures live without a network."""
    wording = Wording(report.language)
    body = [
        f"<p class='soft'>{_escape(report.context)}</p>",
        f"<h1>{_escape(report.title)}</h1>",
        f"<p class='answer'>{_marked(report.answer)}</p>",
        *_figures(report.figures),
        *_trust(report),
        *_section(wording.say("report.notes"), [f"<p>{_marked(note)}</p>" for note in report.notes]),
        *_section(wording.say("report.numbers"), _table(report.table)),
        *_section(
            wording.say("report.provenance"),
            _provenance({**report.provenance, wording.say("report.versions"): versions()}),
        ),
    ]
    palette = DARK if report.theme == "dark" else LIGHT
    return _PAGE.substitute(
        language=_escape(report.language),
        title=_escape(report.title),
        paper=palette.paper,
        ink=palette.ink,
        soft=palette.soft,
        line=palette.line,
        body="\n".join(body),
    )


def _escape(text: str) -> str:
    return escaping.escape(str(text))


def _marked(text: str) -> str:
    """Escaped, with **…** in bold."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", _escape(text))


def _figures(figures: Sequence[go.Figure]) -> list[str]:
    """Each as a block; the script comes with the first one."""
    config = {"displaylogo": False, "modeBarButtons": [["toImage"]], "responsive": True}
    return [
        f"<figure>{figure.to_html(config=config, include_plotlyjs=k == 0, full_html=False)}</figure>"
        for k, figure in enumerate(figures)
    ]


def _trust(report: Report) -> list[str]:
    cells = [
        f"<div><p class='soft'>{_escape(line.what)}</p><p>{_escape(line.number)}</p>"
        f"<p><strong>{_SIGNS[line.verdict]} {_escape(line.word)}</strong></p>"
        f"<p class='soft'>{_escape(line.rule)}</p></div>"
        for line in report.trust
    ]
    return _section(report.trust_title, [f"<div class='strip'>{''.join(cells)}</div>"] if cells else [])


_SIGNS = {"solid": "✓", "care": "△", "weak": "⊘"}


def _section(title: str, blocks: list[str]) -> list[str]:
    """Nothing at all where there is nothing to show."""
    return [f"<h2>{_escape(title)}</h2>", *blocks] if blocks else []


def _table(table: pd.DataFrame | None) -> list[str]:
    if table is None or table.empty:
        return []
    head = "".join(f"<th>{_escape(name)}</th>" for name in table.columns)
    rows = ["".join(f"<td>{_escape(cell)}</td>" for cell in row) for row in table.itertuples(index=False, name=None)]
    return [f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"]


def _provenance(facts: Mapping[str, str]) -> list[str]:
    return [f"<dl>{''.join(f'<dt>{_escape(name)}</dt><dd>{_escape(fact)}</dd>' for name, fact in facts.items())}</dl>"]


# The policy forbids every request: what a file name or a column name smuggled in could still not call home.
_PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>$title</title>
<style>
body { max-width: 1110px; margin: 2rem auto; padding: 0 1.5rem; background: $paper; color: $ink;
 font: 17px/1.5 "Source Sans 3", "Source Sans Pro", "Segoe UI", system-ui, sans-serif; }
h1, h2, .answer { font-family: "Source Serif 4", "Source Serif Pro", Georgia, serif; }
h1 { font-size: 2.1rem; font-weight: 600; margin: .3rem 0 1rem; }
h2 { font-size: 1.12rem; font-weight: 600; margin: 2.5rem 0 .6rem; }
.answer { font-size: 1.5rem; line-height: 1.35; }
.soft, dt { color: $soft; }
figure { margin: 1rem 0; }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 1.5rem; }
.strip p { margin: 0 0 .3rem; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .3rem 1.5rem .3rem 0; border-bottom: 1px solid $line; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.5rem; }
dd { margin: 0; overflow-wrap: anywhere; }
@media print { figure, tr, .strip div { break-inside: avoid; } }
</style>
</head>
<body>
$body
</body>
</html>
""")
