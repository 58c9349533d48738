"""Which result each question has. Nothing else is accepted from a worker."""

from __future__ import annotations

from typing import Any

from xai.description import Case, Description
from xai.inspection import Inspection
from xai.results import Attribution, Counterfactuals, Effect, Importance, Predictions, Quality, WhatIf

ANSWERS: dict[str, Any] = {
    "inspection": Inspection,
    "describe": Description,
    "case": Case,
    "quality": Quality,
    "predictions": Predictions,
    "importance": Importance,
    "dependence": Effect,
    "partial_dependence": Effect,
    "ice": Effect,
    "ale": Effect,
    "contributions": Attribution,
    "explain": Attribution,
    "counterfactuals": Counterfactuals,
    "what_if": WhatIf,
    "ceteris_paribus": Effect,
}
