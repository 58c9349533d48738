"""What a reader can take away from a result: a table, the code that computes it again, a report."""

from xai.export.code import Source, snippet
from xai.export.contributions import contributions_csv
from xai.export.report import Report, html
from xai.export.table import csv_bytes

__all__ = ["Report", "Source", "contributions_csv", "csv_bytes", "html", "snippet"]
