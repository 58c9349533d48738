"""From a file to an estimator that asks the program beside it. The file is read and its names audited here, first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from xai.environments.conversation import Conversation
from xai.environments.estimators import estimator_for
from xai.environments.inside.described import Described
from xai.environments.needs import Needs, helps, may_help, needs_of
from xai.environments.recipes import recipe, running
from xai.errors import OpeningError
from xai.opening.allowed import ever_allowed
from xai.opening.arrays import WRAPPER
from xai.opening.files import OpenedFile
from xai.opening.guards.names import trouble_with
from xai.opening.reading import FileFacts, load_bytes, read_model_file
from xai.results import Notice

Originals = Callable[[Needs], Conversation]
"""From what a model needs to the program beside it: made and started, or started already by somebody else."""

Where = Literal["own", "here"]
Opened = TypeVar("Opened")
File = tuple[bytes | Path, str | None]  # content and name


def somewhere(
    here: Callable[[], Opened],
    there: Callable[[], Opened],
    files: list[File],
    where: Where | None,
    originals: Originals | None,
) -> Opened:
    """What opening gives: `here`, or `there`, under the versions the files were saved with.

    There where that is asked for ("own"), or (None) where it helps. Raises what either way of opening raises.
    """
    if where == "own":
        return there()
    try:
        return here()
    except OpeningError as error:
        if where == "here" or originals is None or not may_help(error):
            raise
        try:
            needs = read_needs(*files)
        except OpeningError as unknown:
            raise error from unknown
        if not helps(error, needs, running()):
            raise
    return there()


def read_needs(*files: File) -> Needs:
    """What the files need, where a program may be given them. Raises OpeningError."""
    return needs_of([_audited(*file) for file in files])


def open_original(files: list[File], object_key: str | None, originals: Originals | None) -> OpenedFile:
    """The model of the first file, behind the preprocessing of the second if there is one, in its own environment.

    Raises OpeningError, WorkerError, QuestionError.
    """
    read = [_audited(*file) for file in files]
    conversation = (originals or _off)(needs_of(read))
    facts = read[0][0]
    described = conversation.ask(
        "load",
        Described,
        [np.frombuffer(raw, np.uint8) for _, raw in read],
        names=sorted({name for each, _ in read for name in each.globals}),
        key=object_key or (_with_its_preprocessing(facts) if len(read) == 1 else None),
    )
    notices = [Notice("trailing-data", {"bytes": facts.trailing})] if facts.trailing else []
    if described.key is not None:
        notices.append(Notice("bundle-object", {"key": described.key, "keys": ", ".join(described.keys)}))
    if len(read) > 1:
        notices.append(Notice("joined-files", {"companion": read[1][0].name, "step": described.steps[0]}))
    estimator = estimator_for(conversation, described)
    versions = dict(described.versions)
    keys = {"key": described.key, "options": described.keys}
    return OpenedFile(estimator, facts, "own environment", (), tuple(notices), runs_with=versions, **keys)


def _with_its_preprocessing(facts: FileFacts) -> str | None:
    """The key of a bundle's only model behind its only transformer; None where that is less clear."""
    models = [entry for entry in facts.entries if entry.role == "model"]
    before = [entry for entry in facts.entries if entry.role in ("preprocessing", "encoder")]
    alone = len(models) == len(before) == 1 and before[0].role == "preprocessing"
    bare = alone and "→" not in models[0].what  # a pipeline has its preprocessing inside
    return f"{before[0].path}+{models[0].path}" if bare else None


def _audited(source: bytes | Path, name: str | None) -> tuple[FileFacts, bytes]:
    """Facts and unpacked bytes, once every name the file asks for is one that models have, or had in their time."""
    facts, raw = read_model_file(*load_bytes(source, name))
    if facts.format not in ("pickle", "joblib"):
        raise OpeningError("own-version-format", format=facts.format)
    for entry in facts.globals:
        found = tuple(entry.split(":", 1))
        known = ever_allowed()
        if found == WRAPPER or known.today(*found) in known:
            continue
        raise trouble_with(*found) or OpeningError("forbidden-global", name=".".join(found)[:400])
    return facts, raw


def _off(needs: Needs) -> Conversation:
    raise OpeningError("environments-off", **recipe(needs).facts())
