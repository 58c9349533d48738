"""What a file says it needs, and what uv is asked for: out of our own tables, and nothing of the file unchecked."""

from __future__ import annotations

import re
from pathlib import Path

import joblib
import pytest
import sklearn
from standing_in import pipeline

from xai.environments.needs import Needs, helps, needs_of
from xai.environments.opening import read_needs
from xai.environments.recipes import recipe
from xai.errors import OpeningError
from xai.opening.reading import FileFacts

ZOO = Path(__file__).parents[2].parent / "shared" / "zoo"


def facts(*names: str, versions: tuple[str, ...] = ("1.2.2",)) -> FileFacts:
    return FileFacts("m", "pickle", 1, None, {}, "sklearn.pipeline.Pipeline", names, None, "", versions=versions)


def needs(version: str = "1.2.2", *libraries: str, signs: tuple[str, ...] = (), **versions: str) -> Needs:
    return Needs(version, libraries, versions, signs)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_versions_and_libraries_of_a_file_are_read(tmp_path: Path) -> None:
    joblib.dump(pipeline(), tmp_path / "m.joblib")
    found = read_needs((tmp_path / "m.joblib", None))
    assert found.scikit_learn == sklearn.__version__
    assert "numpy-2" in found.signs


def test_only_libraries_of_models_are_named() -> None:
    found = needs_of(
        [(facts("xgboost.sklearn:XGBClassifier", "imblearn.pipeline:Pipeline", "os:system", "a.b:c"), b"")]
    )
    assert found.libraries == ("xgboost", "imblearn")


@pytest.mark.parametrize(
    ("raw", "version"),
    [
        (b"...version[#L\x00\x00\x00\x00\x00\x00\x00\x03i\x02i\x01i\x03}...", "2.1.3"),
        (b'..."}}},"version":[1,5,2]},"Model":...', "1.5.2"),
    ],
)
def test_xgboost_says_its_version(raw: bytes, version: str) -> None:
    """In binary JSON since 1.6, in JSON before."""
    assert needs_of([(facts("xgboost.core:Booster"), raw)]).versions == {"xgboost": version}
    assert needs_of([(facts("sklearn.svm._classes:SVC"), raw)]).versions == {}
    assert needs_of([(facts("xgboost.core:Booster"), b"...")]).versions == {}


def test_signs_of_newer_libraries_are_seen() -> None:
    names = ("numpy._core.multiarray:_reconstruct", "pyarrow.lib:py_buffer", "lightgbm.basic:Booster")
    assert needs_of([(facts(*names), b"version=v4\n")]).signs == ("lightgbm-4", "numpy-2", "pandas-3")
    assert needs_of([(facts("numpy._coreless:x", "numpy.core.multiarray:_reconstruct"), b"")]).signs == ()


def test_a_preprocessing_of_its_own_brings_its_libraries() -> None:
    found = needs_of([(facts(versions=("1.0.2",)), b""), (facts("category_encoders.woe:WOEEncoder"), b"")])
    assert (found.scikit_learn, found.libraries) == ("1.0.2", ("category_encoders",))


def test_a_file_without_a_version_is_said_to_be_one() -> None:
    with pytest.raises(OpeningError, match="own-version-unknown"):
        needs_of([(facts(versions=()), b"")])


@pytest.mark.skipif(not ZOO.is_dir(), reason="the folder of real models is not here")
def test_real_files_say_what_they_need() -> None:
    assert read_needs((ZOO / "car_pushkar" / "LinearRegressionModel.pkl", None)).scikit_learn == "0.22.1"
    assert read_needs((ZOO / "diabetes_dmdals" / "pipeline.pkl", None)).versions == {"xgboost": "2.1.3"}
    files = [(ZOO / "churn_alansary" / name, None) for name in ("classifier.pkl", "full_pipeline.pkl")]
    assert read_needs(*files).scikit_learn == "1.0.2"


@pytest.mark.parametrize(
    ("code", "version", "helped"),
    [
        ("needs-own-version", "1.0.2", True),
        ("cannot-construct", "1.0.2", True),
        ("cannot-construct", "9.9", False),  # the same version fails there as well
        ("missing-package", "9.9", True),
        ("truncated-file", "1.0.2", False),
        ("custom-code", "1.0.2", False),
    ],
)
def test_its_own_versions_help_against_errors_of_versions(code: str, version: str, helped: bool) -> None:
    assert helps(OpeningError(code), needs(version), running="9.9") is helped


# --- recipes ---------------------------------------------------------------------------------------------------------

