"""Made once per version before 1.5: `python make_older_models.py` in an environment with that scikit-learn.

Takes those models of benchmarks/versions that something changed for since, writes them together as
models_<version>.joblib, and older_answers_<version>.npz: what that very version answers for the rows of older_table.csv
(which `python -m benchmarks.versions.tables FOLDER` makes out of the tables of the grid). Python 3.8.
"""

import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "benchmarks" / "versions"))

from fitting import METHODS, plain  # noqa: E402
from recipes import recipes  # noqa: E402

CHOSEN = (
    "tree, 3 classes, balanced",
    "random forest, 3 classes",
    "gradient boosting",
    "gradient boosting, 3 classes",
    "histogram boosting",
    "histogram boosting, categories",
    "histogram boosting, Poisson",
    "AdaBoost",
    "AdaBoost, 3 classes",
    "AdaBoost, SAMME",
    "bagging, regression",
    "calibrated, isotonic, 3 classes",
    "one against the rest, trees",
    "neighbours, KD tree",
    "neighbours, brute force, many ties",
    "nearest centroid",
    "support vectors",
    "network",
    "naive Bayes",
    "logistic regression",
    "logistic regression, one by one",
    "logistic regression, all at once",
    "stochastic gradient, log loss",
    "rare categories",
    "words of a text",
    "linear regression",
    "ridge",
    "elastic net, estimated gaps",
    "bins of whole numbers",
    "partial least squares",
    "kernel components",
    "Poisson regression",
    "columns chosen by models",
    "grid search",
    "random search, scored",
)


def main(fit: Path) -> None:
    table, rows = pd.read_csv(fit), pd.read_csv(HERE / "older_table.csv")
    models, answers = {}, {}
    for name in CHOSEN:
        if "brute force" in name and sklearn.__version__ < "0.24":  # refused: tests/engine/test_old_versions.py
            continue
        make, target, columns = recipes()[name]
        try:
            models[name] = make().fit(table[columns], table[target])
        # a version may lack a class or a parameter
        except Exception as error:
            print(name, error)
            continue
        answers[name + "|columns"] = np.array(columns)
        for method in METHODS:
            if hasattr(models[name], method):
                answers[name + "|" + method] = answer(getattr(models[name], method), rows[columns])
    version = sklearn.__version__
    joblib.dump(models, str(HERE / f"models_{version}.joblib"), compress=("xz", 9))
    np.savez_compressed(str(HERE / f"older_answers_{version}.npz"), **answers)


def answer(method, rows):
    """What it says of the first half, whose values are complete, and whether it refuses the second half."""
    half = len(rows) // 2
    complete = plain(np.asarray(method(rows[:half])))
    try:
        rest = plain(np.asarray(method(rows[half:])))
    # whatever it raises is a refusal
    except Exception:
        return complete
    return np.concatenate([complete, rest])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]))
