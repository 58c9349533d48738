"""Makes the real objects of a file, past all guards: names, calls, states, arrays. Subclasses say what a name gives."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any, ClassVar

import numpy as np

from xai.opening.arrays import ArrayUnpickler, ArrayWrapper
from xai.opening.guards.calls import check_call, check_result
from xai.opening.guards.names import Given
from xai.opening.guards.states import check_state
from xai.opening.opcodes import tampered


class GuardedUnpickler(ArrayUnpickler):
    """Makes what the guards let pass. Raises OpeningError for everything else."""

    dispatch: ClassVar = dict(ArrayUnpickler.dispatch)

    def __init__(self, stream: BytesIO, given: Given, level: int = 0) -> None:
        super().__init__(stream, level)
        self.given = given

    def load_reduce(self) -> None:
        function, arguments = self.stack[-2], self.stack[-1]
        check_call(function, arguments, self.given)
        super().load_reduce()
        check_result(self.stack[-1])

    dispatch[pickle.REDUCE[0]] = load_reduce

    def load_newobj(self) -> None:
        kind, arguments = self.stack[-2], self.stack[-1]
        wrapper = kind is ArrayWrapper
        if not (wrapper or self.given.is_class(kind)) or (arguments != () and not issubclass(kind, tuple)):
            raise tampered(f"NEWOBJ {getattr(kind, '__name__', type(kind).__name__)}"[:80])
        super().load_newobj()

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self) -> None:
        raise tampered("NEWOBJ_EX")

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def load_build(self) -> None:
        thing, state = self.stack[-2], self.stack[-1]
        if not isinstance(thing, ArrayWrapper):
            check_state(thing, state, self.given)
            self.stack[-1] = self.state(thing, state)
        if not self.given.first_state(thing):
            raise tampered(f"{type(thing).__name__}: two states")
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build

    def state(self, thing: Any, state: Any) -> Any:
        """The state to set, once it has passed. Subclasses may bring it into another form."""
        return state

    def array(self, wrapper: ArrayWrapper, data: memoryview) -> np.ndarray:
        if wrapper.count == 0:
            array = np.empty(wrapper.shape, wrapper.dtype)
        else:
            array = np.frombuffer(data, wrapper.dtype).copy()
            array = array.reshape(wrapper.shape[::-1]).T if wrapper.order == "F" else array.reshape(wrapper.shape)
        if not array.dtype.isnative:
            array = array.byteswap().view(array.dtype.newbyteorder("="))
        return array.view(np.matrix) if getattr(wrapper, "subclass", None) is np.matrix else array

    def _read(self, wrapper: ArrayWrapper) -> Any:
        if not isinstance(wrapper.dtype, np.dtype):
            raise tampered("NumpyArrayWrapper: dtype")
        array = super()._read(wrapper)
        if not isinstance(array, np.ndarray):
            raise tampered("NumpyArrayWrapper: no array")
        return array
