"""skops files: a zip archive with a schema of plain JSON and arrays. Their names go through the same allow-list.

What skops itself trusts plays no part: the schema is read here node by node, and objects get their states through the
same guards as those of a pickle.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.limits import MEGABYTE, limits
from xai.opening.allowed import Name, allowed
from xai.opening.containers import size_text
from xai.opening.guards.calls import check_call, check_result
from xai.opening.guards.names import Given, trouble_with
from xai.opening.guards.states import check_state
from xai.opening.opcodes import tampered

SCHEMA = "schema.json"
# Nodes that can only be one class; skops makes it itself.
FIXED: Mapping[str, tuple[Name, ...]] = {
    "DictNode": (("builtins", "dict"), ("collections", "OrderedDict"), ("sklearn.utils._bunch", "Bunch")),
    "DefaultDictNode": (("collections", "defaultdict"),),
    "ListNode": (("builtins", "list"),),
    "SetNode": (("builtins", "set"),),
    "TupleNode": (("builtins", "tuple"), ("sklearn.impute._iterative", "_ImputerTriplet")),
    "BytesNode": (("builtins", "bytes"),),
    "BytearrayNode": (("builtins", "bytearray"),),
    "SliceNode": (("builtins", "slice"),),
    "JsonNode": (("builtins", "str"),),
    "TreeNode": (("sklearn.tree._tree", "Tree"),),
    "DTypeNode": (("numpy", "dtype"),),
    "MaskedArrayNode": (("numpy.ma", "MaskedArray"), ("numpy.ma.core", "MaskedArray")),
    "RandomStateNode": (("numpy.random.mtrand", "RandomState"),),
    "RandomGeneratorNode": (("numpy.random._generator", "Generator"),),
    "PartialNode": (("functools", "partial"),),
}


def schema_of(archive: zipfile.ZipFile, size: int) -> Any:
    """The schema, once the directory of the archive says that everything in it is of a bearable size.

    Raises OpeningError "unpacks-too-large", "too-deep", ValueError for broken JSON.
    """
    most = min(limits().unpacked_bytes, max(size * limits().unpacked_ratio, limits().unpacked_always))
    if sum(member.file_size for member in archive.infolist()) > most:
        raise OpeningError("unpacks-too-large", size=size_text(size), limit=f"{most // MEGABYTE} MB")
    try:
        return json.loads(archive.read(SCHEMA))
    except RecursionError as error:
        raise OpeningError("too-deep", limit=limits().nesting) from error


def nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    """All nodes of a schema, by whatever name they are held."""
    waiting = [tree]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            if "__loader__" in thing:
                yield thing
            waiting.extend(thing.values())
        elif isinstance(thing, list):
            waiting.extend(thing)


def load_skops(raw: bytes) -> Any:
    """The object of a skops file. Raises OpeningError, "missing-package" where skops is not installed."""
    try:
        from skops.io import _audit, _persist
    except ImportError as missing:
        raise OpeningError("missing-package", package="skops", needed="skops.io") from missing
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        schema = schema_of(archive, len(raw))
        for node in nodes(schema):
            _check_node(node, schema.get("protocol"))
        for member in archive.infolist():
            _check_member(archive, member)
        names = [f"{node['__module__']}.{node['__class__']}" for node in nodes(schema)]
        content, context = _persist.read_schema(archive)
        tree = _audit.get_tree(content, context, trusted=names)
        _audit.audit_tree(tree, trusted=names)
        for node in _inner(tree):
            _guard(node)
        return tree.construct()


def _check_node(node: Mapping[str, Any], protocol: Any) -> None:
    """Its loader is known, and its name is on the list for that use."""
    from skops.io import _audit, _protocol

    loader, name = node["__loader__"], (node.get("__module__"), node.get("__class__"))
    if protocol != _protocol.PROTOCOL and (loader, protocol) in _audit.NODE_TYPE_MAPPING:
        raise tampered(f"skops protocol {protocol}, {loader}")  # read by other rules than those checked here
    if loader == "CachedNode":
        return
    if not all(isinstance(part, str) for part in name):
        raise tampered(str(loader)[:80])
    if loader in FIXED:
        if name not in FIXED[loader]:
            raise tampered(f"{loader}: {'.'.join(name)}"[:200])
    elif loader not in _LISTED or allowed().today(*name) not in _LISTED[loader]():
        raise trouble_with(*name) or tampered(f"{loader}: {'.'.join(name)}"[:200])
    if loader == "PartialNode" and node["content"]["func"].get("__loader__") != "FunctionNode":
        raise OpeningError("forbidden-call", name="functools.partial")
    if loader == "SliceNode" and not all(isinstance(end, int | None) for end in node["content"].values()):
        raise tampered("SliceNode")


def _array_types() -> frozenset[Name]:
    types = {name for name in allowed().referenced if name[0] == "numpy" and isinstance(getattr(np, name[1]), type)}
    return frozenset(types | {("numpy", "ndarray")})


_LISTED: Mapping[str, Callable[[], frozenset[Name]]] = {
    "ObjectNode": lambda: allowed().classes,
    "LossNode": lambda: allowed().called,
    "FunctionNode": lambda: allowed().referenced,
    "TypeNode": lambda: allowed().referenced | {("collections", "OrderedDict")},
    "ConstructorFromReduceNode": lambda: allowed().called,
    "NdArrayNode": _array_types,
    "SparseMatrixNode": lambda: allowed().classes,
}


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Arrays are of the size that their header claims; sparse matrices are archives of arrays."""
    if member.filename.endswith(".npz"):
        with zipfile.ZipFile(io.BytesIO(archive.read(member))) as inner:
            most = max(member.file_size * limits().unpacked_ratio, limits().unpacked_always)
            if sum(part.file_size for part in inner.infolist()) > min(most, limits().unpacked_bytes):
                raise OpeningError(
                    "unpacks-too-large", size=size_text(member.file_size), limit=f"{most // MEGABYTE} MB"
                )
            for part in inner.infolist():
                _check_array(inner, part)
    elif member.filename.endswith(".npy"):
        _check_array(archive, member)


