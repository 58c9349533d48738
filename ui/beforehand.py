"""What the first page asks about the model that is given with the app, asked before anybody comes."""

from __future__ import annotations

from ui import engine, given, sources

_ASKED = (("describe", {}), ("case", {"case": "0"}), ("quality", {}), ("importance", {"method": "shap"}))


def ask() -> None:
    """Keep the answers, where a model is given. Raises KlartextError."""
    if given.given() is None:
        return
    source = sources.find(given.CODE)
    for question, parameters in _ASKED:
        engine.ask(question, source=source, **parameters)
