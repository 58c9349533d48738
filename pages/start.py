"""How does this model decide? The answer, one case, and the way to explain a model of one's own."""

from ui import navigation, problems

navigation.guard()

with problems.shown():
    pass
