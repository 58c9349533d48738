"""The demos' models, not yet fitted: one family each, so that together they show trees, boosting and a linear model.

They are fitted on text columns of dtype object: a model fitted on pandas' own text type would carry that type
into its file, and with it the library behind it.
"""

from __future__ import annotations

from collections.abc import Callable

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

SEED = 0


def titanic() -> Pipeline:
    columns = ColumnTransformer(
        [
            ("category", _one_hot(), ["sex"]),
            ("number", SimpleImputer(strategy="median"), ["pclass", "age", "sibsp", "parch"]),
        ]
    )
    forest = RandomForestClassifier(n_estimators=200, max_depth=5, random_state=SEED, n_jobs=1)
    return Pipeline([("columns", columns), ("forest", forest)])


def penguins() -> Pipeline:
    numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    scaled = Pipeline([("imputer", SimpleImputer(strategy="median")), ("scaler", StandardScaler())])
    encoded = Pipeline([("imputer", SimpleImputer(strategy="most_frequent")), ("encoder", _one_hot())])
    columns = ColumnTransformer([("number", scaled, numbers), ("category", encoded, ["island", "sex"])])
    return Pipeline([("columns", columns), ("regression", LogisticRegression(max_iter=1000))])


def cars() -> Pipeline:
    numbers = ["cylinders", "displacement", "horsepower", "weight", "acceleration", "year"]
    columns = ColumnTransformer([("number", "passthrough", numbers), ("category", _one_hot(), ["origin"])])
    boosting = GradientBoostingRegressor(n_estimators=150, learning_rate=0.08, max_depth=3, random_state=SEED)
    return Pipeline([("columns", columns), ("boosting", boosting)])


def credit() -> Pipeline:
    numbers = ["income", "amount", "years_employed", "late_payments", "savings"]
    coded = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer(
        [("number", "passthrough", numbers), ("category", coded, ["employment", "housing", "weekday"])]
    )
    boosting = HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.08, max_leaf_nodes=6, min_samples_leaf=20, early_stopping=False, random_state=SEED
    )
    return Pipeline([("columns", columns), ("boosting", boosting)])


def _one_hot() -> OneHotEncoder:
    return OneHotEncoder(handle_unknown="ignore", sparse_output=False)


ESTIMATORS: dict[str, Callable[[], Pipeline]] = {
    "titanic": titanic,
    "penguins": penguins,
    "cars": cars,
    "credit": credit,
}
