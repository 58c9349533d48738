"""What a file may call, and with which arguments. Every callable of the allow-list has its check here."""

from __future__ import annotations

import datetime
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.random import BitGenerator
from numpy.random import _pickle as random_pickles

from xai.errors import OpeningError
from xai.opening.allowed import Allowed, allowed
from xai.opening.arrays import ArrayWrapper
from xai.opening.guards import arrays
from xai.opening.guards.distributions import is_distribution
from xai.opening.guards.names import Given

try:
    import pyarrow as pa
except ImportError:  # an old model's own environment may lack it: then none of its names is given either
    pa = None

if TYPE_CHECKING:
    from xai.opening.allowed import Name

    Arguments = tuple[Any, ...]
    Check = Callable[[Arguments, Given], bool]

_DTYPE = re.compile(r"[|<>=]?([?bhilqpBHILQPefdgFDG]|[biufc]\d{1,2}|[SUVa]\d{0,9}|O8?|[mM]8?)")
_LONGEST_PATTERN = 2_000
_PATTERN_METHODS = frozenset({"findall", "match", "search", "fullmatch", "split", "finditer", "sub"})
_TEXT_METHODS = frozenset({"lower", "upper", "strip", "split", "casefold", "title", "lstrip", "rstrip", "capitalize"})
_DISTRIBUTION_METHODS = frozenset({"_entropy"})
_FACTORIES = (int, float, list, dict, set, str, OrderedDict, None)
_BIT_GENERATORS = frozenset({"MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"})
_INDEX_FIELDS = frozenset({
    "data", "name", "names", "levels", "codes", "sortorder", "start", "stop", "step", "dtype", "freq", "tz", "left",
    "right", "closed", "copy",
})  # fmt: skip
_TEXT_TYPES = frozenset({"string", "large_string", "utf8", "large_utf8"})
_MOST_OUTPUTS = 10_000
# pandas 1.3 pickles a partial of the first; newer versions have the second in its place
BLOCKS = frozenset({("pandas.core.internals.blocks", "new_block"), ("pandas._libs.internals", "_unpickle_block")})
# Where NumPy before 1.20 and SciPy of its time found their element-wise functions, and where these are listed.
_NUMPY, _SCIPY = "numpy._core._multiarray_umath", "scipy.special._ufuncs"
_UFUNC_HOMES = {
    **dict.fromkeys(("numpy", "numpy.core", "numpy.core.umath", "numpy.core._multiarray_umath"), _NUMPY),
    **dict.fromkeys(("scipy.special", "scipy.special._ufuncs"), _SCIPY),
}
_LOSS_MODULES = ("sklearn._loss._loss", "sklearn.linear_model._sgd_fast", "_loss")


def check_call(function: Any, arguments: Any, given: Given) -> None:
    """Pass where the file may call this with these. Raises OpeningError "forbidden-call"."""
    name = given.name_of(function)
    if isinstance(function, partial) and given.name_of(function.func) in BLOCKS:
        name, arguments = given.name_of(function.func), (*arguments, *function.keywords.values())
    check = check_of(name, given.allowed) if name else None
    if check is None or type(arguments) is not tuple or not check(arguments, given):
        raise OpeningError("forbidden-call", name=_readable(name, function))


def check_of(name: Name, names: Allowed | None = None) -> Check | None:
    """How the arguments of a listed callable are looked at; None for what may not be called."""
    names = names or allowed()
    if name not in names.called and name not in names.repaired:
        return None
    if name[0] in _LOSS_MODULES:
        return _old_loss if name[1].startswith("__pyx_unpickle_") else _numbers
    return CHECKS.get(name)


def check_result(result: Any) -> Any:
    """What a call returned. Arrow believes lengths and offsets, so it is asked to look at them itself."""
    if pa is not None and isinstance(result, pa.Array):
        try:
            result.validate(full=True)
        except pa.ArrowException as error:
            raise OpeningError("tampered-file", found="pyarrow.Array") from error
    return result


def _readable(name: Name | None, function: Any) -> str:
    return ".".join(name) if name else f"{type(function).__module__}.{type(function).__name__}"


def _all(*kinds: type) -> Check:
    return lambda arguments, given: all(type(argument) in kinds for argument in arguments)


def _exactly(*kinds: type | tuple[type, ...]) -> Check:
    def check(arguments: Arguments, given: Given) -> bool:
        return len(arguments) == len(kinds) and all(map(isinstance, arguments, kinds))

    return check


def _encode(arguments: Arguments, given: Given) -> bool:
    return len(arguments) == 2 and type(arguments[0]) is str and arguments[1] == "latin1"


def _bytearray(arguments: Arguments, given: Given) -> bool:
    # a number would be a length, without anything behind it
    return not arguments or (len(arguments) == 1 and type(arguments[0]) is bytes) or _latin(arguments)


def _latin(arguments: Arguments) -> bool:
    return len(arguments) == 2 and type(arguments[0]) is str and arguments[1] in ("latin1", "latin-1")


