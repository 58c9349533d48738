"""`python -m xai`: the same questions in a terminal."""

import os
import sys

from xai.cli import main

try:
    status = main()
    sys.stdout.flush()
except BrokenPipeError:  # the reader (head, less) has seen enough
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = 0
sys.exit(status)
