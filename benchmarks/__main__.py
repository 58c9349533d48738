"""Everything Klartext is faster at, beside what others would use, in one run: prints the table and writes RESULTS.md.

python -m benchmarks [--only trees model_agnostic …]       (twenty minutes on two idle cores)

Each part runs in a process of its own, so that none is held up by what another left; it can be run alone as well. The
dashboards of the first page get environments of their own, made here; that part needs Chromium and a network, and is
left out where one of them is missing (the file says so).
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from benchmarks.side_by_side import measured, versions
from xai.compiled import building, place

PARTS = {
    "trees": "Trees: exact contributions",
    "model_agnostic": "Any other model: contributions",
    "perturbed_rows": "Rows asked again with other values",
    "local_lines": "LIME",
    "first_page": "From start to the first useful page",
    "one_click": "From a click to the figure",
    "million_rows": "A million rows",
}
PACKAGES = ("scikit-learn", "shap", "lime", "numpy", "pandas", "numba", "streamlit")
RESULTS = Path(__file__).parent / "RESULTS.md"
ABOUT = """# What was measured

Written by `python -m benchmarks`. Times are medians of at least three runs, both sides in turns on the same machine, so
that only the ratios mean something. The workload (`workload.py`): 30,000 rows of 14 columns, 6 numbers and 8 of text,
84 columns once encoded; 100 background rows. rf8: forest of 200 trees of depth 8; hgb: histogram boosting; lr: logistic
regression; mlp: two hidden layers; stack: a forest and a logistic regression stacked. Kernels were compiled before.
"""


def main() -> None:
    """Print and write the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    options.add_argument("--only", nargs="+", default=tuple(PARTS), choices=PARTS, help="parts; RESULTS.md is left")
    asked = options.parse_args()
    path = place.file()
    if path is None:
        options.error("without numba the kernels cannot be compiled")
    building.build(path)
    started = time.perf_counter()
    written = [ABOUT, f"{date.today():%d %B %Y}, {_machine()}. {versions(*PACKAGES)}.\n"]
    for name in asked.only:
        print(f"\n## {PARTS[name]}\n", flush=True)
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            written += [f"## {PARTS[name]}\n", alone.submit(measured, f"benchmarks.{name}").result(), ""]
        if set(asked.only) == set(PARTS):
            RESULTS.write_text("\n".join(written), encoding="utf-8")
    print(f"\nafter {(time.perf_counter() - started) / 60:.0f} minutes")


def _machine() -> str:
    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores shared with other work"


if __name__ == "__main__":
    main()
