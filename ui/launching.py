"""`python Home.py [MODEL DATA] …`: the app with a model of one's own from the start.

What workers need is loading while Streamlit itself is loaded.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ui import given, starting
from xai.errors import KlartextError

FAILURE = 2
_HOME = Path(__file__).parents[1] / "Home.py"


def launch(arguments: Sequence[str]) -> int:
    """Start the app and serve until it is stopped, which ends the program; the exit status of what cannot be given."""
    asked, of_streamlit = parser().parse_known_args(arguments)
    os.environ.update(settings(asked))
    try:
        given.given()
    except KlartextError as error:
        return _refused(error)
    if not _secrets():
        starting.begin()
        starting.load()
    from streamlit.web import cli

    return cli.main(["run", str(_HOME), *of_streamlit])  # says itself which options it does not know


def parser() -> argparse.ArgumentParser:
    """The contract of the command line; the options are called as in `python -m xai`."""
    found = argparse.ArgumentParser(
        prog="python Home.py",
        description="Start the app, with a model and its table where they are given: they are what visitors see first.",
        epilog="Options of Streamlit are passed on to it: --server.port=8502, --server.address=0.0.0.0, …",
        allow_abbrev=False,
    )
    found.add_argument("model", nargs="?", metavar="MODEL", help="the file of a fitted model")
    found.add_argument("data", nargs="?", metavar="DATA", help="its table: CSV, Excel, Parquet, …")
    found.add_argument("--target", metavar="COL", help="the column of the table that the model predicts")
    found.add_argument("--object", metavar="KEY", help="which model, in a file of several things")
    found.add_argument("--with", dest="companion", metavar="FILE", help="a fitted preprocessor in a file of its own")
    return found


def settings(asked: argparse.Namespace) -> Mapping[str, str]:
    """What was asked for, as settings; paths hold from every folder."""
    files = {given.MODEL: asked.model, given.DATA: asked.data, given.COMPANION: asked.companion}
    said = {given.OPTIONS["target"]: asked.target, given.OPTIONS["object_key"]: asked.object}
    return {
        **{name: os.path.abspath(path) for name, path in files.items() if path is not None},
        **{name: text for name, text in said.items() if text is not None},
    }


def _secrets() -> bool:
    """Whether other settings may stand in a file that only Streamlit reads."""
    folders = (Path.cwd(), _HOME.parent, Path.home())
    return any((folder / ".streamlit" / "secrets.toml").is_file() for folder in folders)


def _refused(error: KlartextError) -> int:
    from xai.sentences import errors
    from xai.texts import Wording, language_of_the_environment

    wording = Wording(language_of_the_environment())
    print(f"{errors.message(error, wording)}\n{errors.remedy(error, wording)}", file=sys.stderr)
    return FAILURE
