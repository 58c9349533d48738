"""Inside a worker: from a request to an opened model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pandas as pd

from xai.contents import FileFacts
from xai.description import ColumnNames
from xai.environments.conversation import Conversation
from xai.environments.needs import Needs, may_help
from xai.environments.opening import Originals, read_needs
from xai.errors import OpeningError
from xai.limits import Limits
from xai.opening import demos, read_table
from xai.opening.both import open_both
from xai.opening.files import opened_here
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.fit import open_names, template
from xai.opening.fitting.wanted import Wanted, wanted
from xai.opening.reading import read_model_file
from xai.opening.tables import Table
from xai.session import Session


def opened(parameters: Mapping[str, Any], files: Mapping[str, bytes], originals: Originals | None) -> Session:
    """Open a demo by its name, or uploaded files by their bytes. Raises KlartextError."""
    name = parameters["demo"]
    model = name or files["model"]
    more = {"companion": files.get("companion"), "originals": originals}
    found = open_both(model, files.get("data"), **more, **parameters["options"])
    cases = demos.demo(name.removeprefix("demo:")).cases if name and "data" not in files else {}
    return Session(found.explainer, found.inspection, cases)


def file_facts(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> FileFacts:
    """What the model file says about itself; nothing in it is executed. Raises OpeningError."""
    return read_model_file(files["model"], parameters["options"].get("model_name") or "")[0]


def column_names(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> ColumnNames:
    """Which columns the model wants and the table has, for a reader who is to match them."""
    return open_names(*_before_fitting(parameters, files))


def template_of(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> pd.DataFrame:
    """A table to fill in: the columns the model wants, with the values the table has."""
    return template(*_before_fitting(parameters, files))


def _before_fitting(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> tuple[Wanted, Table, Decisions]:
    options = parameters["options"]
    decisions = Decisions.of(None, options.get("undo"), options.get("renames"))
    wants = _wanted(files, options)
    return wants, read_table(files["data"], options.get("data_name"), wants.single), decisions


def _wanted(files: Mapping[str, bytes], options: Mapping[str, Any]) -> Wanted:
    """The columns a model was fitted with; of one that does not open here, what its file says."""
    given = [(files["model"], options.get("model_name"))]
    given += [(files["companion"], options.get("companion_name"))] if "companion" in files else []
    try:
        found = opened_here(given, options.get("object_key"))
    except OpeningError as error:
        if not may_help(error):
            raise
        facts = read_model_file(*given[0])[0]
        return Wanted(facts.columns, facts.column_count, framed=facts.columns is not None)
    return wanted(found.estimator, found.columns)


def needs(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> Needs:
    """Which versions the files were saved with. Raises OpeningError."""
    options, name = parameters["options"], parameters["demo"]
    model = demos.demo(name.removeprefix("demo:")).model_path if name else files["model"]
    companion = [(files["companion"], options.get("companion_name"))] if "companion" in files else []
    return read_needs((model, options.get("model_name")), *companion)


def already_started(beside: int, limits: Limits) -> Originals:
    """The program at the other end of an open socket: the app has started it for the needs that were read before."""
    return lambda needs: Conversation(beside, limits, lambda: os.close(beside))
