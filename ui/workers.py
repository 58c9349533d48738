"""The app's workers: one set for all visitors, started when they are first needed, gone with the app."""

from __future__ import annotations

import uuid
from dataclasses import replace

import streamlit as st

from ui import starting
from xai.limits import MEGABYTE, Limits
from xai.progress import Progress
from xai.worker.attestation import Attestation
from xai.worker.client import Workers
from xai.worker.memory import Share

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@st.cache_resource(show_spinner=False, on_release=lambda released: released.close_all())
def workers() -> Workers:
    """Shared by all visitors; safe for many at once."""
    return Workers(local=st.get_option("server.address") in _THIS_MACHINE, starting=starting.nursery())


def attested() -> Attestation | None:
    """How far uploaded files are locked in here; None where that has not been tried yet."""
    return workers().attested


def attestation(progress: Progress | None = None) -> Attestation:
    """How far uploaded files are locked in here, and whether they can be opened."""
    return workers().attestation(progress)


def limits() -> tuple[Limits, Share]:
    """What files and questions may use here. Streamlit has a limit of its own for uploads; the smaller one counts."""
    stated, upload = workers().limits, st.get_option("server.maxUploadSize") * MEGABYTE
    smaller = {name: min(getattr(stated, name), upload) for name in ("model_bytes", "data_bytes")}
    return replace(stated, **smaller), workers().share


def environments() -> bool:
    """Whether models may run in environments of their own here."""
    return workers().environments


def visit() -> str:
    """The name under which this visitor's own files are open; they are closed when the visitor leaves."""
    return _visit()


@st.cache_resource(show_spinner=False, scope="session", on_release=lambda name: workers().close(name))
def _visit() -> str:
    return f"visit:{uuid.uuid4().hex}"