def _nothing(arguments: Arguments, given: Given) -> bool:
    return arguments == ()


def _one_list(arguments: Arguments, given: Given) -> bool:
    return not arguments or (len(arguments) == 1 and type(arguments[0]) in (list, tuple))


def _getattr(arguments: Arguments, given: Given) -> bool:
    if len(arguments) != 2 or type(arguments[1]) is not str:
        return False
    thing, name = arguments
    if thing is str:
        return name in _TEXT_METHODS
    return (type(thing) is re.Pattern and name in _PATTERN_METHODS) or (
        is_distribution(thing) and name in _DISTRIBUTION_METHODS
    )


def _defaultdict(arguments: Arguments, given: Given) -> bool:
    return not arguments or (len(arguments) == 1 and any(arguments[0] is factory for factory in _FACTORIES))


def _reconstructor(arguments: Arguments, given: Given) -> bool:
    if len(arguments) != 3 or not (given.is_class(arguments[0]) or arguments[0] is ArrayWrapper):
        return False
    _, base, state = arguments
    return (base is object and state is None) or (base in (dict, tuple, list) and type(state) is base)


def _moment(arguments: Arguments, given: Given) -> bool:
    kinds = (bytes, int, type(None), datetime.timezone, datetime.timedelta)
    return all(type(argument) in kinds for argument in arguments)


def _partial(arguments: Arguments, given: Given) -> bool:
    known = len(arguments) == 1 and callable(arguments[0])
    return known and (given.is_referenced(arguments[0]) or given.name_of(arguments[0]) in BLOCKS)


def _dtype(arguments: Arguments, given: Given) -> bool:
    # always a copy: the state that follows would change NumPy's own type for everybody
    fresh = len(arguments) == 3 and all(type(option) in (bool, int) for option in arguments[1:]) and bool(arguments[2])
    return fresh and type(arguments[0]) is str and _DTYPE.fullmatch(arguments[0]) is not None


def _empty_array(arguments: Arguments, given: Given) -> bool:
    known = len(arguments) == 3 and arguments[0] in (np.ndarray, np.matrix)
    return known and arguments[1] == (0,) and arguments[2] in (b"b", "b")


def _empty_masked_array(arguments: Arguments, given: Given) -> bool:
    known = len(arguments) == 4 and arguments[0] is np.ma.MaskedArray and arguments[1] is np.ndarray
    return known and arguments[2] == (0,) and arguments[3] in (b"b", "b")


def _scalar(arguments: Arguments, given: Given) -> bool:
    if len(arguments) != 2 or not isinstance(arguments[0], np.dtype) or type(arguments[1]) is not bytes:
        return False
    return not arguments[0].hasobject and arguments[0].itemsize == len(arguments[1])


def _buffer(arguments: Arguments, given: Given) -> bool:
    return len(arguments) == 4 and arrays.buffer_fits(*arguments)


def _bit_generator(arguments: Arguments, given: Given) -> bool:
    kind = arguments[0] if len(arguments) == 1 else None
    listed = given.is_class(kind) and issubclass(kind, BitGenerator)
    return listed or (type(kind) is str and kind in _BIT_GENERATORS)


def _random_numbers(arguments: Arguments, given: Given) -> bool:
    maker = getattr(random_pickles, "__bit_generator_ctor")
    if not 1 <= len(arguments) <= 2 or (len(arguments) == 2 and arguments[1] is not maker):
        return False
    return isinstance(arguments[0], BitGenerator) or (type(arguments[0]) is str and arguments[0] in _BIT_GENERATORS)


def _cython(arguments: Arguments, given: Given) -> bool:
    known = len(arguments) == 3 and given.is_class(arguments[0])
    return known and type(arguments[1]) is int and arguments[2] is None


def _of_a_class(arguments: Arguments, given: Given) -> bool:
    return len(arguments) == 1 and given.is_class(arguments[0])


def _string_dtype(arguments: Arguments, given: Given) -> bool:
    if not 1 <= len(arguments) <= 2 or arguments[0] not in ("python", "pyarrow", "pyarrow_numpy"):
        return False
    missing = arguments[1] if len(arguments) == 2 else pd.NA
    return missing is pd.NA or (type(missing) is float and math.isnan(missing))


def _block(arguments: Arguments, given: Given) -> bool:
    return len(arguments) == 3 and type(arguments[1]) in (slice, np.ndarray) and type(arguments[2]) is int


def _timestamp(arguments: Arguments, given: Given) -> bool:
    return all(type(argument) in (int, type(None), datetime.timezone) for argument in arguments)


def _index(arguments: Arguments, given: Given) -> bool:
    if len(arguments) != 2 or not given.is_class(arguments[0]) or type(arguments[1]) is not dict:
        return False
    return issubclass(arguments[0], pd.Index) and _INDEX_FIELDS.issuperset(arguments[1])


def _arrow_array(arguments: Arguments, given: Given) -> bool:
    data = arguments[0] if len(arguments) == 1 else None
    return type(data) is tuple and len(data) == 7 and isinstance(data[0], pa.DataType) and str(data[0]) in _TEXT_TYPES


