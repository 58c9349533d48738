"""Inside a worker: from a request to an opened model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from xai.contents import FileFacts
from xai.description import ColumnNames
from xai.opening import demos, read_table
from xai.opening.both import open_both, opened_model
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.fit import open_names, template
from xai.opening.fitting.wanted import Wanted, wanted
from xai.opening.reading import read_model_file
from xai.opening.tables import Table
from xai.session import Session


def opened(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> Session:
    """Open a demo by its name, or uploaded files by their bytes. Raises KlartextError."""
    name = parameters["demo"]
    model = name or files["model"]
    found = open_both(model, files.get("data"), companion=files.get("companion"), **parameters["options"])
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
    model = opened_model(
        files["model"],
        options.get("model_name"),
        options.get("object_key"),
        files.get("companion"),
        options.get("companion_name"),
    )
    decisions = Decisions.of(None, options.get("undo"), options.get("renames"))
    return wanted(model.estimator), read_table(files["data"], options.get("data_name")), decisions
