"""One frozen result type per question: plain data, from which figures, sentences, tables, code and downloads are made.

Arrays are read-only. Frames belong to the result: do not change them.
Shapes use R rows, C original columns.
"""

from xai.results.attribution import Attribution
from xai.results.counterfactuals import Blocked, Counterfactual, Counterfactuals, Receipt
from xai.results.effect import Effect, EffectKind
from xai.results.importance import Importance
from xai.results.plain_data import freeze, plain
from xai.results.predictions import Predictions
from xai.results.quality import Quality
from xai.results.result import Result
from xai.results.trust import Measure, Notice, Trust
from xai.results.what_if import WhatIf
from xai.results.words import Label, Task, Unit, Verdict
from xai.scalars import plain_scalar

__all__ = [
    "Attribution",
    "Blocked",
    "Counterfactual",
    "Counterfactuals",
    "Effect",
    "EffectKind",
    "Importance",
    "Label",
    "Measure",
    "Notice",
    "Predictions",
    "Quality",
    "Receipt",
    "Result",
    "Task",
    "Trust",
    "Unit",
    "Verdict",
    "WhatIf",
    "freeze",
    "plain",
    "plain_scalar",
]
