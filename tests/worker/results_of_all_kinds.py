"""One result of every kind, small and awkward: missing values, labels of several types, umlauts, empty fields."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.adjustment import Adjustment, Evidence, Made, Recipe, Step
from xai.contents import Entry, FileFacts, Outline
from xai.data import Column
from xai.description import Case, ColumnNames, Description
from xai.inspection import Check, Inspection, Repair
from xai.results import (
    Attribution,
    Blocked,
    Counterfactual,
    Counterfactuals,
    Effect,
    Importance,
    Measure,
    Notice,
    Predictions,
    Quality,
    Receipt,
    Trust,
    WhatIf,
)

COLUMNS = ("Größe", "city", "on")
TRUST = Trust((Measure("gap", 0.25, "effect", "care", {"care": 0.1}, {"column": "city", "rows": 3}),))
WARNINGS = (Notice("sampled", {"rows": 5, "of": 9}), Notice("plain"))
ROWS = pd.DataFrame(
    {
        "Größe": [1.5, np.nan],
        "city": pd.Series(["Köln", None], dtype="str"),
        "on": pd.Series([True, None], dtype=object),
    }
)
ATTRIBUTION = Attribution(
    method="shap",
    algorithm="exact-trees",
    unit="probability",
    target_class=True,
    columns=COLUMNS,
    values=np.array([0.1, -0.2, 0.0]),
    base=0.4,
    prediction=0.3,
    data=ROWS.iloc[[0]],
    spread=np.zeros(3),
    background_rows=100,
    seed=0,
    trust=TRUST,
    seconds=0.01,
    warnings=WARNINGS,
    rules=("Größe > 1", "city = Köln", "on"),
    local_prediction=0.31,
    label=True,
    sampling={"runs": 5},
)
SEVERAL = Attribution(
    method="lime",
    algorithm="lime-linear",
    unit="target",
    target_class=None,
    columns=COLUMNS,
    values=np.arange(6.0).reshape(2, 3),
    base=1.0,
    prediction=np.array([1.0, 2.0]),
    data=ROWS,
    spread=np.ones((2, 3)),
    background_rows=10,
    seed=7,
    trust=TRUST,
    seconds=0.5,
)
COUNTERFACTUAL = Counterfactual(
    changes={"Größe": (1.5, 2.0), "city": ("Köln", None)},
    row={"Größe": 2.0, "city": None, "on": True},
    prediction=0.7,
    label="ja",
    steps=(0.5, 0.7),
    receipt=Receipt(True, True, 2, 1.25, 0.5, 4, None),
    source="dice-random",
)
NUMBER = Column("Größe", "number", 1, 2, 0.0, 9.5, 0.1, 9.0, 0.1, (), 4.0)
WORDS = Column("city", "category", 0, 300, None, None, None, None, None, tuple(f"Ort {n}" for n in range(300)), "Ort 1")
QUALITY = Quality(
    task="binary",
    target="y",
    rows=9,
    held_out=None,
    metrics={"accuracy": 0.8, "auc": float("nan")},
    baseline={"accuracy": 0.5},
    baseline_answer="nein",
    classes=("ja", "nein"),
    confusion=np.array([[3, 1], [0, 5]]),
    trust=TRUST,
    seconds=0.1,
)
RESULTS = (
    ATTRIBUTION,
    SEVERAL,
    QUALITY,
    WhatIf({"Größe": (1.5, 2)}, ATTRIBUTION, ATTRIBUTION, TRUST, 0.2, WARNINGS),
    Predictions(
        np.array(["ja", "nein"], dtype=object), np.array([0.1, 0.9]), "probability", "ja", None, None, np.ones(2)
    ),
    Predictions(
        np.array([1.0, 2.0]), np.array([1.0, 2.0]), "target", None, np.array([1, 3]), np.array([0.0, -1.0]), None
    ),
    Importance(
        method="shap",
        algorithm="exact-trees",
        unit="probability",
        target_class=1,
        columns=COLUMNS,
        importance=np.array([0.3, 0.2, 0.1]),
        low=np.zeros(3),
        high=np.ones(3),
        direction=np.array([1.0, np.nan, -0.5]),
        rows_used=2,
        rows_total=9,
        seed=0,
        trust=TRUST,
        seconds=1.0,
        values=np.ones((2, 3), np.float32),
        data=ROWS,
        base=0.5,
    ),
    Counterfactuals(
        method="auto",
        algorithm="dice",
        unit="probability",
        target_class="ja",
        desired=(1.0, float("inf")),
        prediction=0.2,
        label="nein",
        row={"Größe": 1.5, "city": "Köln", "on": None},
        counterfactuals=(COUNTERFACTUAL,),
        blocked_by=(Blocked("keep", "city", COUNTERFACTUAL),),
        nearest=None,
        candidates=10,
        dropped=3,
        keep=("on",),
        seed=0,
        trust=TRUST,
        seconds=2.0,
        timed_out=True,
    ),
    Effect(
        kind="ceteris_paribus",
        column="Größe",
        unit="probability",
        target_class=1,
        grid=tuple(float(n) for n in range(100)),
        prediction=np.linspace(0, 1, 100),
        current=1.5,
        support=(5, 3, 0),
        edges=(0.0, 1.0, 2.0, 3.0),
        trust=TRUST,
        seconds=0.1,
    ),
    Effect("dependence", "city", "target", None, ("a", None), np.zeros(2), None, (1, 4), None, TRUST, 0.1),
    Description(
        "binary",
        (0, 1),
        1,
        "probability",
        "y",
        9,
        (NUMBER, WORDS),
        ("Pipeline", "SVC"),
        ("id",),
        ("rose",),
        ("shap", "native"),
    ),
    ColumnNames(("a",), ("b", "c"), {"a": "b"}),
    Case("3", 3, {"Größe": 1.5, "city": None}, 0.25, "ja", None, "ja", "probability"),
    Inspection(
        name="m.joblib",
        format="joblib",
        saved_with={"scikit-learn": "1.5.2"},
        runs_with={"scikit-learn": "1.9.1"},
        how="repaired",
        repairs=(Repair("remainder-columns", {"what": "x"}),),
        steps=("SVC",),
        task="binary",
        classes=("ja", "nein"),
        target_class="ja",
        columns=(NUMBER, WORDS),
        column_names=("Größe", "city"),
        target=None,
        target_candidates=("y",),
        ignored=(),
        rows=9,
        quality=QUALITY,
        checks=(Check("read", "good", {"format": "joblib"}),),
        adjustments=(
            Adjustment("codes", "city", {"codes": {"Köln": 0, "Ulm": 1}, "count": 2}, needed=True, asked=True),
            Adjustment("same-values", "on", {"pairs": {1: "1", 2.5: "2.5"}}),
        ),
        offers=(Adjustment("near", "Grösse", {"similarity": 0.9}, evidence=Evidence("r2", None, 0.5, 0.0, 9, ("a",))),),
        recipe=Recipe(
            made=(Made("city", "city", (Step("codes", {"codes": {"Köln": 0, "Ulm": 1}}),)), Made("x", "Größe")),
            framed=False,
            columns=("city", "Größe"),
            classes=("nein", "ja"),
            answers="exp",
        ),
        warnings=WARNINGS,
        outline="SVC",
        object_key="scaler+model",
        objects=("scaler+model", "model"),
    ),
    FileFacts(
        name="größe.joblib",
        format="joblib",
        size=1234,
        compression=None,
        saved_with={"scikit-learn": "1.5.2"},
        top_class="builtins.dict",
        globals=tuple(f"numpy:name{place}" for place in range(70)),
        columns=("Größe", "city"),
        sha256="ab" * 32,
        structure=Outline("Pipeline", (Outline("A", (Outline("B"),)), Outline("SVC")), sequence=True),
        classes=(True, 2, 1.5, "ja"),
        entries=(Entry("model", "model", "Pipeline"), Entry("n.0", "number", "1")),
    ),
)
