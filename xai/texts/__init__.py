"""Words for people: one catalogue per language, and the wording of names, values and numbers."""

from xai.texts.catalogue import LANGUAGES, Catalogue, catalogue, language_of_the_environment
from xai.texts.wording import Labels, Wording

__all__ = ["LANGUAGES", "Catalogue", "Labels", "Wording", "catalogue", "language_of_the_environment"]
