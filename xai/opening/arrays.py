"""joblib's way of writing arrays: between the pickle's own bytes. Subclasses of one unpickler say what becomes of them.

We read the arrays ourselves because joblib's unpickler opens nested pickles and other files on its own.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from xai.opening.opcodes import BoundedUnpickler, tampered

_MOST_AXES = 64
_FIELDS = frozenset({
    "shape", "order", "dtype", "numpy_array_alignment_bytes", "subclass", "allow_mmap", "name", "filename",
})  # fmt: skip
WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
# scikit-learn up to 0.20 brought joblib along
_WRAPPERS = (WRAPPER, ("sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper"))


class ArrayWrapper:
    """Stands where joblib wrote an array: its shape, order and dtype; the numbers follow in the stream."""

    shape: tuple[int, ...]
    order: str
    dtype: Any
    numpy_array_alignment_bytes: int | None = None

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        if not (isinstance(state, dict) and _FIELDS.issuperset(state) and {"shape", "order", "dtype"} <= set(state)):
            raise tampered("NumpyArrayWrapper")
        shape = state["shape"]
        if type(shape) is not tuple or len(shape) > _MOST_AXES or state["order"] not in ("C", "F", None):
            raise tampered("NumpyArrayWrapper")
        if not all(type(length) is int and length >= 0 for length in shape):
            raise tampered(f"NumpyArrayWrapper {shape}"[:80])
        self.__dict__.update(state)

    @property
    def count(self) -> int:
        return prod(self.shape)


class ArrayUnpickler(BoundedUnpickler):
    """Reads pickles and joblib files from memory. Subclasses say what a global and an array become."""

    dispatch: ClassVar = dict(BoundedUnpickler.dispatch)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _WRAPPERS:
            return ArrayWrapper
        return self.resolve(module, name)

    def resolve(self, module: str, name: str) -> Any:
        """What a global of the file stands for."""
        raise NotImplementedError

    def array(self, wrapper: ArrayWrapper, data: memoryview) -> Any:
        """The array of these bytes, or whatever shall stand for it."""
        raise NotImplementedError

    def nested(self) -> ArrayUnpickler:
        """A reader of the same kind for an array of objects, which is a pickle of its own in the stream."""
        raise NotImplementedError

    def load_build(self) -> None:
        super().load_build()
        if isinstance(self.stack[-1], ArrayWrapper):
            self.stack[-1] = self._read(self.stack[-1])

    dispatch[pickle.BUILD[0]] = load_build

    def _read(self, wrapper: ArrayWrapper) -> Any:
        if wrapper.dtype.hasobject:
            return self.nested().load()
        if wrapper.numpy_array_alignment_bytes is not None:
            padding = self.stream.read(1)
            self.stream.seek(padding[0] if padding else 0, 1)
        size = wrapper.count * wrapper.dtype.itemsize
        # Compared before anything is reserved: the length is a claim of the file.
        data = memoryview(self.stream.getbuffer())[self.stream.tell() :][: max(size, 0)]
        if size < 0 or len(data) < size:
            self.stream.seek(0, 2)
            raise EOFError("the file ends inside an array")
        self.stream.seek(size, 1)
        return self.array(wrapper, data)