def _arrow_type(arguments: Arguments, given: Given) -> bool:
    return len(arguments) == 1 and type(arguments[0]) is str and arguments[0] in _TEXT_TYPES


def _numbers(arguments: Arguments, given: Given) -> bool:
    return len(arguments) <= 2 and all(type(argument) in (int, float) for argument in arguments)


def _old_loss(arguments: Arguments, given: Given) -> bool:
    name = given.name_of(arguments[0]) if len(arguments) == 3 else None
    known = name is not None and name[0] in _LOSS_MODULES and isinstance(arguments[0], type)
    numbers = () if known and arguments[2] is None else arguments[2] if known else None
    return type(numbers) is tuple and len(numbers) <= 2 and all(type(number) in (int, float) for number in numbers)


def _ufunc(arguments: Arguments, given: Given) -> bool:
    # imports what it is told to: here, element-wise functions on the list and nothing else
    if len(arguments) != 2 or not all(type(argument) is str for argument in arguments):
        return False
    module, name = arguments
    return (_UFUNC_HOMES.get(module), name) in given.allowed.referenced


def _pattern(arguments: Arguments, given: Given) -> bool:
    if len(arguments) != 2 or type(arguments[0]) not in (str, bytes) or type(arguments[1]) is not int:
        return False
    return len(arguments[0]) < _LONGEST_PATTERN


def _tree(arguments: Arguments, given: Given) -> bool:
    """Its constructor reads as many numbers of classes as it is told outputs."""
    if len(arguments) != 3 or type(arguments[1]) is not np.ndarray:
        return False
    features, classes, outputs = arguments
    counts = type(features) is int and type(outputs) is int and 0 <= features < 1 << 31
    fits = counts and classes.dtype == np.intp and classes.shape == (outputs,) and 1 <= outputs <= _MOST_OUTPUTS
    return bool(fits and (classes >= 1).all() and (classes < 1 << 20).all())


CHECKS: Mapping[Name, Check] = {
    ("_codecs", "encode"): _encode,
    ("builtins", "bytearray"): _bytearray,
    ("builtins", "bytes"): _nothing,
    ("builtins", "complex"): _all(float, int),
    ("builtins", "frozenset"): _one_list,
    ("builtins", "getattr"): _getattr,
    ("builtins", "range"): _all(int),
    ("builtins", "set"): _one_list,
    ("builtins", "slice"): _all(int, str, type(None)),  # labels as well: columns from "a" to "c"
    ("collections", "Counter"): _exactly(dict),
    ("collections", "OrderedDict"): _nothing,
    ("collections", "defaultdict"): _defaultdict,
    ("copyreg", "_reconstructor"): _reconstructor,
    ("datetime", "date"): _moment,
    ("datetime", "datetime"): _moment,
    ("datetime", "timedelta"): _moment,
    ("datetime", "timezone"): _moment,
    ("functools", "partial"): _partial,
    ("numpy", "dtype"): _dtype,
    ("numpy._core.multiarray", "_reconstruct"): _empty_array,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("numpy._core.numeric", "_frombuffer"): _buffer,
    ("numpy.core", "_ufunc_reconstruct"): _ufunc,
    ("numpy.ma.core", "_mareconstruct"): _empty_masked_array,
    ("numpy.random._pickle", "__bit_generator_ctor"): _bit_generator,
    ("numpy.random._pickle", "__generator_ctor"): _random_numbers,
    ("numpy.random._pickle", "__randomstate_ctor"): _random_numbers,
    ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"): _cython,
    ("pandas", "StringDtype"): _string_dtype,
    ("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked"): _cython,
    ("pandas._libs.tslibs.timedeltas", "_timedelta_unpickle"): _all(int),
    ("pandas._libs.tslibs.timestamps", "Timestamp"): _timestamp,
    ("pandas._libs.tslibs.timestamps", "_unpickle_timestamp"): _timestamp,
    ("pandas.core.indexes.base", "_new_Index"): _index,
    ("pandas.core.indexes.datetimes", "_new_DatetimeIndex"): _index,
    ("pandas.core.indexes.interval", "_new_IntervalIndex"): _index,
    **dict.fromkeys(BLOCKS, _block),
    ("pandas.core.internals.managers", "BlockManager"): _exactly((tuple, list), list),
    ("pyarrow.lib", "_restore_array"): _arrow_array,
    ("pyarrow.lib", "py_buffer"): _exactly((bytes, bytearray)),
    ("pyarrow.lib", "type_for_alias"): _arrow_type,
    ("re", "_compile"): _pattern,
    ("sklearn.metrics._dist_metrics", "newObj"): _of_a_class,
    ("sklearn.neighbors._ball_tree", "newObj"): _of_a_class,
    ("sklearn.neighbors._kd_tree", "newObj"): _of_a_class,
    ("sklearn.tree._tree", "Tree"): _tree,
}
