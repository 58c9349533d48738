"""Where a repair would not be exact: the model needs the scikit-learn it was saved with."""

from __future__ import annotations

import sklearn

from xai.errors import OpeningError


def not_exact(what: str, saved: str = "–", said: str = "–") -> OpeningError:
    """The error for `what`, which cannot be computed here as it was; `saved` is added by the opening.

    `said` is the library's own words where it could not even be restored.
    """
    return OpeningError("needs-own-version", saved=saved, runs=sklearn.__version__, what=what, said=said)
