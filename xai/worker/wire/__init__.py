"""What crosses between the app and a worker: a JSON header and raw arrays, never a pickle.

The app takes every byte from a worker for hostile. It builds only the class that the question asks for, field by field,
each of its declared type and shape, with bounded sizes. A worker can lie about numbers and about nothing else.
Tables cross as raw arrays as well: Arrow's own format has a reader in C++ and unpacks what it is told to.
"""

from xai.worker.wire.decoding import decode, plain
from xai.worker.wire.encoding import Encoder
from xai.worker.wire.errors import WireError
from xai.worker.wire.frame import Frame, read, write

__all__ = ["Encoder", "Frame", "WireError", "decode", "plain", "read", "write"]
