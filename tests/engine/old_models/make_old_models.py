"""Made once per old scikit-learn: `python make_old_models.py` in an environment with that version, pandas and joblib.

Writes models_<version>.joblib (a dictionary of fitted pipelines), adaboost_<version>.joblib (apart, because it is
refused before 1.6) and answers_<version>.json: what that very version predicts for the first rows of table.csv. The
tests compare today's predictions of the same files with those answers.
"""

import json
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

HERE = Path(__file__).parent
ROWS = 40


def table() -> pd.DataFrame:
    random = np.random.default_rng(11)
    n = 160
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, n).astype(float),
            "income": np.round(random.lognormal(7, 0.5, n), 2),
            "city": random.choice(["Köln", "Bonn", "Aachen"], n),
            "member": random.random(n) < 0.4,
            "visits": random.integers(0, 9, n),
        }
    )
    signal = frame["age"] / 20 + frame["income"] / 1500 + frame["member"] + (frame["city"] == "Köln")
    frame["spent"] = np.round(signal * 10 + random.normal(0, 3, n), 2)
    frame["buys"] = np.where(signal + random.normal(0, 0.5, n) > 4.2, "yes", "no")
    frame.loc[random.random(n) < 0.08, "age"] = np.nan
    frame.loc[random.random(n) < 0.05, "city"] = np.nan
    return frame


def preprocessing(kind: str) -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    if kind == "remainder":
        return ColumnTransformer(
            [("words", words, ["city"]), ("ages", numbers, ["age", "income"])], remainder="passthrough"
        )
    if kind == "ordinal":
        codes = make_pipeline(
            SimpleImputer(strategy="constant", fill_value="?"),
            OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
        )
        return ColumnTransformer([("words", codes, ["city"]), ("rest", "passthrough", ["income", "visits"])])
    return ColumnTransformer(
        [("numbers", numbers, make_column_selector(dtype_include=np.number)), ("words", words, ["city"])]
    )


def estimators() -> dict:
    few = {"n_estimators": 5, "max_depth": 3, "random_state": 0}
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    classifiers = {
        "tree": tree,
        "forest": RandomForestClassifier(**few),
        "extra": ExtraTreesClassifier(**few),
        "boosting": GradientBoostingClassifier(**few),
        "histogram": HistGradientBoostingClassifier(max_iter=5, max_depth=3, random_state=0),
        "adaboost": AdaBoostClassifier(n_estimators=5, random_state=0),
        "bagging": BaggingClassifier(n_estimators=5, random_state=0),
        "logistic": LogisticRegression(),
        "neighbors": KNeighborsClassifier(),
        "bayes": GaussianNB(),
        "discriminant": LinearDiscriminantAnalysis(),
        "network": MLPClassifier((5,), max_iter=50, random_state=0),
        "vectors": SVC(random_state=0),
        "calibrated": CalibratedClassifierCV(tree, cv=2),
        "voting": VotingClassifier([("a", LogisticRegression()), ("b", tree)], voting="soft"),
        "stacking": StackingClassifier([("a", LogisticRegression()), ("b", tree)], cv=2),
        "search": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
    }
    regressors = {
        "forest_r": RandomForestRegressor(**few),
        "boosting_r": GradientBoostingRegressor(**few),
        "histogram_r": HistGradientBoostingRegressor(max_iter=5, max_depth=3, random_state=0),
        "adaboost_r": AdaBoostRegressor(n_estimators=5, random_state=0),
        "ridge_r": Ridge(),
        "target_r": TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1),
    }
    return {"buys": classifiers, "spent": regressors}


def main() -> None:
    warnings.simplefilter("ignore")
    frame = table()
    frame.to_csv(HERE / "table.csv", index=False)
    frame = pd.read_csv(HERE / "table.csv")
    inputs = frame[["age", "income", "city", "member", "visits"]]
    models, answers = {}, {}
    kinds = ["remainder", "ordinal", "selector"]
    for target, group in estimators().items():
        for number, (name, estimator) in enumerate(group.items()):
            pipeline = make_pipeline(preprocessing(kinds[number % 3]), estimator).fit(inputs, frame[target])
            models[name] = pipeline
            predicted = pipeline.predict(inputs[:ROWS]).tolist()
            shares = pipeline.predict_proba(inputs[:ROWS]).tolist() if hasattr(pipeline, "predict_proba") else None
            answers[name] = {"predict": predicted, "predict_proba": shares}
    version = sklearn.__version__
    joblib.dump(models.pop("adaboost"), HERE / f"adaboost_{version}.joblib", compress=9)
    joblib.dump(models, HERE / f"models_{version}.joblib", compress=9)
    (HERE / f"answers_{version}.json").write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
