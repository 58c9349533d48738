"""`python -m xai.compiled`: compile the kernels now, for example while an image is built. Later starts then find them.

--politely: give way to everything else on this machine. --try FILE: only say, by the exit status, whether a file of
compiled kernels gives the right numbers.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from xai.compiled import building, place


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m xai.compiled")
    parser.add_argument("--politely", action="store_true")
    parser.add_argument("--try", dest="tried", type=Path, metavar="FILE")
    asked = parser.parse_args()
    if asked.tried is not None:
        return 0 if building.try_out(asked.tried) else 1
    if asked.politely and hasattr(os, "nice"):
        os.nice(10)
    path = place.file()
    if path is None:
        print("numba is not installed, or there is no folder of one's own to write to", file=sys.stderr)
        return 1
    building.build(path)
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
