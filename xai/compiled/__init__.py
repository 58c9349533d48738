"""Machine code made from Python, once, and kept on disk.

`building` compiles with numba, in a process of its own and never where somebody waits; `loading` needs neither numba
nor a compiler: it maps the finished code into memory, which takes a moment and works in a locked-down worker as well.
`place` says where the code lies. While there is none, whoever wanted it computes with NumPy.
"""
