"""The environment of these tests in the place of others, and models that say they are older than they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import joblib
import numpy as np
import pandas as pd
import sklearn.base
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from xai.environments.cache import Environment
from xai.environments.conversation import Conversation
from xai.environments.opening import read_needs
from xai.environments.recipes import Recipe, recipe, running
from xai.environments.starting import Process, first_words
from xai.limits import MEGABYTE, Limits

LIMITS = Limits(memory=400 * MEGABYTE)
HERE = Recipe(running(), (f"{sys.version_info[0]}.{sys.version_info[1]}",), ("pandas",), (), None)
OLD = "0.23.2"  # of which neighbours by matrix products are not repeated exactly here


def this_environment() -> Environment:
    """What runs the tests."""
    return Environment(Path(sys.prefix), open(os.devnull, "rb"))


def converse(limits: Limits = LIMITS) -> Conversation:
    """A program that has locked itself in."""
    process = Process(this_environment(), HERE, limits, limits.memory)
    layers = first_words(process, limits, lambda: None)
    unavailable = [layer for layer in layers if layer.state != "on"]
    assert not unavailable or os.uname().sysname != "Linux", unavailable
    conversation = Conversation(process.channel, limits, process.discard)
    conversation.process = process
    return conversation


def link(folder: Path, files: Iterable[Path]) -> None:
    """From now on `folder` holds the environment these files need."""
    place = folder / recipe(read_needs(*((file, None) for file in files))).name
    if not place.exists():
        place.symlink_to(sys.prefix)


def people(rows: int = 120) -> pd.DataFrame:
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, rows),
            "income": np.where(random.random(rows) < 0.1, np.nan, random.lognormal(7, 0.4, rows).round(1)),
            "city": random.choice(["Köln", "Bonn", "Aachen"], rows),
        }
    )
    frame["buys"] = np.where(
        frame["age"] / 40 + (frame["city"] == "Köln") + random.normal(0, 0.3, rows) > 1.6, "ja", "nein"
    )
    frame["spent"] = frame["age"] * 2.5 + 7 * (frame["city"] == "Bonn")
    return frame


def pipeline(target: str = "buys") -> Pipeline:
    """Fitted on `people`; the third column is text, the second has gaps."""
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer((words, ["city"]), (SimpleImputer(), ["age", "income"]))
    final = KNeighborsClassifier(8, algorithm="brute") if target == "buys" else LinearRegression()
    frame = people()
    return make_pipeline(columns, final).fit(frame[["age", "income", "city"]], frame[target])


def saved(thing: Any, path: Path, version: str = OLD) -> Path:
    """A file that says it was written by `version`."""
    with patch.object(sklearn.base, "__version__", version):
        joblib.dump(thing, path)
    return path
