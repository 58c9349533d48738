"""Which column of the table is which of the model's: equal names, asked for, written differently, or only similar."""

from __future__ import annotations

from xai.adjustment import Adjustment
from xai.data import missing_columns, unknown_column
from xai.errors import MatchError
from xai.opening.fitting.draft import Draft
from xai.opening.fitting.spelling import best_pairs, pairs_alike, similarity


def settle(draft: Draft) -> None:
    """Equal names, and those that differ only in case, punctuation, blanks or umlauts."""
    if draft.wanted.names is None:
        return
    draft.sources |= {name: name for name in draft.wanted.needed if name in draft.names}
    _rename(draft)
    pairs = pairs_alike(draft.missing, draft.free)
    facts = {"pairs": pairs, "count": len(pairs)}
    if not pairs:
        return
    if draft.does(Adjustment("alike", facts=facts, needed=True), by_itself=True):
        draft.sources |= {wanted: column for column, wanted in pairs.items()}
    else:
        for column, wanted in pairs.items():
            draft.claim(column, [wanted])


def _rename(draft: Draft) -> None:
    """What the reader says comes first. A name the model does not want may still be the beginning of some it wants."""
    for column, new in draft.decisions.renames.items():
        if column not in draft.names:
            raise MatchError("unknown-rename", column=column, found=", ".join(draft.names))
        if new in draft.wanted.needed:
            draft.sources[new] = column
            draft.adjustments.append(Adjustment("rename", column, {"wanted": new}, asked=True))
        elif any(wanted.lower().startswith(new.lower()) for wanted in draft.missing):
            draft.aliases[column] = new
        else:
            error = unknown_column(new, list(draft.wanted.needed))
            raise MatchError("rename-not-wanted", wanted=new, **error.facts)


def offer_similar(draft: Draft) -> None:
    """Names that only resemble each other: the most similar first, each column once."""
    for wanted, column in best_pairs(draft.unexplained, draft.unclaimed).items():
        facts = {"wanted": wanted, "similarity": round(similarity(wanted, column), 2)}
        if draft.does(Adjustment("near", column, facts, needed=True)):
            draft.sources[wanted] = column


def check(draft: Draft) -> MatchError | None:
    """The error that names what is missing still, and what resembles it."""
    if not draft.missing:
        return None
    unused = [name for name in draft.names if name not in draft.sources.values()]
    similar = best_pairs(draft.unexplained, draft.unclaimed)
    error = missing_columns(draft.missing, unused, draft.wanted.needed, similar)
    matched = ", ".join(f"{column} → {name}" for name, column in draft.sources.items() if name != column)
    return MatchError(error.code, **error.facts, matched=matched or "–")
