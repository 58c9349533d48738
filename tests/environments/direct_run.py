"""Runs in an environment of an old scikit-learn, without anything of ours: fits models there, and asks them directly.

`direct_run.py fit FOLDER` writes table.csv and one file per model. `direct_run.py ask MODEL TABLE COLUMNS` prints what
the model says about the table's rows, `direct_run.py shapley MODEL ROWS BACKGROUND CLASS` the Shapley values of rows
against a background, by enumeration of all coalitions (CLASS: position of the class, or -1 for a regressor).
Valid for Python 3.8.
"""

import contextlib
import itertools
import json
import math
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
INPUTS = ["age", "income", "city"]


def table():
    random = np.random.RandomState(3)
    n = 200
    frame = pd.DataFrame({"age": random.randint(18, 80, n), "income": np.round(random.lognormal(7, 0.4, n), 1)})
    frame["city"] = random.choice(["Koeln", "Bonn", "Aachen"], n)
    signal = frame["age"] / 40 + (frame["city"] == "Koeln") + random.normal(0, 0.3, n)
    frame["buys"] = np.where(signal > 1.6, "yes", "no")
    frame["spent"] = np.round(20 * signal + frame["income"] / 100, 2)
    return frame


def models():
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import AdaBoostClassifier, GradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import RandomizedSearchCV
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    with contextlib.suppress(ImportError):
        from sklearn.experimental import enable_hist_gradient_boosting  # noqa: F401 - before 1.0
    from scipy.stats import randint
    from sklearn.ensemble import HistGradientBoostingClassifier

    def behind(final):
        words = OneHotEncoder(handle_unknown="ignore")
        columns = ColumnTransformer([("w", words, ["city"]), ("n", StandardScaler(), ["age"])], remainder="passthrough")
        return make_pipeline(columns, final)

    tree = DecisionTreeClassifier(random_state=0)
    search = RandomizedSearchCV(tree, {"max_depth": randint(2, 5)}, n_iter=3, cv=2, random_state=0)
    dense = {"sparse_threshold": 0}
    histogram = ColumnTransformer([("w", OneHotEncoder(), ["city"])], remainder="passthrough", **dense)
    return {
        "buys": {
            "adaboost": behind(AdaBoostClassifier(n_estimators=8, random_state=0)),
            "boosting": behind(GradientBoostingClassifier(n_estimators=8, random_state=0)),
            "forest": behind(RandomForestClassifier(n_estimators=8, random_state=0)),
            "histogram": make_pipeline(histogram, HistGradientBoostingClassifier(max_iter=8, random_state=0)),
            "neighbours": behind(KNeighborsClassifier()),
            "search": behind(search),
        },
        "spent": {"linear": behind(LinearRegression())},
    }


def fit(folder):
    table().to_csv(folder / "table.csv", index=False)
    frame = pd.read_csv(folder / "table.csv")
    for target, group in models().items():
        for name, model in group.items():
            joblib.dump(model.fit(frame[INPUTS], frame[target]), folder / f"{name}.joblib")


def ask(model, rows):
    answers = {"predict": model.predict(rows).tolist()}
    for method in ("predict_proba", "decision_function"):
        if hasattr(model, method):
            answers[method] = getattr(model, method)(rows).tolist()
    return answers


def shapley(model, rows, background, position):
    def outputs(frame):
        return model.predict(frame) if position < 0 else model.predict_proba(frame)[:, position]

    columns, found = list(rows.columns), []
    for place in range(len(rows)):
        worth = {}
        for size in range(len(columns) + 1):
            for taken in itertools.combinations(columns, size):
                mixed = background.copy()
                for name in taken:
                    mixed[name] = rows[name].iloc[place]
                worth[frozenset(taken)] = float(np.mean(outputs(mixed)))
        values = []
        for name in columns:
            others = [each for each in columns if each != name]
            total = 0.0
            for size in range(len(columns)):
                weight = math.factorial(size) * math.factorial(len(columns) - size - 1) / math.factorial(len(columns))
                for taken in map(frozenset, itertools.combinations(others, size)):
                    total += weight * (worth[taken | {name}] - worth[taken])
            values.append(total)
        found.append(values)
    return found


if __name__ == "__main__":
    question, *given = sys.argv[1:]
    if question == "fit":
        fit(Path(given[0]))
    elif question == "ask":
        print(json.dumps(ask(joblib.load(given[0]), pd.read_csv(given[1])[given[2].split(",")])))
    else:
        print(json.dumps(shapley(joblib.load(given[0]), pd.read_csv(given[1]), pd.read_csv(given[2]), int(given[3]))))
