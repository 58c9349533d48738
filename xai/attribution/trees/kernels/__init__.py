"""The inner loops, in the part of Python that numba compiles. Nothing here allocates memory or raises.

They are compiled once by `xai.compiled` and then called as machine code; imported as they are they run too, but slowly.
"""
