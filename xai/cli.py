"""The questions in a terminal: `python -m xai QUESTION MODEL [DATA] …`.

With --json, standard output is one JSON object and nothing else. Every failure a user can cause ends with exit status 2
and a sentence, never with a traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xai import terminal_values
from xai.errors import KlartextError, QuestionError
from xai.progress import Progress
from xai.results import plain
from xai.texts import LANGUAGES, Wording, language_of_the_environment

FAILURE = 2
_EFFECTS = {"pdp": "partial_dependence", "ice": "ice", "ale": "ale", "shap": "dependence"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one question; the exit status is 0, or 2 where it could not be answered."""
    asked = parser().parse_args(arguments)
    if asked.question == "attest":
        return _attest(asked)
    if asked.needs_data and asked.data is None and not _is_demo(asked.model):
        asked.usage_error("the following arguments are required: DATA")
    wording = Wording(asked.language)
    try:
        with _quiet(), _opened(asked) as opened:
            answer = asked.ask(opened, asked)
    except KlartextError as error:
        return _failed(error, asked.json, wording)
    except MemoryError:
        return _failed(QuestionError("out-of-memory"), asked.json, wording)
    except KeyboardInterrupt:  # long questions are meant to be stopped
        return _failed(QuestionError("stopped"), asked.json, wording)
    if asked.json:
        print(json.dumps(plain(answer), ensure_ascii=False, allow_nan=False))
    else:
        from xai.printing import printed

        print(printed(answer, wording, opened.inspection.task, getattr(asked, "row", None)))
    return 0


def parser() -> argparse.ArgumentParser:
    """The contract of the command line."""
    top = argparse.ArgumentParser(prog="python -m xai", description="Explain a fitted model: what, why, what if.")
    questions = top.add_subparsers(dest="question", required=True, metavar="QUESTION")
    inspect = _question(questions, "inspect", "what is in the file, and is it any good", needs_data=False)
    inspect.add_argument("--prove", action="store_true", help="compare with the versions the model was saved with")
    inspect.set_defaults(ask=_inspect)
    importance = _question(questions, "importance", "what drives the model")
    importance.add_argument("--method", choices=["shap", "permutation", "native"], default="shap")
    importance.add_argument("--rows", type=_rows, default=500, metavar="N|all")
    importance.set_defaults(ask=_importance)
    effect = _question(questions, "effect", "how one column moves the prediction")
    effect.add_argument("--column", required=True, metavar="COL")
    effect.add_argument("--method", choices=list(_EFFECTS), default="pdp")
    effect.add_argument("--rows", type=_rows, default=500, metavar="N|all")
    effect.set_defaults(ask=_effect)
    contributions = _question(questions, "contributions", "the SHAP values of all rows, as a CSV file")
    contributions.add_argument("--to", type=Path, required=True, metavar="FILE", help="the file that is written")
    contributions.set_defaults(ask=_contributions)
    explain = _question(questions, "explain", "why this prediction", row=True)
    explain.add_argument("--method", choices=["shap", "lime"], default="shap")
    explain.set_defaults(ask=_explain)
    differ = _question(questions, "counterfactuals", "what would have to be different", row=True)
    _constraints(differ)
    differ.set_defaults(ask=_counterfactuals)
    what_if = _question(questions, "what-if", "what the model says after a change", row=True)
    what_if.add_argument(
        "--set", action="extend", nargs="+", default=[], dest="changes", required=True, metavar="COL=VALUE"
    )
    what_if.set_defaults(ask=_what_if)
    attest = questions.add_parser("attest", help="how far uploaded files are locked in on this machine")
    attest.add_argument("--local", action="store_true", help="for an app that only this machine can reach")
    attest.add_argument("--json", action="store_true", help="one JSON object on standard output")
    attest.add_argument("--language", choices=LANGUAGES, default=language_of_the_environment())
    return top


