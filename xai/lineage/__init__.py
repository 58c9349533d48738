"""Lineage: which original columns every encoded column comes from, and which steps mix columns."""

from xai.lineage.following import lineage
from xai.lineage.matrix import as_matrix
from xai.lineage.probing import RowsTogether
from xai.lineage.result import Lineage, Mixing
from xai.lineage.selected import column_positions

__all__ = ["Lineage", "Mixing", "RowsTogether", "as_matrix", "column_positions", "lineage"]
