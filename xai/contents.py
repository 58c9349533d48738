"""What a model file says about itself, read without executing anything in it. Plain data; `xai.opening` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from xai.results import Label

Format = Literal[
    "joblib", "pickle", "skops", "xgboost json", "xgboost ubj", "lightgbm text", "catboost cbm", "catboost json"
]
Role = Literal["model", "unsupervised", "preprocessing", "encoder", "names", "text", "number", "table", "other"]
"""What an entry of a bundle is good for. "unsupervised": it fits, but predicts no target."""


@dataclass(frozen=True)
class Outline:
    """An estimator as its file describes it, with those inside it."""

    kind: str  # its class, "RandomForestRegressor"
    parts: tuple[Outline, ...] = ()
    sequence: bool = False  # the parts follow each other (a pipeline); else they stand side by side inside

    def __str__(self) -> str:
        """Pipeline → ColumnTransformer(SimpleImputer → OneHotEncoder, StandardScaler) → Ridge."""
        return " → ".join([self.kind, *self._chain()]) if self.sequence else self._inner()

    def _chain(self) -> list[str]:
        """The steps of a sequence, those of sequences inside it in their place."""
        return [text for part in self.parts for text in (part._chain() if part.sequence else [part._inner()])]

    def _inner(self) -> str:
        """The same inside brackets, where a pipeline is its steps alone."""
        if self.sequence:
            return " → ".join(self._chain()) or self.kind
        shown = [part._inner() for part in self.parts[:_MOST_SHOWN]]
        more = ["…"] if len(self.parts) > _MOST_SHOWN else []
        return f"{self.kind}({', '.join(shown + more)})" if shown else self.kind


_MOST_SHOWN = 6


@dataclass(frozen=True)
class Entry:
    """One object of a dictionary, list or tuple that was saved."""

    path: str  # "model", "0", "models.best"
    role: Role
    what: str  # a class name; for plain values, the value itself, shortened


@dataclass(frozen=True)
class FileFacts:
    """What a model file says about itself."""

    name: str
    format: Format
    size: int  # bytes, as given
    compression: str | None  # "gzip", "zlib", "bz2", "xz", "lzma", "lz4", "zstd"
    saved_with: Mapping[str, str]  # {"scikit-learn": "1.6.1"}; several versions: oldest first, comma separated
    top_class: str
    globals: tuple[str, ...]  # "module:name"
    columns: tuple[str, ...] | None
    sha256: str
    keys: tuple[str, ...] = ()  # of a dictionary at the top
    trailing: int = 0  # bytes after the end of the first pickle
    versions: tuple[str, ...] = field(default=(), repr=False)  # scikit-learn, oldest first
    structure: Outline | None = None  # of the model; None where there is none, or several
    classes: tuple[Label, ...] = ()
    column_count: int | None = None
    target: str | None = None  # the outcome's column, where a bundle names it
    entries: tuple[Entry, ...] = ()  # of a bundle
    eras: Mapping[str, str] = field(default_factory=dict)  # {"numpy": ">=2"}: told from the way the file is written
    own_code: tuple[str, ...] = ()  # classes and functions whose code is in the file itself
    holds_model: bool = False  # something that predicts or preprocesses; else a table, or anything else


def told(facts: FileFacts) -> dict[str, Any]:
    """What an error about this file tells beside its own facts: plain, with names that no error uses."""
    return {
        "file_format": facts.format,
        "file_size": facts.size,
        "file_saved_with": ", ".join(f"{library} {version}" for library, version in facts.saved_with.items()),
        "file_steps": "" if facts.structure is None else str(facts.structure),
        "file_columns": list(facts.columns or ()),
        "file_classes": list(facts.classes),
        "file_keys": [entry.path for entry in facts.entries],
    }
