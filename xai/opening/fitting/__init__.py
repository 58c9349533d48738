"""Bringing a table to a model: adjustments, each named and with its facts, done or offered, and undone on request.

What is exact and loses nothing is done without asking, and said. What rests on a guess is only offered, with evidence:
the model's score with it and without it, beside the trivial answer's, on rows whose outcome is known.

Two kinds: some change the table (numbers stored as text, a header further down), others stand between table and model
(`xai.inputs.Inputs`: other names, codes for words, one-hot columns), so that everything else, explanations above all,
speaks of the table's own columns.
"""
