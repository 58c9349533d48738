"""What went wrong, as a sentence and its remedy; the page around it stays usable."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ui import state
from xai.errors import KlartextError
from xai.sentences import errors as sentences
from xai.texts import Wording

log = logging.getLogger("klartext")


@contextmanager
def shown() -> Iterator[None]:
    """Show whatever goes wrong inside as a sentence. Streamlit's own stops and reruns pass through: no Exceptions."""
    try:
        yield
    except KlartextError as error:
        show(error)
    except Exception:  # the last line of defence: served apps hide tracebacks, and an empty page explains nothing
        reference = secrets.token_hex(3)
        log.exception("Unexpected failure, reference %s", reference)
        show(KlartextError("unexpected", reference=reference))


def show(error: KlartextError) -> None:
    """What happened (bold), and what to do, unless something is offered that helps."""
    wording = Wording(state.language(), medium="markdown")
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/error: **{sentences.message(error, wording)}**")
        if not error.offers:
            st.markdown(sentences.remedy(error, wording))