PYTHONS = {
    "0.22.1": "3.8", "0.23.2": "3.8", "0.24.2": "3.9", "1.0": "3.9", "1.0.1": "3.9", "1.0.2": "3.10", "1.1.3": "3.10",
    "1.2.2": "3.11", "1.3.0": "3.11", "1.4.2": "3.12", "1.5.2": "3.12", "1.6.1": "3.12", "1.7.2": "3.13",
    "1.8.0": "3.13", "1.8.7": "3.13", "1.9.1": "3.13", "2.3.0": "3.13",
}  # fmt: skip


@pytest.mark.parametrize(("version", "python"), PYTHONS.items())
def test_each_version_gets_a_python_it_has_wheels_for(version: str, python: str) -> None:
    """Wheels per version: https://pypi.org/project/scikit-learn/#files."""
    found = recipe(needs(version))
    assert found.pythons[0] == python
    assert found.packages[0] == f"scikit-learn=={version}"
    assert all((3, 8) <= tuple(map(int, each.split("."))) <= (3, 13) for each in found.pythons)


@pytest.mark.parametrize(
    ("version", "day"),
    [("0.22.1", "2020-05-12"), ("1.0.2", "2022-05-12"), ("1.6.1", "2025-06-05"), ("1.9.1", None), ("2.3.0", None)],
)
def test_nothing_newer_than_its_successor_is_installed(version: str, day: str | None) -> None:
    assert recipe(needs(version)).newest == day


def test_what_a_newer_library_wrote_moves_the_day() -> None:
    assert recipe(needs("1.6.1", signs=("pandas-3",))).newest > "2026-01-21"  # the day of pandas 3.0.0
    assert recipe(needs("1.6.1", signs=("numpy-2",))).newest == "2025-06-05"
    assert recipe(needs("1.4.2", signs=("numpy-2",))).newest > "2024-06-16"  # the day of NumPy 2.0.0


def test_libraries_come_under_the_names_they_are_installed_by() -> None:
    found = recipe(needs("1.5.2", "imblearn", "xgboost", xgboost="2.1.3"))
    assert found.packages[1:] == ("pandas", "joblib", "xgboost==2.1.3", "imbalanced-learn", "setuptools<81")
    assert found.pinned == ("xgboost",)


@pytest.mark.parametrize("version", ["0.20.3", "0.21.3", "0.19.1", "0.1"])
def test_what_ran_under_an_older_python_is_refused(version: str) -> None:
    with pytest.raises(OpeningError, match="own-version-too-old"):
        recipe(needs(version))


@pytest.mark.parametrize(
    ("said", "release"), [("1.3.0rc1", "1.3.0"), ("1.4.dev0", "1.4"), ("0.22.2.post1", "0.22.2.post1")]
)
def test_versions_between_releases_become_the_release(said: str, release: str) -> None:
    assert recipe(needs(said)).scikit_learn == release


HOSTILE = (
    "1.0.2; rm -rf /", "1.0.2 --index-url https://evil", "--help", "1.0.2\n--extra-index-url x", "git+https://evil", "",
    "1.0.2 ; sys_platform", "１.０.２", "1.0.2.3.4", "99999999.1", "1.0.2@file:///tmp/x", "../../x",
)  # fmt: skip


@pytest.mark.parametrize("version", HOSTILE)
def test_what_is_no_version_reaches_no_command_line(version: str) -> None:
    for asked in (needs(version), needs("1.5.2", "xgboost", xgboost=version)):
        if asked.scikit_learn == "1.5.2" and not version:
            continue  # an empty version counts as none
        with pytest.raises(OpeningError):
            recipe(asked)


def test_only_our_own_words_reach_the_command_line() -> None:
    found = recipe(Needs("1.2.2", ("xgboost", "evil; rm"), {"evil; rm": "1", "numpy": "1 --x"}, ("x", "numpy-2")))
    assert all(re.fullmatch(r"[a-z-]+(==[\d.]+|<81)?", package) for package in found.packages)
    assert found.libraries == ("xgboost",)


def test_equal_needs_have_one_environment_and_others_another() -> None:
    names = {recipe(each).name for each in (needs(), needs(), needs("1.2.1"), needs("1.2.2", "xgboost"))}
    assert len(names) == 3
    assert all(re.fullmatch(r"scikit-learn-[\d.]+-[0-9a-f]{12}", name) for name in names)


def test_the_line_to_type_is_what_uv_is_told() -> None:
    line = recipe(needs("1.0.2")).lines
    assert line.startswith("uv venv --python 3.10 ")
    assert '--only-binary :all: --exclude-newer 2022-05-12 "scikit-learn==1.0.2"' in line
