"""A page: its question is in the navigation."""

from ui import navigation, problems

navigation.guard()

with problems.shown():
    pass
