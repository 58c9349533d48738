"""What the README promises is true: its commands, its code, its table of examples, and the list of packages."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

import xai
from xai.cli import parser
from xai.opening.demos import demo, demo_names, load_model, load_table

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text("utf-8")
PACKAGE_OF = {"sklearn": "scikit-learn", "dice_ml": "dice-ml"}  # where a package is not called what one imports
OPTIONAL = {"catboost"}  # imported where installed; a file that needs it is refused with its name
OWN = {"xai", "ui", "pages", "Home"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def required() -> set[str]:
    lines = (PROJECT / "requirements.txt").read_text("utf-8").splitlines()
    return {re.split(r"[<>=!~]", line)[0] for line in lines if line and not line.startswith("#")}


def imported() -> set[str]:
    """The top-level packages that the app and the engine import, lazily or not."""
    paths = [PROJECT / "Home.py", *(path for name in ("pages", "ui", "xai") for path in (PROJECT / name).rglob("*.py"))]
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - OWN


def test_start_and_test_are_one_line_each():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert sum("-r requirements.txt" in line and "streamlit run Home.py" in line for line in lines) == 1
    assert sum("-r requirements-dev.txt" in line and "-m pytest" in line for line in lines) == 1


def test_the_check_of_every_push_runs_the_line_of_the_readme():
    pattern = re.search(r"grep -m 1 '([^']+)' README\.md", (PROJECT / ".ci" / "run").read_text("utf-8"))
    assert pattern is not None
    first = next(line for line in README.splitlines() if re.search(pattern[1], line))
    install, test = first.split(" && .venv/bin/python ")
    assert install == "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt"
    assert test == "-m pytest -n 2 --dist loadfile --no-loadscope-reorder"


def test_python_example_runs_as_it_stands():
    known = demo("cars")
    (code,) = blocks("python")
    names = {"model": load_model(known), "frame": load_table(known)}
    exec(compile(code, "README.md", "exec"), names)
    assert isinstance(names["explainer"], xai.Explainer)


def test_terminal_examples_are_understood():
    commands = [line for block in blocks("sh") for line in block.splitlines() if "-m xai" in line]
    assert commands
    for command in commands:
        parser().parse_args(command.split("-m xai ")[1].split())


@pytest.mark.parametrize("name", demo_names())
def test_every_example_is_listed_with_its_licence(name):
    (line,) = [line for line in README.splitlines() if line.startswith(f"| `{name}`")]
    assert demo(name).licence.split()[0].lower() in line.lower()
    assert f"{demo(name).rows:,}" in line


def test_every_picture_and_link_is_there():
    targets = re.findall(r"\]\((?!http)([^)]+)\)", README)
    assert [target for target in targets if not (PROJECT / target).is_file()] == []


def test_folders_of_the_layout_exist():
    (layout,) = blocks("text")
    top = re.findall(r"^([A-Za-z]+(?:\.py|/))", layout, re.M)
    inner = [f"xai/{name}" for line in re.findall(r"^  (\S.*?)  ", layout, re.M) for name in re.split(r",? ", line)]
    assert [name for name in top + inner if not (PROJECT / name).exists()] == []


def test_whatever_is_imported_gets_installed():
    listed = required()
    comes_along = {re.split(r"[^\w.-]", line)[0] for name in listed for line in requires(name) or ()}
    names = {PACKAGE_OF.get(name, name) for name in imported()}
    assert names - listed - comes_along - OPTIONAL == set()