def _check_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    if dtype.hasobject or prod(shape) * dtype.itemsize > member.file_size:
        raise tampered(f"{member.filename}: {dtype} {shape}"[:200])


def _inner(tree: Any) -> Iterator[Any]:
    """Every node object of skops, each once."""
    waiting, seen = [tree], set()
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            waiting.extend(thing.values())
        elif isinstance(thing, list):
            waiting.extend(thing)
        elif hasattr(thing, "children") and id(thing) not in seen:
            seen.add(id(thing))
            yield thing
            waiting.append(thing.children)
            waiting.append(getattr(thing, "cached", None))


def _guard(node: Any) -> None:
    """Objects and trees are made here instead: state and arguments are looked at first."""
    kind = type(node).__name__
    if kind == "ObjectNode":
        node._construct = partial(_object, node)
    elif kind in ("TreeNode", "LossNode"):
        node._construct = partial(_called, node)
    elif kind == "ConstructorFromReduceNode":
        node._construct = lambda: _result((node.module_name, node.class_name), node.content.construct())


def _object(node: Any) -> Any:
    name = allowed().today(node.module_name, node.class_name)
    thing = Given().give(*name)
    thing = thing.__new__(thing)
    state = None if node.attrs is None else node.attrs.construct()
    return thing if state is None else _with_state(thing, state)


def _called(node: Any) -> Any:
    arguments, state = node.args.construct(), node.attrs.construct()
    thing = _result((node.constructor.module_name, node.constructor.class_name), arguments)
    return _with_state(thing, state) if state else thing


def _result(name: Name, arguments: Any) -> Any:
    given = Given()
    function = given.note(name, getattr(import_module(name[0]), name[1]))
    check_call(function, arguments, given)
    return check_result(function(*arguments))


def _with_state(thing: Any, state: Any) -> Any:
    check_state(thing, state, Given())
    if hasattr(thing, "__setstate__"):
        thing.__setstate__(state)
    else:
        thing.__dict__.update(state)
    return thing
