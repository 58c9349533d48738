"""Inside a worker: from a request to an opened model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xai.contents import FileFacts
from xai.data import nearest_name
from xai.description import ColumnNames
from xai.model import expected_columns
from xai.opening import demos, open_estimator, read_table
from xai.opening.both import open_both
from xai.opening.reading import read_model_file
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
    options = parameters["options"]
    model = open_estimator(files["model"], options.get("model_name"), options.get("object_key"))
    found = tuple(map(str, read_table(files["data"], options.get("data_name")).frame.columns))
    wanted = expected_columns(model.estimator) or ()
    missing = tuple(name for name in wanted if name not in found)
    free = tuple(name for name in found if name not in wanted)
    near = {name: match for name in missing if (match := nearest_name(name, list(free)))}
    return ColumnNames(missing, free, near)
