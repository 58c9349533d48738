"""The tables of the grid: one to fit on, and rows to answer for: complete ones, with gaps, with unseen categories."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ASKED = ("complete", "gaps", "unseen")


def write(folder: Path) -> None:
    """fit.csv, complete.csv, gaps.csv and unseen.csv. The same every time."""
    random = np.random.default_rng(7)
    rows = made(random, 400)
    fit, complete = rows[:300], rows[300:].reset_index(drop=True)
    gaps, unseen = complete.copy(), complete.copy()
    fit, gaps = with_gaps(fit, random, 0.06), with_gaps(gaps, random, 0.2)
    unseen.loc[random.random(len(unseen)) < 0.3, "city"] = "Ulm"
    unseen.loc[random.random(len(unseen)) < 0.1, "plan"] = "none"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (("fit", fit), ("complete", complete), ("gaps", gaps), ("unseen", unseen)):
        table.to_csv(folder / f"{name}.csv", index=False)


def made(random: np.random.Generator, n: int) -> pd.DataFrame:
    """Six columns for pipelines, one more for models without preprocessing, four targets."""
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, n).astype(float),
            "income": np.round(random.lognormal(7, 0.5, n), 2),
            "visits": random.integers(0, 9, n),
            "height": np.round(random.normal(1.7, 0.1, n), 3),
            "weight": np.round(random.normal(70, 12, n), 1),
            "city": random.choice(["Köln", "Bonn", "Aachen", "Essen"], n, p=[0.4, 0.3, 0.2, 0.1]),
            "plan": random.choice(["free", "paid"], n),
        }
    )
    signal = frame["age"] / 20 + frame["income"] / 1500 + frame["visits"] / 4 + (frame["city"] == "Köln")
    signal += (frame["plan"] == "paid") + frame["weight"] / 40 + random.normal(0, 0.5, n)
    frame["buys"] = np.where(signal > signal.median(), "yes", "no")
    frame["flag"] = (signal > signal.quantile(0.6)).astype(int)
    frame["level"] = np.array(["low", "middle", "top"])[np.digitize(signal, signal.quantile([0.3, 0.7]))]
    frame["spent"] = np.round(np.exp(signal / 3), 2)
    return frame


def with_gaps(frame: pd.DataFrame, random: np.random.Generator, share: float) -> pd.DataFrame:
    """Some values of ages, incomes and cities left out."""
    frame = frame.copy()
    for name in ("age", "income", "city"):
        frame.loc[random.random(len(frame)) < share, name] = np.nan
    return frame


def fixture(folder: Path, path: Path) -> None:
    """The rows of the everyday tests: complete ones, then as many with gaps and unseen categories."""
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ASKED}
    rest = pd.concat([tables["gaps"][:8], tables["unseen"][:8]])
    pd.concat([tables["complete"][:16], rest]).to_csv(path, index=False)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
    fixture(Path(sys.argv[1]), Path(sys.argv[1]) / "older_table.csv")
