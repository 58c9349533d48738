"""Nothing in a model file is run: every hostile or broken file ends in a typed error, in time, without a trace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import hostile_code
import hostile_formats
import hostile_gadgets
import hostile_repairs
import hostile_sizes
import hostile_structures
import pytest

from xai.errors import KlartextError
from xai.sentences import errors
from xai.texts import LANGUAGES, Wording

if TYPE_CHECKING:
    from conftest import Opener

CORPORA = (
    hostile_code,
    hostile_gadgets,
    hostile_repairs,
    hostile_structures,
    hostile_sizes,
    hostile_formats,
)
FILES = {name: hostile for corpus in CORPORA for name, hostile in corpus.FILES.items()}


def test_the_corpus_is_large() -> None:
    assert len(FILES) >= 80


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused(name: str, opener: Opener, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    path = tmp_path / f"{name}.joblib"
    path.write_bytes(FILES[name].make(marker))
    answer = opener.open(path)
    assert not marker.exists(), answer
    assert answer["code"] in FILES[name].codes, answer
    for language in LANGUAGES:
        wording = Wording(language)
        error = KlartextError(answer["code"], **answer["facts"])
        for sentence in (errors.message(error, wording), errors.remedy(error, wording)):
            assert len(sentence) > 10
            assert "{" not in sentence
