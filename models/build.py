"""Trains the demos and writes their models, tables and manifest.json; `--check` rebuilds and compares instead.

    python models/build.py                    writes everything
    python models/build.py --check            rebuilds in a temporary folder, compares, changes nothing
    python models/build.py --check titanic    the same for one demo

The sources are read from installed packages (see recipes.toml) or from `--packages FOLDER`, which holds them unpacked.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import platform
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import credit
import joblib
import numpy as np
import pandas as pd
from cases import case
from estimators import ESTIMATORS
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score, roc_auc_score
from tables import TABLES, SourceMissing, split_last

HERE = Path(__file__).parent
HELD_OUT_SHARE = 0.2
SPLIT_SEED = 7
TOLERANCE = 1e-9  # largest difference of predictions and scores that counts as the same model


def build(name: str, recipe: dict[str, Any], folder: Path, packages: Path | None) -> dict[str, Any]:
    """Write one demo's table and model into `folder`; returns its entry of the manifest."""
    target, positive = recipe["target"], recipe.get("positive")
    raw = TABLES[name](recipe["source"], packages)
    strata = pd.qcut(raw[target], 5, labels=False) if recipe["task"] == "regression" else raw[target]
    table, held_out_from = split_last(raw, strata, HELD_OUT_SHARE, SPLIT_SEED)
    table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    table = read(folder / f"{name}.csv")  # what is trained on is what everybody reads later
    model = ESTIMATORS[name]()
    known = table.iloc[:held_out_from]
    model.fit(known.drop(columns=target), known[target])
    joblib.dump(model, folder / f"{name}.joblib", compress=("zlib", 6))
    held_out = table.iloc[held_out_from:]
    cases = {code: case(how, model, held_out, target, positive) for code, how in recipe["cases"].items()}
    rows = pd.DataFrame(cases.values(), columns=list(model.feature_names_in_))
    return {
        "model": f"{name}.joblib",
        "data": f"{name}.csv",
        "target": target,
        "positive": positive,
        "task": recipe["task"],
        "columns": [column for column in table.columns if column != target],
        "rows": len(table),
        "held_out_from": held_out_from,
        "outcomes": outcomes(table[target], recipe["task"]),
        "scores": scores(model, known, held_out, recipe),
        "cases": cases,
        "predictions": dict(zip(cases, predictions(model, rows).tolist(), strict=True)),
        "source": source(recipe["source"], packages),
        "rule": credit.rule(table) if name == "credit" else None,
        "sha256": {kind: sha256(folder / f"{name}.{kind}") for kind in ("joblib", "csv")},
    }


def read(path: Path) -> pd.DataFrame:
    """The table with text columns of dtype object (see estimators.py)."""
    table = pd.read_csv(path)
    text = table.select_dtypes("str").columns
    return table.astype(dict.fromkeys(text, object))


def outcomes(target: pd.Series, task: str) -> dict[str, float]:
    """Rows per class, or the range and median of the target."""
    if task == "regression":
        return {"low": float(target.min()), "median": float(target.median()), "high": float(target.max())}
    return {str(label): int(count) for label, count in target.value_counts().sort_index().items()}


def scores(model: Any, known: pd.DataFrame, held_out: pd.DataFrame, recipe: dict[str, Any]) -> dict[str, float]:
    """On the held-out rows; `baseline` is the same score for always the training rows' majority, or their mean."""
    target = recipe["target"]
    rows, actual = held_out.drop(columns=target), held_out[target]
    answers = model.predict(rows)
    if recipe["task"] == "regression":
        mean = np.full(len(actual), known[target].mean())
        return {
            "r2": float(r2_score(actual, answers)),
            "mae": float(mean_absolute_error(actual, answers)),
            "baseline_mae": float(mean_absolute_error(actual, mean)),
        }
    majority = known[target].mode()[0]
    found = {
        "accuracy": float(accuracy_score(actual, answers)),
        "baseline_accuracy": float((actual == majority).mean()),
    }
    if recipe["task"] == "binary":
        chance = model.predict_proba(rows)[:, list(model.classes_).index(recipe["positive"])]
        found["auc"] = float(roc_auc_score(actual == recipe["positive"], chance))
    return found


def source(told: dict[str, str], packages: Path | None) -> dict[str, str]:
    """The recipe's source with the version of the package it was read from."""
    if "package" not in told:
        return told
    places = [str(packages), *sys.path] if packages else sys.path
    found = next(iter(importlib.metadata.distributions(name=told["package"], path=places)))
    return {**told, "version": found.version}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def versions() -> dict[str, str]:
    libraries = {name: importlib.metadata.version(name) for name in ("scikit-learn", "numpy", "pandas", "joblib")}
    return {"python": platform.python_version(), **libraries}


def predictions(model: Any, rows: pd.DataFrame) -> np.ndarray:
    """(n, classes) probabilities, in the order of the model's classes, or (n,) numbers."""
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else model.predict(rows)


def difference(name: str, fresh: Path, entry: dict[str, Any], committed: dict[str, Any]) -> float:
    """Largest difference between the rebuilt and the committed demo: predictions and scores; inf for other data."""
    if entry["sha256"]["csv"] != committed["sha256"]["csv"] or entry["cases"] != committed["cases"]:
        return float("inf")
    rows = read(HERE / f"{name}.csv")[entry["columns"]]
    theirs, ours = (predictions(joblib.load(folder / f"{name}.joblib"), rows) for folder in (HERE, fresh))
    gaps = [abs(entry["scores"][score] - value) for score, value in committed["scores"].items()]
    return max(float(np.abs(ours - theirs).max()), *gaps)


def check(names: list[str], recipes: dict[str, Any], packages: Path | None) -> bool:
    """Rebuild each demo apart from the committed one and print a line about it; True if all agree."""
    manifest = json.loads((HERE / "manifest.json").read_text("utf-8"))["demos"]
    agree = True
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                entry = build(name, recipes[name], Path(folder), packages)
            except SourceMissing as missing:
                print(f"{name}: cannot be rebuilt here, {missing} is missing")
                agree = False
                continue
            gap = difference(name, Path(folder), entry, manifest[name])
        same = gap <= TOLERANCE
        told = ", ".join(f"{score} {value:.4f}" for score, value in entry["scores"].items())
        print(f"{name}: {'as committed' if same else 'DIFFERS'} (largest difference {gap:.1e}; {told})")
        agree = agree and same
    return agree


def write(recipes: dict[str, Any], packages: Path | None) -> None:
    """Build all demos in place, and the manifest."""
    demos = {name: build(name, recipe, HERE, packages) for name, recipe in recipes.items()}
    manifest = {"versions": versions(), "demos": demos}
    (HERE / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for name, entry in demos.items():
        size = (HERE / f"{name}.joblib").stat().st_size
        print(f"{name}: {entry['rows']} rows, {size / 1000:.0f} kB, {entry['scores']}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare a rebuild with the committed files")
    parser.add_argument("--packages", type=Path, help="folder with unpacked packages")
    parser.add_argument("names", nargs="*", help="with --check: only these demos")
    arguments = parser.parse_args()
    recipes = tomllib.loads((HERE / "recipes.toml").read_text("utf-8"))
    if unknown := [name for name in arguments.names if name not in recipes]:
        parser.error(f"no such demo: {', '.join(unknown)}")
    if arguments.check:
        return 0 if check(arguments.names or list(recipes), recipes, arguments.packages) else 1
    write(recipes, arguments.packages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
