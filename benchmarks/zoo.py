"""Five models that other people saved, with their tables: opened, explained, held against their own versions.

python -m benchmarks.zoo [FOLDER]       (FOLDER, or the variable KLARTEXT_ZOO: one folder per model, see `ZOO`)

Goes the way of the terminal: `inspect --prove`, which makes an environment of each model's own version with uv, and
`explain` about one row. Ends with status 1 where one does not open, predicts anything else than its own version, or
has contributions that do not add up.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xai.cli import main as terminal

VARIABLE = "KLARTEXT_ZOO"
_ROW = 7
_ROUNDING = 1e-6  # relative; XGBoost answers in single precision


@dataclass(frozen=True)
class Exhibit:
    """One model and its table, as they were published."""

    folder: str
    model: str
    table: str
    target: str
    companion: str | None = None

    def arguments(self, place: Path) -> list[str]:
        """What is typed after the question."""
        place = place / self.folder
        beside = [] if self.companion is None else ["--with", str(place / self.companion)]
        return [str(place / self.model), str(place / self.table), "--target", self.target, *beside, "--json"]


ZOO = (
    Exhibit("ralf_diamonds", "diamonds_pipeline.joblib", "diamonds.csv", "price"),
    Exhibit("car_pushkar", "LinearRegressionModel.pkl", "Cleaned_Car_data.csv", "Price"),
    Exhibit("diabetes_dmdals", "pipeline.pkl", "diabetes.csv", "Outcome"),
    Exhibit("churn_alansary", "classifier.pkl", "strat_train_set.csv", "Exited", companion="full_pipeline.pkl"),
    Exhibit("pima_harold", "pipeline.joblib", "original.csv", "Outcome"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.zoo", description="Open what other people saved.")
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get(VARIABLE), help=f"default: {VARIABLE}")
    asked = parser.parse_args()
    if asked.folder is None or not Path(asked.folder).is_dir():
        parser.error(f"a folder with the models is needed, here or in {VARIABLE}")
    good = [shown(exhibit, Path(asked.folder)) for exhibit in ZOO]
    return int(not all(good))


def shown(exhibit: Exhibit, place: Path) -> bool:
    """Prints one line about a model; whether all is as it should be."""
    inspected = asking(["inspect", *exhibit.arguments(place), "--prove"])
    explained = {} if "error" in inspected else asking(["explain", *exhibit.arguments(place), "--row", str(_ROW)])
    good, said = _judged(inspected, explained)
    print(f"{'+' if good else '!'} {exhibit.folder}: {said}", flush=True)
    return good


def asking(arguments: Sequence[str]) -> dict[str, Any]:
    """The answer to one question in a terminal; {"error": …} where there is none."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        terminal(arguments)
    return json.loads(said.getvalue())


def _judged(inspected: dict[str, Any], explained: dict[str, Any]) -> tuple[bool, str]:
    for answer in (inspected, explained):
        if "error" in answer:
            return False, answer["error"]["message"]
    same, compared = _compared(inspected)
    score = "r2" if inspected["task"] == "regression" else "accuracy"
    mine, trivial = inspected["score"][score], inspected["score"]["baseline"][score]
    prediction = explained["prediction"]
    gap = abs(explained["base"] + sum(item["contribution"] for item in explained["contributions"]) - prediction)
    said = (
        f"saved with {inspected['saved_with']['scikit-learn']}, {compared}; "
        f"adjustments of the table: {len(inspected['adjustments'])}; "
        f"{score} {mine:.3f} (trivial {trivial:.3f}, {inspected['rows']:,} rows); "
        f"row {_ROW}: {prediction:.6g}, contributions off by {gap:.1g}"
    )
    return same and mine > trivial and gap <= _ROUNDING * max(1.0, abs(prediction)), said


def _compared(inspected: dict[str, Any]) -> tuple[bool, str]:
    """Whether it predicts what its own version does, and in which way that is known."""
    if inspected["how"] == "own environment":
        return True, "runs under that version"
    proof = inspected["proof"]
    verdict = "identical" if proof["identical"] else "NOT identical"
    difference = f"largest difference {proof['largest_difference']:.1g}"
    return proof["identical"], f"{inspected['how']}, {verdict} to it on {proof['rows']:,} rows ({difference})"


if __name__ == "__main__":
    sys.exit(main())
