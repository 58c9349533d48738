"""Rows that are asked again with other values in one column: transformed once, then only recombined.

Permutation importance, partial dependence, ICE and ALE all ask a model about copies of the same rows that differ in one
original column. `rows` makes the copies; in which form is a matter of the model: as codes of its trees (`in_trees`), as
rows of its encoding (`in_matrix`), or as the original frame, each copy through the whole pipeline (`in_frame`).
"""
