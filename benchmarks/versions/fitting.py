"""Run by an earlier scikit-learn: `python fitting.py FOLDER` fits and saves the recipes, and writes its own answers.

Standard library, numpy, pandas, joblib and the models' libraries; Python 3.8.
"""

from __future__ import annotations

import json
import pickle
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn
from recipes import recipes

METHODS = ("predict", "predict_proba", "decision_function")
ASKED = ("complete", "gaps", "unseen")
FORMS = ("pickle 2", "pickle 3", "pickle 4", "pickle 5", "joblib", "joblib zlib", "joblib gzip", "joblib xz")


def main(folder: Path) -> None:
    tables = {name: pd.read_csv(folder.parent / f"{name}.csv") for name in ("fit", *ASKED)}
    written, left_out = {}, {}
    for number, (name, (make, target, columns)) in enumerate(recipes().items()):
        try:
            model = make().fit(tables["fit"][columns], tables["fit"][target])
        # a version may lack a class, a parameter or a library, and says so in its own way
        except Exception as error:
            left_out[name] = f"{type(error).__name__}: {error}"[:200]
            continue
        form = FORMS[number % len(FORMS)]
        save(model, folder / f"{number}.model", form)
        answers, refused = asked(model, tables, columns)
        np.savez_compressed(folder / f"{number}.npz", **answers)
        written[name] = {"number": number, "form": form, "columns": columns, "refused": refused}
    facts = {"version": sklearn.__version__, "models": written, "left out": left_out}
    (folder / "models.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")


def save(model, path, form):
    kind, _, option = form.partition(" ")
    if kind == "pickle":
        path.write_bytes(pickle.dumps(model, protocol=int(option)))
    else:
        joblib.dump(model, str(path), compress=(option, 3) if option else 0)


def asked(model, tables, columns):
    """Arrays by "table/method", and which of these the model refused."""
    answers, refused = {}, {}
    for table in ASKED:
        for method in METHODS:
            if not hasattr(model, method):
                continue
            try:
                answers[f"{table}|{method}"] = np.asarray(getattr(model, method)(tables[table][columns]))
            # whatever it raises is its answer: today's must not have another one
            except Exception as error:
                refused[f"{table}|{method}"] = f"{type(error).__name__}: {error}"[:200]
    return {name: plain(array) for name, array in answers.items()}, refused


def plain(array):
    """Labels as text of fixed width: arrays of objects would have to be unpickled."""
    return array.astype(str) if array.dtype == object else array


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]))
