"""On the checklist: under which version a model runs, the choice between here and its own, the proof, the way back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import joblib
import pandas as pd
import pytest
import sklearn.base
from sklearn.neighbors import KNeighborsRegressor
from streamlit.testing.v1 import AppTest
from visiting_app import ROOT, Visit, assert_whole, demo_file, press, said, upload

from ui import workers
from xai.environments import tool
from xai.environments.opening import read_needs
from xai.environments.recipes import recipe, running
from xai.texts import catalogue

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders of environments need locks")
Allow = Callable[..., Path]


@pytest.fixture
def allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Allow:
    """Environments may be made; that of the demos is the one these tests run in."""

    def make(allowed: bool = True) -> Path:
        besides = workers.workers()._besides
        monkeypatch.setattr(besides, "_settings", replace(besides._settings, allowed=allowed, folder=tmp_path))
        place = tmp_path / recipe(read_needs((ROOT / "models" / "cars.joblib", None))).name
        place.symlink_to(sys.prefix)
        return place

    return make


def own_cars(visitor: AppTest) -> AppTest:
    upload(visitor, "model", "autos.joblib", demo_file("cars.joblib"))
    return upload(visitor, "data", "autos.csv", demo_file("cars.csv"))


def control(visitor: AppTest) -> list[AppTest]:
    return [group for group in visitor.button_group if group.key == "own_environment"]


def test_where_none_can_be_made_there_is_nothing_to_choose(visit: Visit, allow: Allow) -> None:
    allow(False)
    visitor = own_cars(visit(lang="en"))
    assert control(visitor) == []
    assert "**Version.**" in said(visitor)
    assert_whole(visitor)


def test_a_model_is_compared_and_then_runs_under_its_own_version(visit: Visit, allow: Allow) -> None:
    allow()
    visitor = own_cars(visit(lang="de"))
    (choice,) = control(visitor)
    assert choice.value == "here"
    assert [option.content for option in choice.proto.options][1] == f"eigene, {running()}"
    visitor = press(visitor, "prove_own")
    assert "**Bewiesen.**" in said(visitor)
    control(visitor)[0].set_value("own").run()
    assert "**Eigene Umgebung.**" in said(visitor)
    assert "**Bewiesen.**" not in said(visitor)
    assert control(visitor)[0].value == "own"
    press(visitor, "explain_own")
    assert_whole(visitor)
    assert "autos.joblib" in " ".join(button.label.replace("\\", "") for button in visitor.button)


def test_a_model_too_old_for_here_can_be_taken_back_to_its_own(visit: Visit, allow: Allow, tmp_path: Path) -> None:
    neighbours = KNeighborsRegressor(1, algorithm="brute").fit(pd.DataFrame({"x": [1.0, 2.0]}), [1, 2])
    with patch.object(sklearn.base, "__version__", "0.23.2"):
        joblib.dump(neighbours, tmp_path / "old.joblib")
    old = (tmp_path / "old.joblib").read_bytes()
    allow().rename(tmp_path / recipe(read_needs((tmp_path / "old.joblib", None))).name)
    visitor = upload(visit(lang="en"), "model", "old.joblib", old)
    assert control(visitor)[0].value == "own"
    control(visitor)[0].set_value("here").run()
    assert "saved with scikit-learn 0.23.2" in said(visitor)
    press(visitor, "versions_own")
    assert "**Own environment.**" in said(visitor)
    assert_whole(visitor)


def test_where_its_own_cannot_be_had_there_is_a_way_back(
    visit: Visit, allow: Allow, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow().unlink()
    monkeypatch.setattr(tool, "find", lambda: None)
    visitor = upload(visit(lang="en"), "model", "birds.joblib", demo_file("penguins.joblib"))
    upload(visitor, "data", "birds.csv", demo_file("penguins.csv"))
    control(visitor)[0].set_value("own").run()
    assert "made by uv, which is not installed here" in said(visitor)
    assert "pip install uv" in said(visitor)
    press(visitor, "versions_here")
    assert catalogue("en").say("start.own.explain") in " ".join(button.label for button in visitor.button)
    assert_whole(visitor)
