"""A model under the versions it was saved with: an environment of its own, made by uv, and a locked-in program in it.

needs      what a file says it was saved with
recipes    what uv is asked for, out of our own tables: nothing from a file reaches a command line unchecked
tool, interpreters, cache, making   uv, the Pythons of this machine, the folder of environments, one environment
inside     the program that runs there, from Python 3.8 on: locks itself in, reads the model, answers
starting, conversation, estimators  the same program from this side: a process, questions, an estimator like any other
opening, proof                      from a file to that estimator; the original beside a repaired model
"""
