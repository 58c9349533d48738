"""Formulas that changed since: the opened object gets a class that computes as the version did that wrote the file.

Each is derived from today's class, which itself stays as it is, and keeps its name.
"""
