"""Inside a worker: from a request to an opened model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from xai.data import nearest_name
from xai.description import ColumnNames
from xai.environments.conversation import Conversation
from xai.environments.needs import Needs, may_help
from xai.environments.opening import Originals, read_needs
from xai.errors import OpeningError
from xai.limits import Limits
from xai.model import expected_columns
from xai.opening import demos, open_estimator, read_table
from xai.opening.both import open_both
from xai.opening.reading import read_model_file
from xai.session import Session


def opened(parameters: Mapping[str, Any], files: Mapping[str, bytes], originals: Originals | None) -> Session:
    """Open a demo by its name, or uploaded files by their bytes. Raises KlartextError."""
    name = parameters["demo"]
    model = name or files["model"]
    more = {"companion": files.get("companion"), "originals": originals}
    found = open_both(model, files.get("data"), **more, **parameters["options"])
    cases = demos.demo(name.removeprefix("demo:")).cases if name and "data" not in files else {}
    return Session(found.explainer, found.inspection, cases)


def column_names(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> ColumnNames:
    """Which columns the model wants and the table has, for a reader who is to match them."""
    options = parameters["options"]
    found = tuple(map(str, read_table(files["data"], options.get("data_name")).frame.columns))
    wanted = _wanted(files["model"], options)
    missing = tuple(name for name in wanted if name not in found)
    free = tuple(name for name in found if name not in wanted)
    near = {name: match for name in missing if (match := nearest_name(name, list(free)))}
    return ColumnNames(missing, free, near)


def _wanted(model: bytes, options: Mapping[str, Any]) -> tuple[str, ...]:
    """The names a model was fitted with; of one that does not open here, what its file says."""
    try:
        opened = open_estimator(model, options.get("model_name"), options.get("object_key"))
    except OpeningError as error:
        if not may_help(error):
            raise
        return read_model_file(model)[0].columns or ()
    return expected_columns(opened.estimator) or ()


def needs(parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> Needs:
    """Which versions the files were saved with. Raises OpeningError."""
    options, name = parameters["options"], parameters["demo"]
    model = demos.demo(name.removeprefix("demo:")).model_path if name else files["model"]
    companion = [(files["companion"], options.get("companion_name"))] if "companion" in files else []
    return read_needs((model, options.get("model_name")), *companion)


def already_started(beside: int, limits: Limits) -> Originals:
    """The program at the other end of an open socket: the app has started it for the needs that were read before."""
    return lambda needs: Conversation(beside, limits, lambda: os.close(beside))
