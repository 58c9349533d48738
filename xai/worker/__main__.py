"""`python -m xai.worker`: the program of the workers, started by the app and by nobody else.

--control N: load everything, then fork a worker for each request (the way of Linux).
--single N: be one worker, for systems that cannot fork.
--bytecode: what is loaded before a worker is forked may be kept as bytecode, as Python does it.
N is the number of an inherited socket. Windows cannot inherit one: with --shared its description is read from
standard input.
"""

from __future__ import annotations

import argparse
import gc
import socket
import sys

from xai.limits import Limits
from xai.worker.undocumented import undocumented


def main() -> None:
    """Serve until the other end of the socket is closed."""
    parser = argparse.ArgumentParser(prog="python -m xai.worker")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--control", type=int, metavar="N")
    way.add_argument("--single", type=int, metavar="N")
    way.add_argument("--shared", action="store_true")
    parser.add_argument("--memory", type=int, default=0, metavar="BYTES")
    parser.add_argument("--bytecode", action="store_true")
    parser.add_argument("--beside", type=int, metavar="N", help="socket of a program that holds the model")
    asked = parser.parse_args()
    limits = Limits.from_environment()
    if asked.control is not None:
        gc.disable()  # until everything is loaded: none of it is garbage, and looking for some takes a tenth longer
        sys.dont_write_bytecode = not asked.bytecode
        with undocumented():
            from xai.worker.zygote import run

        run(socket.socket(fileno=asked.control), limits)
    else:
        with undocumented():
            from xai.worker.serve import serve

        end = socket.fromshare(sys.stdin.buffer.read()) if asked.shared else asked.single
        serve(end, limits, asked.memory, asked.beside)


if __name__ == "__main__":
    main()
