"""How does one column move the prediction? In words, for one case and over many rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.results import Effect
from xai.sentences import phrases
from xai.texts import Wording

STRONG, WEAK = 0.9, 0.3  # rank correlations: almost throughout, and rather


def answer(effect: Effect, wording: Wording) -> str:
    """What an effect of any kind shows, in a sentence or two."""
    kinds = {"ceteris_paribus": ceteris_paribus, "dependence": dependence, "ale": ale}
    return kinds.get(effect.kind, partial_dependence)(effect, wording)


def ceteris_paribus(effect: Effect, wording: Wording) -> str:
    """Between which predictions the curve of one case lies, and where."""
    column, ends = _column(effect, wording), _ends(effect, wording)
    if ends["lowest"] == ends["highest"]:
        return wording.say("sentences.effects.flat", column=column)
    moves = wording.say("sentences.effects.moves", column=column, **ends)
    if effect.supported().all():
        return moves
    unsupported = "unsupported" if effect.edges is not None else "unsupported_values"  # categories have no line
    return f"{moves} {wording.say(f'sentences.effects.{unsupported}')}"


def dependence(effect: Effect, wording: Wording) -> str:
    """Whether higher values raise or lower the prediction; for categories the range of their medians."""
    values = pd.Series(list(effect.grid))
    contributions = np.asarray(effect.prediction, float)
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > 2:
        return _direction(effect, values, contributions, wording)
    medians = pd.Series(contributions).groupby(values.astype(object)).median()
    if len(medians) < 2:
        return ""
    scale = phrases.shared_scale(*medians)
    ends = {
        name: wording.say(
            "sentences.effects.at",
            effect=wording.effect(float(medians[value]), effect.unit, scale=scale),
            value=wording.value(effect.column, value),
        )
        for name, value in (("lowest", medians.idxmin()), ("highest", medians.idxmax()))
    }
    return wording.say("sentences.effects.categories", **ends)


def _direction(effect: Effect, values: pd.Series, contributions: np.ndarray, wording: Wording) -> str:
    """By the rank correlation of value and contribution, over the rows that have a value."""
    correlation = values.rank().corr(pd.Series(contributions).where(values.notna()).rank())
    size = abs(correlation)
    if not size >= WEAK:  # nan, too: a constant has no direction
        key = "mixed"
    else:
        key = f"{'higher' if size >= STRONG else 'rather'}_{'raises' if correlation > 0 else 'lowers'}"
    return wording.say(f"sentences.effects.{key}", column=_column(effect, wording))


def partial_dependence(effect: Effect, wording: Wording) -> str:
    """Between which values the mean prediction lies, and whether single rows follow it."""
    rows = phrases.rows(wording)
    ends = _ends(effect, wording)
    if ends["lowest"] == ends["highest"]:
        said = wording.say("sentences.effects.average_flat", column=_column(effect, wording), rows=rows)
    else:
        said = wording.say("sentences.effects.average", column=_column(effect, wording), rows=rows, **ends)
    verdict = next(measure.verdict for measure in effect.trust.measures if measure.code == "alike")
    return f"{said} {wording.say(f'sentences.effects.alike_{verdict}', rows=rows)}"


def ale(effect: Effect, wording: Wording) -> str:
    """Between which effects the curve lies, relative to the mean prediction."""
    effects = np.asarray(effect.prediction, float)
    low, high = int(np.argmin(effects)), int(np.argmax(effects))
    scale = phrases.shared_scale(effects[low], effects[high])
    said = [wording.effect(float(effects[k]), effect.unit, scale=scale) for k in (low, high)]
    if said[0] == said[1]:
        return wording.say("sentences.effects.local_flat", column=_column(effect, wording))
    return wording.say(
        "sentences.effects.local",
        column=_column(effect, wording),
        lowest=said[0],
        lowest_at=wording.value(effect.column, effect.grid[low]),
        highest=said[1],
        highest_at=wording.value(effect.column, effect.grid[high]),
    )


def sample(effect: Effect, wording: Wording) -> str:
    """The rows this was averaged over; "" where nothing was."""
    if effect.rows_used is None or effect.rows_total is None or effect.seed is None:
        return ""
    return phrases.sample(wording, effect.rows_used, effect.rows_total, effect.seed)


def _column(effect: Effect, wording: Wording) -> str:
    """Its name within a sentence: a comma of its own must not read as one of the sentence's."""
    return phrases.name(wording, effect.column, among=True)


def _ends(effect: Effect, wording: Wording) -> dict[str, str]:
    """The lowest and the highest prediction, and where they are."""
    low, high = int(np.argmin(effect.prediction)), int(np.argmax(effect.prediction))
    lowest, highest = float(effect.prediction[low]), float(effect.prediction[high])
    scale = phrases.shared_scale(lowest, highest)
    return {
        "lowest": wording.amount(lowest, effect.unit, scale=scale),
        "lowest_at": wording.value(effect.column, effect.grid[low]),
        "highest": wording.amount(highest, effect.unit, scale=scale),
        "highest_at": wording.value(effect.column, effect.grid[high]),
    }
