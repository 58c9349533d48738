"""What runs inside a model's own environment, from Python 3.8 on and with the NumPy and pandas of its time.

program      the process: loads the libraries, locks itself in, answers one question after the other
restoring    the model, out of its file, past the same guards as here
describing   what the model says about itself
answering    what it says about rows
"""
