"""What a skops file says about itself: its schema as the same stand-ins that a pickle is read into."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from xai.opening.scanning import BOOSTERS, Notes, Scan, described
from xai.opening.skops_files import FIXED, nodes
from xai.opening.stand_ins import MOST_BYTES, DType, SmallArray, StandIn

_LISTS = {"ListNode": list, "TupleNode": tuple, "SetNode": list}


def scan_skops(schema: Mapping[str, Any], archive: zipfile.ZipFile) -> Scan:
    """Raises KeyError, TypeError, ValueError, AttributeError, RecursionError for a schema of another form."""
    found = [node for node in nodes(schema) if isinstance(node.get("__class__"), str)]
    names = {f"{node['__module__']}:{node['__class__']}" for node in found if node["__loader__"] not in FIXED}
    reader = _Reader(archive)
    top = reader.thing(schema)
    boosters = [thing for thing in reader.objects if thing.kind.startswith(BOOSTERS)]
    seen = described(top, Notes(names, reader.versions, boosters=boosters))
    written = {"skops": schema.get("_skops_version"), "skops protocol": schema.get("protocol")}
    return replace(seen, eras={name: str(said)[:40] for name, said in written.items() if said is not None})


class _Reader:
    """Makes a stand-in for each node of a schema."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._made: dict[Any, Any] = {}
        self._classes: dict[str, type] = {}
        self.versions: set[str] = set()
        self.objects: list[StandIn] = []

    def thing(self, node: Any) -> Any:
        """Plain values as themselves, everything else as something inert."""
        loader = node["__loader__"]
        if loader == "CachedNode":
            return self._made.get(node.get("__id__"))
        made = self._make(loader, node)
        self._made[node.get("__id__")] = made
        return made

    def _make(self, loader: str, node: Mapping[str, Any]) -> Any:
        content = node.get("content")
        if loader == "JsonNode":
            return json.loads(content)
        if loader in _LISTS:
            return _LISTS[loader](self.thing(item) for item in content)
        if loader == "DictNode":
            return {key: self.thing(item) for key, item in content.items()}
        if loader == "NdArrayNode":
            return self._array(node)
        made = self._class(f"{node.get('__module__', '?')}.{node.get('__class__', '?')}")()
        if isinstance(content, dict) and "__loader__" in content:
            state = self.thing(content)
            made.state = state if isinstance(state, dict) else {}
            if made.attributes.get("_sklearn_version"):
                self.versions.add(str(made.attributes["_sklearn_version"]))
            self.objects.append(made)
        return made

    def _array(self, node: Mapping[str, Any]) -> Any:
        if node.get("type") == "json":
            return [self.thing(item) for item in node["content"]]
        name = node["file"]
        if self._archive.getinfo(name).file_size > MOST_BYTES or not name.endswith(".npy"):
            return SmallArray()
        stream = io.BytesIO(self._archive.read(name))
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
        return SmallArray(DType(dtype.str), shape, stream.read())

    def _class(self, origin: str) -> type:
        if origin not in self._classes:
            self._classes[origin] = type(origin.rsplit(".", 1)[-1] or "?", (StandIn,), {"origin": origin})
        return self._classes[origin]
