"""The demos' tables, made from files that registry packages carry: columns chosen, renamed, units converted.

Nothing is downloaded: a source is read from the installed package, or from a folder with unpacked packages.
"""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Callable
from pathlib import Path

import credit
import numpy as np
import pandas as pd

LITRES_PER_CUBIC_INCH = 0.016387064
KILOGRAMS_PER_POUND = 0.45359237
LITRES_PER_100_KM_TIMES_MPG = 235.214583  # litres per 100 km = this / miles per US gallon
ORIGINS = {1: "usa", 2: "europe", 3: "japan"}


class SourceMissing(Exception):
    """The package that carries the data is neither installed nor in the given folder."""


def packaged_file(module: str, inside: str, folder: Path | None) -> Path:
    """The file `inside` the package `module`, from `folder` if one is given, without importing the package.

    Raises SourceMissing with the name of what is not there.
    """
    if folder is not None and (folder / module / inside).is_file():
        return folder / module / inside
    spec = importlib.util.find_spec(module)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / inside).is_file():
            return Path(place) / inside
    raise SourceMissing(f"{module}/{inside}")


def arff_table(path: Path) -> pd.DataFrame:
    """A gzipped ARFF file as a table: the attribute names as header, "?" as missing."""
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    start = next(position for position, line in enumerate(lines) if line.strip().lower() == "@data")
    names = [line.split()[1].strip("'\"") for line in lines[:start] if line.lower().startswith("@attribute")]
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return pd.read_csv(file, skiprows=start + 1, names=names, na_values="?", keep_default_na=False, escapechar="\\")


def titanic(source: dict[str, str], folder: Path | None) -> pd.DataFrame:
    """1,309 passengers: the five columns of the course, without names, tickets and everything known only afterwards."""
    raw = arff_table(packaged_file(source["module"], source["file"], folder))
    columns = ["sex", "pclass", "age", "sibsp", "parch", "survived"]
    return raw[columns].astype({"pclass": int, "sibsp": int, "parch": int, "survived": int})


def penguins(source: dict[str, str], folder: Path | None) -> pd.DataFrame:
    """344 penguins; "culmen" is called "bill" as in the palmerpenguins package, one unreadable sex is missing."""
    raw = arff_table(packaged_file(source["module"], source["file"], folder))
    table = raw.rename(columns=lambda name: name.replace("culmen", "bill"))
    table["sex"] = table["sex"].str.lower().where(table["sex"].isin(["MALE", "FEMALE"]))
    return table[[*(name for name in table.columns if name != "species"), "species"]]


def cars(source: dict[str, str], folder: Path | None) -> pd.DataFrame:
    """392 cars of the years 1970 to 1982, in metric units; the name of the car is left out."""
    raw = pd.read_csv(packaged_file(source["module"], source["file"], folder))
    return pd.DataFrame(
        {
            "cylinders": raw["cyl"],
            "displacement": (raw["displ"] * LITRES_PER_CUBIC_INCH).round(2),
            "horsepower": raw["hp"],
            "weight": (raw["weight"] * KILOGRAMS_PER_POUND).round().astype(int),
            "acceleration": raw["accel"],
            "year": 1900 + raw["yr"],
            "origin": raw["origin"].map(ORIGINS),
            "consumption": (LITRES_PER_100_KM_TIMES_MPG / raw["mpg"]).round(1),
        }
    )


def applications(source: dict[str, str], folder: Path | None) -> pd.DataFrame:
    """Credit applications: drawn by the rule in `credit.py`, from no source at all."""
    return credit.applications()


TABLES: dict[str, Callable[[dict[str, str], Path | None], pd.DataFrame]] = {
    "titanic": titanic,
    "penguins": penguins,
    "cars": cars,
    "credit": applications,
}


def split_last(table: pd.DataFrame, strata: pd.Series, share: float, seed: int) -> tuple[pd.DataFrame, int]:
    """Training rows first, held-out rows last, each stratum with the same share held out, in a seeded order.

    Returns the table and the position of its first held-out row.
    """
    shuffle = np.random.default_rng(seed)
    held_out = np.zeros(len(table), dtype=bool)
    for _, positions in table.groupby(strata.to_numpy()).indices.items():
        chosen = shuffle.permutation(positions)[: round(share * len(positions))]
        held_out[chosen] = True
    order = shuffle.permutation(len(table))
    order = np.concatenate([order[~held_out[order]], order[held_out[order]]])
    return table.iloc[order].reset_index(drop=True), int((~held_out).sum())
