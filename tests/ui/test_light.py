"""The app's own process draws; the libraries that compute are loaded in the workers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("sklearn", "scipy", "shap", "lime", "dice_ml", "xgboost", "lightgbm", "catboost", "numba")
VISIT = f"""
import sys
from streamlit.testing.v1 import AppTest
visitor = AppTest.from_file({str(ROOT / "Home.py")!r}, default_timeout=300)
visitor.query_params["model"] = "cars"
visitor.run()
assert not visitor.exception
for page in ("global", "local", "whatif", "counterfactuals"):
    visitor.switch_page(f"pages/{{page}}.py").run()
    assert not visitor.exception
print(sorted(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_no_page_loads_a_library_that_computes() -> None:
    found = subprocess.run([sys.executable, "-c", VISIT], cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert found.stdout.strip() == "[]", found.stdout + found.stderr
