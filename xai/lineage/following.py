"""Following the original columns through fitted transformers: what the structure says, refuted where trying says so.

The trick: each fitted transformer is asked for its output names after its inputs were renamed to sentinels that no
data contains. What a name is made of is what the column is computed from. Where names do not tell (PCA), or outputs
depend on other columns than their names say (KNN imputation), all inputs of the step count as mixed. Every claim is
then tried on sample rows (see `probing`); a step that is refuted counts as mixing, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from xai.lineage.names import named_sources
from xai.lineage.probing import moved
from xai.lineage.result import Lineage, Mixing, Sources
from xai.lineage.selected import column_positions
from xai.lineage.steps import idle, output_names, told_by_trying, transformed

Origins = list[Sources]


def lineage(transformers: Sequence[Any], columns: Sequence[str], rows: Any) -> Lineage:
    """Where the outputs of fitted transformers, one after the other, come from.

    `rows`: some rows as the first transformer takes them, a frame or an array; on them every claim is tried.
    Raises probing.RowsTogether where a row is encoded differently beside other rows.
    """
    distrusted: frozenset[int] = frozenset()
    while True:
        found = _Following(distrusted).all(transformers, columns, rows)
        if not _contradicts(found, transformers, rows):
            return found
        step = _refuted(transformers, columns, rows, distrusted)
        if step is None:
            return _all_mixed(transformers, len(columns), len(found.sources))
        distrusted |= {id(step)}


def _all_mixed(transformers: Sequence[Any], columns: int, width: int) -> Lineage:
    """Nothing is known: the steps together do what none of them says."""
    everything = frozenset(range(columns))
    return Lineage((everything,) * width, (Mixing(_name(transformers[-1]), everything),))


class Untold(Exception):
    """A step does not tell what its outputs are made of."""


class _Following:
    """One way through the transformers. `distrusted`: ids of steps whose claims were refuted."""

    def __init__(self, distrusted: frozenset[int]) -> None:
        self.distrusted = distrusted
        self.mixings: list[Mixing] = []

    def all(self, transformers: Sequence[Any], columns: Sequence[str], rows: Any) -> Lineage:
        origins: Origins = [frozenset([position]) for position in range(len(columns))]
        names: list[Any] | None = list(columns)
        for transformer in transformers:
            encoded = transformed(transformer, rows)
            origins = self._whole(transformer, origins, names, rows, encoded.shape[1])
            rows, names = encoded, output_names(transformer, names)
        return Lineage(tuple(origins), tuple(self.mixings))

    def _whole(self, transformer: Any, origins: Origins, names: Any, rows: Any, width: int) -> Origins:
        """Origins of all `width` outputs of a step; everything from everything where it cannot be followed."""
        try:
            found = self.through(transformer, origins, names, rows)
        except Untold:
            found = []
        if len(found) == width:
            return found
        together = frozenset[int]().union(*origins)
        if len(together) > 1:
            self.mixings.append(Mixing(_name(transformer), together))
        return [together] * width

    def through(self, transformer: Any, origins: Origins, names: list[Any] | None, rows: Any) -> Origins:
        """Origins of the outputs of one transformer, given the origins of its inputs. Raises Untold."""
        if idle(transformer):
            return origins
        if id(transformer) in self.distrusted:
            raise Untold
        if isinstance(transformer, Pipeline):
            for _, step in transformer.steps:
                encoded = transformed(step, rows)
                origins = self._whole(step, origins, names, rows, encoded.shape[1])
                rows, names = encoded, output_names(step, names)
            return origins
        if isinstance(transformer, ColumnTransformer):
            return self._columns(transformer, origins, names, rows)
        if isinstance(transformer, FeatureUnion):
            parts = [part for _, part in transformer.transformer_list if part != "drop"]
            widths = [transformed(part, rows).shape[1] for part in parts]
            pairs = zip(parts, widths, strict=True)
            return [origin for part, width in pairs for origin in self._whole(part, origins, names, rows, width)]
        told = named_sources(transformer, len(origins))
        if told is None:
            told = told_by_trying(transformer, rows)
        if told is None:
            raise Untold
        outputs = [frozenset[int]().union(*(origins[position] for position in origin)) for origin in told]
        together = frozenset[int]().union(*(o for o, t in zip(outputs, told, strict=True) if len(t) > 1 and len(o) > 1))
        if together:
            self.mixings.append(Mixing(_name(transformer), together, told=True))
        return outputs

    def _columns(self, transformer: ColumnTransformer, origins: Origins, names: list[Any] | None, rows: Any) -> Origins:
        outputs: dict[int, Sources] = {}
        for name, part, selected in transformer.transformers_:
            place = transformer.output_indices_.get(name)
            if place is None or place.start == place.stop:  # dropped, or nothing was selected
                continue
            positions = column_positions(selected, transformer, names)
            taken = [origins[position] for position in positions]
            width, origin = place.stop - place.start, frozenset[int]().union(*taken)
            if len(origin) <= 1:  # whatever is made of a single column depends on that column only
                inner = [origin] * width
            else:
                inner_names = None if names is None else [names[position] for position in positions]
                inner = self._whole(part, taken, inner_names, _chosen(rows, positions), width)
            outputs |= dict(zip(range(place.start, place.stop), inner, strict=True))
        return [outputs[position] for position in sorted(outputs)]


def _chosen(rows: Any, positions: list[int]) -> Any:
    return rows.iloc[:, positions] if hasattr(rows, "iloc") else rows[:, positions]


def _name(transformer: Any) -> str:
    """The class of a step; of the last one that does anything in a pipeline."""
    if isinstance(transformer, Pipeline):
        steps = [step for _, step in transformer.steps if not idle(step)]
        return _name(steps[-1]) if steps else "Pipeline"
    return type(transformer).__name__


def _contradicts(found: Lineage, transformers: Sequence[Any], rows: Any) -> bool:
    def transform(part: Any) -> Any:
        for transformer in transformers:
            part = transformed(transformer, part)
        return part

    seen = moved(transform, rows)
    return seen is not None and bool((seen & ~_claimed(found, rows.shape[1])).any())


def _claimed(found: Lineage, columns: int) -> np.ndarray:
    """(C, E) bool: whether encoded column e is said to come from column c."""
    claimed = np.zeros((columns, len(found.sources)), dtype=bool)
    for position, source in enumerate(found.sources):
        claimed[list(source), position] = True
    return claimed


def _refuted(transformers: Sequence[Any], columns: Sequence[str], rows: Any, distrusted: frozenset[int]) -> Any:
    """The innermost step whose claim is wrong; None where each of them holds on its own."""
    names: list[Any] | None = list(columns)
    for transformer in transformers:
        alone = _Following(distrusted).all([transformer], _names_for(names, rows), rows)
        if id(transformer) not in distrusted and _contradicts(alone, [transformer], rows):
            return _within(transformer, names, rows, distrusted) or transformer
        rows, names = transformed(transformer, rows), output_names(transformer, names)
    return None


def _within(transformer: Any, names: list[Any] | None, rows: Any, distrusted: frozenset[int]) -> Any:
    if isinstance(transformer, Pipeline):
        steps = [step for _, step in transformer.steps if not idle(step)]
        return _refuted(steps, _names_for(names, rows), rows, distrusted)
    if isinstance(transformer, FeatureUnion):
        parts = [(part, range(rows.shape[1])) for _, part in transformer.transformer_list]
    elif isinstance(transformer, ColumnTransformer):
        parts = [(part, column_positions(chosen, transformer, names)) for _, part, chosen in transformer.transformers_]
    else:
        return None
    for part, positions in parts:
        if idle(part) or isinstance(part, str) or len(positions) < 2:
            continue
        below = _names_for(names, rows)
        chosen = _chosen(rows, list(positions))
        found = _refuted([part], [below[position] for position in positions], chosen, distrusted)
        if found is not None:
            return found
    return None


def _names_for(names: list[Any] | None, rows: Any) -> list[Any]:
    return list(range(rows.shape[1])) if names is None else names
