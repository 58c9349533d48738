"""Klartext: what a fitted model does, why, what would change it, and how far the answer carries."""

from xai.errors import DataError, KlartextError, MatchError, OpeningError, QuestionError
from xai.explainer import Explainer
from xai.opening import open_model, read_data

__all__ = [
    "DataError",
    "Explainer",
    "KlartextError",
    "MatchError",
    "OpeningError",
    "QuestionError",
    "open_model",
    "read_data",
]
