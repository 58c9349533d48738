"""What the app must know about a model and one of its cases to draw controls: plain data, made behind the seam."""

from xai.description import Case, ColumnNames, Description

__all__ = ["Case", "ColumnNames", "Description"]
