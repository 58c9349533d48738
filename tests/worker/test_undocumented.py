"""Libraries that are loaded without their documentation compute the same."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest
from scipy import stats

from xai.worker.undocumented import undocumented

LOADED = """
from xai.worker.undocumented import undocumented
with undocumented():
    from scipy import stats
print(len(stats.spearmanr.__doc__), float(stats.spearmanr([1, 2, 4, 3], [2, 1, 5, 4]).statistic).hex())
print(float(stats.gamma(2.5, scale=3).cdf(4)).hex(), float(stats.gmean([1.5, 2, 7])).hex())
"""


def test_libraries_compute_the_same_without_their_documentation() -> None:
    found = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()
    wanted = [
        stats.spearmanr([1, 2, 4, 3], [2, 1, 5, 4]).statistic,
        stats.gamma(2.5, scale=3).cdf(4),
        stats.gmean([1.5, 2, 7]),
    ]
    assert int(found[0]) < len(stats.spearmanr.__doc__) / 10  # it was not taken apart
    assert found[1:] == [float(number).hex() for number in wanted]


def test_documentation_is_found_again_whatever_happens() -> None:
    with pytest.raises(ModuleNotFoundError), undocumented():
        importlib.import_module("there_is_no_such_module")
    assert inspect.getdoc(stats.spearmanr)
