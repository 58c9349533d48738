"""Files that hold no model Klartext opens: each is named for what it is, so that its remedy can be said."""

from __future__ import annotations

import io
import json
import re
import struct
import tarfile
from collections.abc import Sequence
from typing import Any

from xai.errors import OpeningError
from xai.opening.containers import size_text

_HEAD = 1 << 16
_SHORT = 200  # characters: no model is as short as that
_MESSAGE = 10_000  # bytes: what a server says instead of a file
_LONGEST = 200
_MOST_NAMED = 5
_MODEL_ENDINGS = (".joblib", ".pkl", ".pickle", ".sav", ".skops", ".cloudpickle", ".cbm", ".ubj", ".p", ".pk")

# What zip archives of other programs contain, and what those are.
_NETWORKS_IN_ZIP = (("/data.pkl", "PyTorch"), ("/constants.pkl", "PyTorch"), ("model.weights.h5", "Keras"))
_IN_ZIP = (("xl/workbook.xml", "Excel"), (".npy", "NumPy"), ("word/document.xml", "Word"))
_EXPORTS_IN_ZIP = (("model.ini", "H2O MOJO"), ("Manifest.json", "Core ML"))
_NETWORKS = ("PyTorch", "GGUF")
_TABLES = ("Parquet", "Feather")
_CODE = re.compile(r"^(import \w|from [\w.]+ import |def \w+\(|class \w+[:(]|#!.*python|@\w)", re.MULTILINE)
_REFUSED = re.compile(
    r"\s*(HTTP\S* )?([45]\d\d\b|not found|access denied|forbidden|unauthorized|entry not found|repository not found"
    r"|invalid (username|credentials)|no such|bad request|rate limit)",
    re.IGNORECASE,
)


def refusal(kind: str, data: bytes) -> OpeningError:
    """The error for a file of this kind (as `containers.sniff` calls it), from its content."""
    if kind == "empty":
        return OpeningError("empty-file")
    if kind == "git-lfs":
        return OpeningError("git-lfs-pointer", size=size_text(len(data)))
    if kind == "html":
        return OpeningError("html-page")
    if kind == "text":
        return _text(data)
    if kind == "tar":
        return _tar(data)
    if kind == "binary":
        return _binary(data)
    if kind in _NETWORKS or (kind == "HDF5" and _mentions(data, b"keras_version", b"model_weights", b"layer_names")):
        return OpeningError("neural-network", format="Keras" if kind == "HDF5" else kind)
    if kind == "R":
        return OpeningError("exported-model", format="R (rds, RData)")
    if kind == "XGBoost":
        return OpeningError("xgboost-binary")
    if kind == "joblib < 0.10":
        return OpeningError("joblib-too-old")
    if kind in _TABLES:
        return OpeningError("table-as-model", found=kind)
    if kind in ("RAR", "7-Zip"):
        return OpeningError("archive", kind=kind, found="–")
    return OpeningError("not-a-model", found={"OLE": "Office"}.get(kind, kind))


# --- archives --------------------------------------------------------------------------------------------------------


def archive(names: Sequence[str], kind: str = "ZIP") -> OpeningError:
    """The error for an archive with these members."""
    files = [name for name in names if not name.endswith("/") and "__MACOSX" not in name]
    for ending, program in _NETWORKS_IN_ZIP:
        if any(name.endswith(ending) for name in files):
            return OpeningError("neural-network", format=program)
    for ending, program in _EXPORTS_IN_ZIP:
        if any(name.endswith(ending) for name in files):
            return OpeningError("exported-model", format=program)
    if any(name.endswith("xl/workbook.xml") for name in files):
        return OpeningError("table-as-model", found="Excel")
    for ending, program in _IN_ZIP:
        if any(name.endswith(ending) for name in files):
            return OpeningError("not-a-model", found=program)
    models = [name for name in files if name.lower().endswith(_MODEL_ENDINGS)]
    if any(name.rsplit("/", 1)[-1] == "MLmodel" for name in files) and models:
        return OpeningError("mlflow-folder", member=models[0][:_LONGEST])
    if len(models) == 1:
        return OpeningError("archive-with-model", kind=kind, member=models[0][:_LONGEST])
    if any(name.endswith("saved_model.pb") for name in files):
        return OpeningError("neural-network", format="TensorFlow")
    shown = ", ".join(name[:80] for name in files[:_MOST_NAMED]) + (", …" if len(files) > _MOST_NAMED else "")
    return OpeningError("archive", kind=kind, found=shown or "–")


