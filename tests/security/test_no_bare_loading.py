"""Nobody goes around the guards: no module of the engine or the app unpickles what a user brought."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("xai", "ui", "pages") for path in (ROOT / folder).rglob("*.py"))
# Modules whose loading functions run what is in a file.
LOADERS = {
    "pickle": {"load", "loads", "Unpickler", "_Unpickler"},
    "joblib": {"load"},
    "dill": {"load", "loads"},
    "cloudpickle": {"load", "loads"},
    "pandas": {"read_pickle"},
    "pd": {"read_pickle", "eval"},
    "shelve": {"open"},
    "marshal": {"load", "loads"},
    "torch": {"load"},
    "skops.io": {"load", "loads", "get_untrusted_types"},
}
# The demos are known by their checksums; the guarded reader is built on Python's.
MAY = {"xai/opening/demos.py": {"joblib.load"}, "xai/opening/opcodes.py": {"pickle._Unpickler"}}


def used(tree: ast.AST) -> set[str]:
    """Loading functions by their written name, and `allow_pickle=True`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in LOADERS.get(ast.unparse(node.value), ()):
            found.add(ast.unparse(node))
        if isinstance(node, ast.ImportFrom) and node.module in LOADERS:
            found |= {f"{node.module}.{name.name}" for name in node.names if name.name in LOADERS[node.module]}
        if (
            isinstance(node, ast.keyword)
            and node.arg in ("allow_pickle", "trusted")
            and ast.unparse(node.value) == "True"
        ):
            found.add(f"{node.arg}=True")
        if isinstance(node, ast.Name) and node.id in ("eval", "exec"):
            found.add(node.id)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_loads_past_the_guards(path: Path) -> None:
    allowed = MAY.get(str(path.relative_to(ROOT)), set())
    assert used(ast.parse(path.read_text("utf-8"))) <= allowed


@pytest.mark.parametrize(
    "code", ["import joblib\njoblib.load(x)", "from pickle import loads", "np.load(x, allow_pickle=True)", "eval('1')"]
)
def test_the_look_itself_sees_them(code: str) -> None:
    assert used(ast.parse(code))