def _constraints(differ: Any) -> None:
    """What a counterfactual may look like, and how it is searched for."""
    differ.add_argument("--desired", metavar="CLASS|CLASS@PROBABILITY|LO:HI")
    several = {"action": "append", "default": []}
    differ.add_argument("--keep", metavar="COL", help="must not change", **several)
    differ.add_argument("--free", metavar="COL", help="may change although it would be kept or bound", **several)
    differ.add_argument("--range", dest="ranges", metavar="COL=LO:HI", help="of the result", **several)
    differ.add_argument("--allow", metavar="COL=a,b", help="categories the result may have", **several)
    differ.add_argument("--direction", dest="directions", metavar="COL=up|down", help="only up, only down", **several)
    differ.add_argument("--at-most", type=_positive, metavar="K", help="columns may change")
    differ.add_argument(
        "--together", metavar="A,B", help="only take values one row of the data has together", **several
    )
    differ.add_argument("--only-seen", action="store_true", help="no combination the data does not have")
    differ.add_argument("-n", type=_positive, default=4, metavar="K")
    methods = ["auto", "donors", "dice-random", "dice-genetic", "dice-kdtree"]
    differ.add_argument("--method", choices=methods, default="auto")
    differ.add_argument("--seconds", type=float, default=10.0, metavar="S")


def _question(questions: Any, name: str, help_text: str, needs_data: bool = True, row: bool = False) -> Any:
    """One question with the arguments all of them share."""
    question = questions.add_parser(name, help=help_text, description=help_text)
    question.add_argument("model", metavar="MODEL", help="a model file, or demo:NAME")
    # a demo brings its own table
    question.add_argument("data", metavar="DATA", nargs="?", help="CSV, TSV, Parquet, Feather, Excel or JSON lines")
    question.set_defaults(needs_data=needs_data, usage_error=question.error)
    if row:
        question.add_argument("--row", type=int, required=True, metavar="N", help="position of the row, from 0")
    question.add_argument("--target", metavar="COL")
    question.add_argument("--class", dest="target_class", metavar="C")
    question.add_argument("--object", dest="object_key", metavar="KEY", help="which object of a bundle")
    question.add_argument("--with", dest="companion", metavar="FILE", help="a fitted preprocessor the model needs")
    renaming = {"action": "append", "default": [], "dest": "renames", "metavar": "OLD=NEW"}
    question.add_argument("--map", **renaming, help="a column of the table is the model's NEW")
    for word, help_text in (("--accept", "apply an offered adjustment"), ("--undo", "take an adjustment back")):
        question.add_argument(word, action="append", default=[], metavar="KEY", help=f"{help_text} (see inspect)")
    question.add_argument(
        "--environment",
        choices=["own", "here"],
        help="under the versions the model was saved with, or under those of here; default: own where it helps",
    )
    question.add_argument("--seed", type=_seed, default=0, metavar="S")
    question.add_argument("--json", action="store_true", help="one JSON object on standard output")
    question.add_argument("--in-process", action="store_true", help="own files only: open them in this process")
    question.add_argument("--language", choices=LANGUAGES, default=language_of_the_environment())
    return question


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def _rows(text: str) -> int | str:
    return text if text == "all" else _positive(text)


