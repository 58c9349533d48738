"""Makes the models of old XGBoost and LightGBM versions that the tests open, with what they answered there.

    python make_native_models.py        (in an environment with the version wanted; see the names of the files)

Each version writes what it has: XGBoost 1.0 to 3.0 as JSON, and as UBJSON where it can; LightGBM 3 and 4 as text.
"""

import json
import sys

import numpy as np
import pandas as pd

ROWS = 60


def table():
    random = np.random.RandomState(5)
    frame = pd.DataFrame({"age": random.randint(18, 80, ROWS).astype(float), "income": random.rand(ROWS).round(3)})
    frame["visits"] = random.randint(0, 9, ROWS).astype(float)
    frame.loc[::7, "income"] = np.nan
    return frame


def targets(frame):
    score = frame["age"] / 80 + frame["income"].fillna(0.2)
    return {
        "binary": (score > 0.9).astype(int),
        "multiclass": (score * 1.7).astype(int),
        "number": (score * 3).round(4),
    }


def of_xgboost():
    import xgboost

    frame, answers = table(), {}
    rows = frame
    if xgboost.__version__ < "1.3":  # of a frame they read memory that is free already, and answer by chance
        rows = np.ascontiguousarray(frame.to_numpy(dtype=np.float32).copy(order="C"))
    for name, target in targets(frame).items():
        kind = xgboost.XGBRegressor if name == "number" else xgboost.XGBClassifier
        model = kind(n_estimators=4, max_depth=2).fit(rows, target)
        save(model.save_model, "xgboost", xgboost.__version__, name, "json")
        if xgboost.__version__ > "1.6":
            save(model.save_model, "xgboost", xgboost.__version__, name, "ubj")
        answers[name] = (model.predict(rows) if name == "number" else model.predict_proba(rows)).tolist()
    if xgboost.__version__ < "1.6":
        words = np.where(targets(frame)["binary"] == 1, "yes", "no")
        xgboost.XGBClassifier(n_estimators=4, max_depth=2).fit(rows, words).save_model(
            f"xgboost-{xgboost.__version__}-words.json"
        )
    return "xgboost", xgboost.__version__, answers


def of_lightgbm():
    import lightgbm

    frame, answers = table(), {}
    told = {"n_estimators": 4, "num_leaves": 4, "min_child_samples": 5, "verbose": -1}
    for name, target in targets(frame).items():
        kind = lightgbm.LGBMRegressor if name == "number" else lightgbm.LGBMClassifier
        model = kind(**told).fit(frame, target)
        save(model.booster_.save_model, "lightgbm", lightgbm.__version__, name, "txt")
        answers[name] = (model.predict(frame) if name == "number" else model.predict_proba(frame)).tolist()
    return "lightgbm", lightgbm.__version__, answers


def save(write, library, version, name, ending):
    write(f"{library}-{version}-{name}.{ending}")


if __name__ == "__main__":
    table().to_csv("table.csv", index=False)
    for make in (of_xgboost, of_lightgbm):
        if make.__name__.split("_")[1] in sys.argv[1:]:
            library, version, answers = make()
            with open(f"{library}-{version}-answers.json", "w") as stream:
                json.dump(answers, stream)