def _tar(data: bytes) -> OpeningError:
    names: list[str] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as opened:
            for member in opened:
                names.append(member.name)
                if len(names) > 1_000:
                    break
    except (tarfile.TarError, EOFError, ValueError, OSError):
        return OpeningError("truncated-file", size=size_text(len(data)))
    return archive(names, "tar")


# --- binary ----------------------------------------------------------------------------------------------------------


def _binary(data: bytes) -> OpeningError:
    if data[:1] == b"\x08" and data[2:3] in (b"\x12", b"\x1a", b"\x3a", b"\x42") and data[1] < 16:
        if _mentions(data, b"ai.onnx", b"skl2onnx", b"OnnxML", b"onnx", b"pytorch"):
            return OpeningError("exported-model", format="ONNX")
        if data[1] == 1 and _mentions(data, b"serve", b"tensorflow", b"MetaGraph"):
            return OpeningError("neural-network", format="TensorFlow")
    if data[4:8] == b"TFL3":
        return OpeningError("neural-network", format="TensorFlow Lite")
    if data[8:10] == b'{"' and struct.unpack("<Q", data[:8])[0] < len(data):
        return OpeningError("neural-network", format="safetensors")
    if len(data) >= 16 and data[0] in (1, 2) and struct.unpack("<I", data[12:16])[0] == len(data):
        return OpeningError("unknown-packing", kind="Blosc")  # it begins with its version and its own length
    return OpeningError("not-a-model", found=f"Bytes {data[:4].hex(' ')} …")


def _mentions(data: bytes, *words: bytes) -> bool:
    return any(word in data for word in words)


# --- text ------------------------------------------------------------------------------------------------------------


def _text(data: bytes) -> OpeningError:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = data[:_HEAD].decode(encoding, "replace").lstrip("\ufeff").strip()
    if text.startswith("<"):
        return _markup(text, len(data))
    if text.startswith(("{", "[")) and (found := _json(data, len(data))) is not None:
        return found
    if len(data) < _MESSAGE and _REFUSED.match(text):
        return OpeningError("error-body", said=_shortened(text))
    if re.search(r"^(flavors|artifact_path|model_uuid):", text, re.MULTILINE):
        member = re.search(r"^\s*(?:model_path|pickled_model): (\S+)", text, re.MULTILINE)
        return OpeningError("mlflow-description", member=member.group(1)[:_LONGEST] if member else "model.pkl")
    if text.startswith("booster["):
        return OpeningError("model-dump", library="XGBoost")
    if len(_CODE.findall(text)) > 1 or text.startswith("#!"):
        return OpeningError("source-code")
    if is_delimited(text):
        return OpeningError("table-as-model", found="CSV")
    if len(text) < _SHORT:
        return OpeningError("placeholder-text", said=_shortened(text))
    return OpeningError("not-a-model", found="Text")


def _markup(text: str, size: int) -> OpeningError:
    if "<PMML" in text:
        return OpeningError("exported-model", format="PMML")
    if re.search(r"<(html|!doctype html)", text, re.IGNORECASE):
        return OpeningError("html-page")
    code = re.search(r"<(?:Code|Message|title)>([^<]*)<", text)
    if "<Error" in text and size < _MESSAGE:
        return OpeningError("error-body", said=_shortened(code.group(1) if code else text))
    return OpeningError("not-a-model", found="XML")


def _json(data: bytes, size: int) -> OpeningError | None:
    """JSON by what stands at its top; None where it is none."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        return _json_object(found, size)
    records = isinstance(found, list) and found and all(isinstance(item, dict) for item in found[:10])
    if records and "nodeid" in found[0]:
        return OpeningError("model-dump", library="XGBoost")
    return OpeningError("table-as-model", found="JSON") if records else OpeningError("not-a-model", found="JSON")


def _json_object(found: dict[str, Any], size: int) -> OpeningError:
    if "cells" in found and "nbformat" in found:
        return OpeningError("notebook")
    if "tree_info" in found and "feature_names" in found:
        return OpeningError("model-dump", library="LightGBM")
    lowered = {key.lower(): value for key, value in found.items()}
    for key in ("error", "message", "detail", "errors"):
        if key in lowered and size < _MESSAGE:
            return OpeningError("error-body", said=_shortened(lowered[key]))
    return OpeningError("not-a-model", found="JSON")


def is_delimited(text: str) -> bool:
    """Whether the first lines are divided alike: a table."""
    lines = [line for line in text.splitlines()[:6] if line.strip()][:5]
    counts = {mark: [line.count(mark) for line in lines] for mark in (",", ";", "\t", "|")}
    return len(lines) > 1 and any(min(found) > 0 and max(found) == min(found) for found in counts.values())


def _shortened(thing: Any) -> str:
    text = " ".join(str(thing).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
