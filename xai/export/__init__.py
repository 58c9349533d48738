"""What a reader can take away from a result: a table, the code that computes it again, a report."""

from xai.export.code import Source, snippet
from xai.export.report import Report, html
from xai.export.table import csv_bytes

__all__ = ["Report", "Source", "csv_bytes", "html", "snippet"]
