"""The real thing: environments of old versions from the network, and the same numbers as a direct run in them.

Not part of the everyday run: `python -m pytest -m network tests/environments`.
"""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xai.cli import main
from xai.environments.cache import Environment
from xai.environments.here import originals
from xai.environments.making import environment
from xai.environments.needs import Needs
from xai.environments.opening import read_needs
from xai.environments.recipes import recipe
from xai.environments.settings import Settings
from xai.limits import Limits
from xai.opening.both import Opened, open_both

DIRECT = Path(__file__).with_name("direct_run.py")
ZOO = Path(__file__).parents[2].parent / "shared" / "zoo"
SETTINGS, LIMITS = Settings.from_environment(local=True), Limits(environments_kept=20)
VERSIONS = ("0.22.2.post1", "0.24.2", "1.0.2", "1.2.2", "1.3.2", "1.5.2")
KINDS = ("adaboost", "boosting", "forest", "histogram", "neighbours", "search", "linear")

pytestmark = [pytest.mark.network, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def network() -> None:
    try:
        urllib.request.urlopen("https://pypi.org/simple/uv/", timeout=10).close()
    except OSError:
        pytest.skip("the package index cannot be reached")


def direct(place: Environment, *arguments: object) -> Any:
    """What the environment's own Python says, with nothing of ours around it."""
    command = [str(place.python), str(DIRECT), *map(str, arguments)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    return json.loads(said) if said else None


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Environment]]:
    """Version -> a folder of models that were fitted under it, and its environment."""
    known: dict[str, tuple[Path, Environment]] = {}

    def fit(version: str) -> tuple[Path, Environment]:
        if version not in known:
            folder = tmp_path_factory.mktemp("fitted")
            place = environment(recipe(Needs(version, (), {}, ())), SETTINGS, LIMITS)
            direct(place, "fit", folder)
            known[version] = folder, place
        return known[version]

    return fit


def opened(folder: Path, name: str, **more: Any) -> Opened:
    target = "spent" if name == "linear" else "buys"
    path = folder / f"{name}.joblib"
    return open_both(path, folder / "table.csv", target=target, originals=originals(), **more)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_predictions_and_explanations_are_those_of_a_direct_run(
    fitted: Callable[..., Any], tmp_path: Path, version: str, name: str
) -> None:
    folder, place = fitted(version)
    found = opened(folder, name, environment="own")
    assert found.inspection.runs_with["scikit-learn"] == version
    answers = direct(place, "ask", folder / f"{name}.joblib", folder / "table.csv", "age,income,city")
    frame = pd.read_csv(folder / "table.csv")[["age", "income", "city"]]
    estimator = found.explainer.model.estimator
    for method, numbers in answers.items():
        assert getattr(estimator, method)(frame).tolist() == numbers, method
    frame.iloc[[3, 40]].to_csv(tmp_path / "rows.csv", index=False)
    found.explainer.background.to_csv(tmp_path / "background.csv", index=False)
    place_of_class = -1 if name == "linear" else 1
    asked = (folder / f"{name}.joblib", tmp_path / "rows.csv", tmp_path / "background.csv", place_of_class)
    attribution = found.explainer.explain(row=[3, 40])
    assert np.allclose(attribution.values, direct(place, "shapley", *asked), atol=1e-9)
    ways = found.explainer.counterfactuals(row=3, n=1, seconds=5, desired=(0, 1000) if name == "linear" else None)
    assert all(way.receipt.valid for way in ways.counterfactuals)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_proof_tells_exact_repairs_from_others(fitted: Callable[..., Any], version: str) -> None:
    """Whatever opens here is compared; where it is not identical, that is a warning."""
    folder, _ = fitted(version)
    inspection = opened(folder, "linear", prove=True).inspection
    if inspection.how == "own environment":
        assert inspection.proof is None
    else:
        warned = any(notice.code == "proof-differs" for notice in inspection.warnings)
        assert inspection.proof.identical != warned


REAL = {
    "car_pushkar": ("LinearRegressionModel.pkl", "Cleaned_Car_data.csv", "Price"),
    "diabetes_dmdals": ("pipeline.pkl", "diabetes.csv", "Outcome"),
    "ralf_diamonds": ("diamonds_pipeline.joblib", "diamonds.csv", "price"),
}


@pytest.mark.skipif(not ZOO.is_dir(), reason="the folder of real models is not here")
@pytest.mark.parametrize("name", REAL)
def test_real_models_predict_what_they_do_in_a_direct_run(name: str) -> None:
    model, table, target = (ZOO / name / REAL[name][0], ZOO / name / REAL[name][1], REAL[name][2])
    found = open_both(model, table, target=target, environment="own", originals=originals())
    place = environment(recipe(read_needs((model, None))), SETTINGS, LIMITS)
    columns = ",".join(found.explainer.columns)
    answers = direct(place, "ask", model, table, columns)
    frame = pd.read_csv(table)[list(found.explainer.columns)]
    for method, numbers in answers.items():
        assert getattr(found.explainer.model.estimator, method)(frame).tolist() == numbers


@pytest.mark.skipif(not ZOO.is_dir(), reason="the folder of real models is not here")
def test_the_terminal_answers_through_a_worker(capsys: pytest.CaptureFixture[str]) -> None:
    folder = ZOO / "car_pushkar"
    asked = [str(folder / "LinearRegressionModel.pkl"), str(folder / "Cleaned_Car_data.csv"), "--json", "--row", "7"]
    assert main(["explain", *asked, "--environment", "own"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert main(["explain", *asked, "--in-process", "--environment", "own"]) == 0
    same = json.loads(capsys.readouterr().out)
    assert alone["contributions"] == same["contributions"]


@pytest.mark.skipif(not ZOO.is_dir(), reason="the folder of real models is not here")
def test_a_real_model_and_its_preprocessing_run_there_together() -> None:
    folder = ZOO / "churn_alansary"
    found = open_both(
        folder / "classifier.pkl",
        folder / "strat_train_set.csv",
        companion=folder / "full_pipeline.pkl",
        target="Exited",
        originals=originals(),
        environment="own",
    )
    assert found.inspection.runs_with["scikit-learn"] == "1.0.2"
    assert found.inspection.quality.metrics["accuracy"] == pytest.approx(0.857, abs=5e-4)
