"""`python -m xai`: the same questions in a terminal."""

import sys

from xai.cli import main

sys.exit(main())
