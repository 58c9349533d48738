"""The walls of the house: who may import what, how large a file and a function may be, and what loading costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPLANATION_LIBRARIES = ("shap", "lime", "dice_ml", "sklearn", "xgboost", "lightgbm", "catboost")
FIGURES_MAY = ("xai.results", "xai.texts", "xai.figures", "xai.sentences", "numpy", "pandas", "plotly")
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_PAGE = 400, 60, 120


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def of(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources("xai"), ids=named)
def test_the_engine_knows_nothing_of_the_app(path: Path):
    assert [module for module in imported(path) if of(module, "streamlit", "ui", "pages", "Home")] == []


@pytest.mark.parametrize("path", [*sources("pages", "ui"), ROOT / "Home.py"], ids=named)
def test_the_app_asks_the_engine_and_no_library_behind_it(path: Path):
    assert [module for module in imported(path) if of(module, *EXPLANATION_LIBRARIES)] == []


@pytest.mark.parametrize("path", sources("pages"), ids=named)
def test_pages_ask_through_the_seam(path: Path):
    assert [module for module in imported(path) if of(module, "xai.explainer", "xai.opening", "xai.model")] == []


@pytest.mark.parametrize("path", sources("xai/figures"), ids=named)
def test_figures_are_made_from_results_only(path: Path):
    own = [module for module in imported(path) if module not in sys.stdlib_module_names and module != "__future__"]
    own = [module for module in own if module.split(".")[0] not in sys.stdlib_module_names]
    assert [module for module in own if not of(module, *FIGURES_MAY)] == []


@pytest.mark.parametrize("path", sources("xai"), ids=named)
def test_imports_inside_the_engine_run_one_way(path: Path):
    """Methods do not know the explainer that asks them, nor how files are opened or figures are drawn."""
    place = path.relative_to(ROOT / "xai").parts[0]
    if place in ("attribution", "importance", "effects", "quality", "trust", "counterfactuals"):
        wrong = ("xai.explainer", "xai.opening", "xai.figures", "xai.sentences", "xai.texts", "xai.cli")
        assert [module for module in imported(path) if of(module, *wrong)] == []


@pytest.mark.parametrize("path", [*sources("xai", "ui", "pages", "models"), ROOT / "Home.py"], ids=named)
def test_files_and_functions_are_short(path: Path):
    text = path.read_text("utf-8")
    limit = LONGEST_PAGE if path.parent.name == "pages" else LONGEST_FILE
    assert len(text.splitlines()) <= limit
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if f.end_lineno - f.lineno + 1 > LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", [*sources("xai", "ui", "pages", "models"), ROOT / "Home.py"], ids=named)
def test_no_error_is_swallowed(path: Path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: a bare except"
            broad = getattr(node.type, "id", "") in ("Exception", "BaseException")
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert not broad or raises or _says_why(path, node.lineno), f"line {node.lineno}: hides every error"


def _says_why(path: Path, line: int) -> bool:
    return "#" in path.read_text("utf-8").splitlines()[line - 1]


@pytest.mark.parametrize("path", sources("xai"), ids=named)
def test_every_module_says_what_it_is(path: Path):
    text = path.read_text("utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_importing_the_engine_loads_no_explanation_library_and_no_app():
    heavy = ("shap", "lime", "dice_ml", "streamlit", "plotly", "xgboost", "lightgbm", "catboost", "numba")
    code = f"import sys, xai; print(*[name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