def _seed(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return number


@contextlib.contextmanager
def _opened(asked: argparse.Namespace) -> Iterator[Any]:
    """The model and its table, ready to be asked: in a worker, or in this process if one says so."""
    given = {
        "target": asked.target,
        "target_class": asked.target_class,
        "object_key": asked.object_key,
        "renames": dict(terminal_values.pair(text) for text in asked.renames),
        "accept": asked.accept,
        "undo": asked.undo,
        "seed": asked.seed,
        "environment": asked.environment,
        "prove": getattr(asked, "prove", False),
    }
    files = {
        "model": asked.model if _is_demo(asked.model) else _path(asked.model),
        "data": None if asked.data is None else _path(asked.data),
        "companion": None if asked.companion is None else _path(asked.companion),
    }
    progress = None if asked.json else _telling(Wording(asked.language))
    if asked.in_process:
        from xai.environments.here import originals
        from xai.opening.both import open_both
        from xai.session import Session

        opened = open_both(files.pop("model"), files.pop("data"), **files, **given, originals=originals(progress))
        yield Session(opened.explainer, opened.inspection)
        return
    from xai.worker.alone import alone
    from xai.worker.source import Source

    names = {f"{role}_name": file.name for role, file in files.items() if isinstance(file, Path)}
    contents = {role: file.read_bytes() if isinstance(file, Path) else file for role, file in files.items()}
    with alone(Source(**contents, options={**given, **names}), progress) as opened:
        yield opened


def _telling(wording: Wording) -> Progress:
    """Says on standard error what takes a minute: an environment that is made."""
    said: set[str] = set()

    def tell(share: float, what: str) -> None:
        if what.startswith("environment-") and what not in said:
            said.add(what)
            print(wording.say(f"progress.{what}"), file=sys.stderr)

    return tell


def _is_demo(model: str) -> bool:
    return model.startswith("demo:")


def _path(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise QuestionError("no-such-file", file=text)
    return path


def _attest(asked: argparse.Namespace) -> int:
    """Try from inside a worker what a hostile file would try."""
    from xai.sentences import isolation
    from xai.sentences import limits as limit_words
    from xai.worker.client import Workers

    wording = Wording(asked.language)
    try:
        workers = Workers(local=asked.local)
    except KlartextError as error:  # a setting that is none
        return _failed(error, asked.json, wording)
    try:
        attestation = workers.attestation()
    except KlartextError as error:
        return _failed(error, asked.json, wording)
    finally:
        workers.close_all()
    if asked.json:
        print(json.dumps({**attestation.to_dict(), "limits": {**asdict(workers.limits), **asdict(workers.share)}}))
    else:
        limits = limit_words.stated(workers.limits, workers.share, wording)
        print(isolation.printed(attestation, wording), "", *limits, sep="\n")
    return 0


def _inspect(opened: Any, asked: argparse.Namespace) -> Any:
    return opened.inspection


def _importance(opened: Any, asked: argparse.Namespace) -> Any:
    return _answer(opened, "importance", {"method": asked.method, "rows": asked.rows})


def _effect(opened: Any, asked: argparse.Namespace) -> Any:
    return _answer(opened, _EFFECTS[asked.method], {"column": asked.column, "rows": asked.rows})


def _contributions(opened: Any, asked: argparse.Namespace) -> Any:
    from xai.export.contributions import write_contributions

    def block(first: int) -> Any:
        return _answer(opened, "contributions", {"first": first})

    return write_contributions(block, opened.inspection.rows, asked.to, asked.language)


def _explain(opened: Any, asked: argparse.Namespace) -> Any:
    return _answer(opened, "explain", {"case": str(asked.row), "method": asked.method})


def _counterfactuals(opened: Any, asked: argparse.Namespace) -> Any:
    desired, probability = terminal_values.desired(asked.desired, opened.inspection, asked.language)
    wanted = {
        "case": str(asked.row),
        "desired": desired,
        "probability": probability,
        "keep": asked.keep,
        "free": asked.free,
        "ranges": terminal_values.ranges(asked.ranges, asked.language) | terminal_values.allowed(asked.allow),
        "directions": dict(terminal_values.pair(text) for text in asked.directions),
        "at_most": asked.at_most,
        "together": [terminal_values.parts(text) for text in asked.together],
        "only_seen": asked.only_seen,
        "n": asked.n,
        "method": asked.method,
        "seconds": asked.seconds,
    }
    return _answer(opened, "counterfactuals", wanted)


def _what_if(opened: Any, asked: argparse.Namespace) -> Any:
    changes = terminal_values.changes(asked.changes, opened.inspection, asked.language)
    return _answer(opened, "what_if", {"case": str(asked.row), "changes": changes})


def _answer(opened: Any, question: str, parameters: dict[str, Any]) -> Any:
    """About the class that opening found, or that was asked for: not, as in the app, the one each case is given."""
    shown_class = opened.inspection.target_class
    with _progress() as progress:
        return opened.answer(question, parameters, shown_class=shown_class, progress=progress)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[float, str], None] | None]:
    """How far it is, where somebody looks on: a line on standard error that goes away at the end."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield lambda share, _: print(f"\r{share:4.0%} ", end="", file=sys.stderr, flush=True)
    finally:
        print("\r     \r", end="", file=sys.stderr, flush=True)


def _failed(error: KlartextError, as_json: bool, wording: Wording) -> int:
    from xai.sentences import adjustments, contents, errors

    message, remedy = errors.message(error, wording), errors.remedy(error, wording)
    hints = [wording.say("adjustments.map", **error.facts)] if error.code == "missing-columns" else []
    remedy = "\n".join([remedy, *hints, *adjustments.printed(error.offers, wording)])
    if as_json:
        details = plain(dict(error.facts))
        details |= {"offers": [offer.to_dict() for offer in error.offers]} if error.offers else {}
        content = {"code": error.code, "message": message, "remedy": remedy, "details": details}
        print(json.dumps({"error": content}, ensure_ascii=False, allow_nan=False))
    else:
        lines = [message, remedy, contents.of_error(error.facts, wording)]
        print("\n".join(line for line in lines if line), file=sys.stderr)
    return FAILURE


@contextlib.contextmanager
def _quiet() -> Any:
    """Keep libraries' chatter off standard output; what matters is in the result's warnings."""
    logging.disable(logging.WARNING)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)
