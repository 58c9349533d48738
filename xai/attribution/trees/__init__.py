"""Exact Shapley values of tree ensembles, with the original columns as players.

`reading` turns the libraries' trees into one form (`tree`), which is checked against the model itself (`verified`) and
laid out flat (`ensemble`, `conditions`). `prepared` holds such an ensemble together with a background and answers; the
work is done by compiled `kernels`, or by `by_numpy` where those are not there (yet).
"""
