"""Every way a pickle runs a command: opcodes, protocols, trampolines, compressions, arrays of objects."""

from __future__ import annotations

import importlib.util
import io
import marshal
import pickle
import zipfile
from pathlib import Path

import numpy as np
from assembling import (
    BUILD,
    EMPTY_TUPLE,
    INST,
    MARK,
    NEWOBJ,
    NEWOBJ_EX,
    OBJ,
    PACKERS,
    POP,
    REDUCE,
    Hostile,
    Trap,
    bundle,
    call,
    in_joblib,
    lz4_frame,
    name,
    named_on_stack,
    program,
    shell,
    touch,
    value,
    writing,
)

NAME = ("forbidden-global",)
OPCODE = ("tampered-file", "forbidden-global")


def _marshalled(marker: Path) -> bytes:
    code = marshal.dumps(compile(writing(marker), "model", "exec"))
    function = call(
        name("types", "FunctionType"), call(name("marshal", "loads"), value(code)), call(name("builtins", "globals"))
    )
    return program(call(function))


def _swapped_memo(marker: Path) -> bytes:
    # a harmless name is kept under 1, the dangerous one takes its place there
    return program(
        name("numpy", "log1p"),
        b"q\x01",
        POP,
        name("os", "system"),
        b"q\x01",
        POP,
        b"h\x01",
        value((touch(marker),)),
        REDUCE,
    )


def _setstate_of_an_instance(marker: Path) -> bytes:
    thing = name("sklearn.dummy", "DummyClassifier") + EMPTY_TUPLE + NEWOBJ
    state = MARK + value("__setstate__") + name("os", "system") + b"d"
    return program(thing, state, BUILD, value(touch(marker)), BUILD)


def _arrays(marker: Path) -> np.ndarray:
    return np.array([Trap(marker), "model"], dtype=object)


def _nested_arrays(marker: Path) -> np.ndarray:
    inner = np.empty(1, dtype=object)
    inner[0] = _arrays(marker)
    outer = np.empty(1, dtype=object)
    outer[0] = {"model": inner}
    return outer


def _archive_of_pickles(marker: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps(Trap(marker)))
    return stream.getvalue()


def _saved_by_numpy(marker: Path, many: bool) -> bytes:
    stream = io.BytesIO()
    if many:
        np.savez(stream, model=_arrays(marker))
    else:
        np.save(stream, _arrays(marker), allow_pickle=True)
    return stream.getvalue()


def _array_in_another_file(marker: Path) -> bytes:
    wrapper = name("joblib.numpy_pickle_compat", "NDArrayWrapper") + EMPTY_TUPLE + NEWOBJ
    state = {"filename": str(marker) + ".npy", "subclass": None, "allow_mmap": False}
    return program(wrapper, value(state), BUILD)


OPCODES = {
    "reduce": Hostile(lambda m: program(shell(m)), NAME),
    "reduce_name_on_stack": Hostile(lambda m: program(call(named_on_stack("os", "system"), value(touch(m)))), NAME),
    "reduce_dotted_name": Hostile(
        lambda m: program(call(named_on_stack("os", "path.os.system"), value(touch(m)))), NAME
    ),
    "reduce_dotted_library": Hostile(
        lambda m: program(call(named_on_stack("sklearn.pipeline", "np.os.system"), value(touch(m)))), NAME
    ),
    "reduce_posix": Hostile(lambda m: program(call(name("posix", "system"), value(touch(m)))), NAME),
    "instance": Hostile(lambda m: program(MARK, value(touch(m)), INST, b"os\nsystem\n"), OPCODE),
    "object": Hostile(lambda m: program(MARK, name("os", "system"), value(touch(m)), OBJ), OPCODE),
    "new_object": Hostile(lambda m: program(name("subprocess", "Popen"), value((["touch", str(m)],)), NEWOBJ), NAME),
    "new_object_with_options": Hostile(
        lambda m: program(name("subprocess", "Popen"), EMPTY_TUPLE, value({"args": ["touch", str(m)]}), NEWOBJ_EX), NAME
    ),
    "extension_1": Hostile(lambda m: program(b"\x82\x01"), OPCODE),
    "extension_2": Hostile(lambda m: program(b"\x83\x01\x00"), OPCODE),
    "extension_4": Hostile(lambda m: program(b"\x84\x01\x00\x00\x00"), OPCODE),
    "persistent_text": Hostile(lambda m: program(b"Psomewhere\n"), OPCODE),
    "persistent_object": Hostile(lambda m: program(value("somewhere"), b"Q"), OPCODE),
    "buffer_outside": Hostile(lambda m: program(b"\x97", protocol=5), OPCODE),
    "swapped_memo": Hostile(_swapped_memo, NAME),
    "setstate_in_the_state": Hostile(_setstate_of_an_instance, NAME),
    "in_a_key": Hostile(lambda m: program(b"}", shell(m), value(1), b"s"), NAME),
    "in_a_set": Hostile(lambda m: program(b"\x8f", MARK, shell(m), b"\x90"), NAME),
    "dropped_at_once": Hostile(lambda m: program(shell(m), POP, value("model")), NAME),
    "before_it_breaks": Hostile(lambda m: program(shell(m))[:-1] + b"\xff\xff", (*NAME, "damaged-file")),
    "after_a_broken_name": Hostile(
        lambda m: program(name("nowhere_at_all", "Model"), POP, shell(m)), ("custom-code", *NAME)
    ),
    **{f"protocol_{n}": Hostile(lambda m, n=n: pickle.dumps(Trap(m), protocol=n), NAME) for n in range(6)},
}
TRAMPOLINES = {
    "exec": Hostile(lambda m: bundle(call(name("builtins", "exec"), value(writing(m)))), NAME),
    "exec_of_python_2": Hostile(lambda m: bundle(call(name("__builtin__", "execfile"), value(str(m)))), NAME),
    "eval": Hostile(lambda m: bundle(call(name("builtins", "eval"), value(writing(m)))), NAME),
    "open": Hostile(lambda m: bundle(call(name("builtins", "open"), value(str(m)), value("w"))), NAME),
    "import": Hostile(lambda m: bundle(call(name("builtins", "__import__"), value("antigravity"))), NAME),
    "importlib": Hostile(lambda m: bundle(call(name("importlib", "import_module"), value("antigravity"))), NAME),
    "resolve_name": Hostile(
        lambda m: bundle(call(call(name("pkgutil", "resolve_name"), value("os:system")), value(touch(m)))), NAME
    ),
    "getattr_of_a_module": Hostile(
        lambda m: bundle(
            call(
                call(name("builtins", "getattr"), call(name("builtins", "__import__"), value("os")), value("system")),
                value(touch(m)),
            )
        ),
        NAME,
    ),
    "getattr_of_a_function": Hostile(
        lambda m: bundle(call(name("builtins", "getattr"), name("numpy", "log1p"), value("__class__"))),
        ("forbidden-call",),
    ),
    "getattr_of_text": Hostile(
        lambda m: bundle(call(name("builtins", "getattr"), name("builtins", "str"), value("__subclasses__"))),
        ("forbidden-call",),
    ),
    "methodcaller": Hostile(lambda m: bundle(call(name("operator", "methodcaller"), value("system"))), NAME),
    "attrgetter": Hostile(lambda m: bundle(call(name("operator", "attrgetter"), value("system"))), NAME),
    "map": Hostile(lambda m: bundle(call(name("builtins", "map"), name("os", "system"), value([touch(m)]))), NAME),
    "run_path": Hostile(lambda m: bundle(call(name("runpy", "run_path"), value(str(m)))), NAME),
    "timeit": Hostile(lambda m: bundle(call(name("timeit", "timeit"), value(writing(m)))), NAME),
    "profile": Hostile(lambda m: bundle(call(name("cProfile", "run"), value(writing(m)))), NAME),
    "spawn": Hostile(lambda m: bundle(call(name("pty", "spawn"), value(["touch", str(m)]))), NAME),
    "shared_library": Hostile(lambda m: bundle(call(name("ctypes", "CDLL"), value(str(m)))), NAME),
    "marshalled_code": Hostile(_marshalled, NAME),
    "pickle_in_a_pickle": Hostile(lambda m: bundle(call(name("pickle", "loads"), value(pickle.dumps(Trap(m))))), NAME),
    "cloudpickle": Hostile(
        lambda m: bundle(call(name("cloudpickle.cloudpickle", "_make_function"), value(1))), ("code-inside",)
    ),
    "newobj_helper": Hostile(
        lambda m: bundle(call(name("copyreg", "__newobj__"), name("subprocess", "Popen"), value(["touch", str(m)]))),
        NAME,
    ),
    "reconstructor": Hostile(
        lambda m: bundle(
            call(name("copyreg", "_reconstructor"), name("builtins", "str"), name("builtins", "object"), value(None))
        ),
        ("forbidden-call",),
    ),
    "own_code": Hostile(lambda m: bundle(call(name("__main__", "clean"), value(1))), ("custom-code",)),
}
PACKED = {
    **{
        f"{kind}_trap": Hostile(lambda m, pack=pack: pack(pickle.dumps(Trap(m))), NAME)
        for kind, pack in PACKERS.items()
    },
    **{f"{kind}_array": Hostile(lambda m, kind=kind: in_joblib(_arrays(m), (kind, 3)), NAME) for kind in PACKERS},
    "array": Hostile(lambda m: in_joblib(_arrays(m)), NAME),
    "array_in_a_model": Hostile(lambda m: in_joblib({"model": 1, "classes": _arrays(m)}), NAME),
    "nested_arrays": Hostile(lambda m: in_joblib(_nested_arrays(m)), NAME),
    "array_in_another_file": Hostile(_array_in_another_file, NAME),
    "gzip_in_gzip": Hostile(lambda m: PACKERS["gzip"](PACKERS["gzip"](pickle.dumps(Trap(m)))), ("not-a-model",)),
    "something_after_gzip": Hostile(
        lambda m: PACKERS["gzip"](pickle.dumps({"model": 1})) + pickle.dumps(Trap(m)), ("tampered-file",)
    ),
    "old_joblib": Hostile(
        lambda m: b"ZF0x0000000000000010" + PACKERS["zlib"](pickle.dumps(Trap(m))), ("joblib-too-old",)
    ),
    "numpy_file": Hostile(lambda m: _saved_by_numpy(m, many=False), ("not-a-model",)),
    "numpy_archive": Hostile(lambda m: _saved_by_numpy(m, many=True), ("not-a-model",)),
    "pytorch_archive": Hostile(_archive_of_pickles, ("neural-network",)),
}
if importlib.util.find_spec("lz4") is not None:
    PACKED["lz4_trap"] = Hostile(lambda m: lz4_frame(pickle.dumps(Trap(m))), NAME)
    PACKED["lz4_array"] = Hostile(lambda m: in_joblib(_arrays(m), "lz4"), NAME)
FILES = {
    **OPCODES,
    **{f"by_{key}": made for key, made in TRAMPOLINES.items()},
    **{f"in_{k}": v for k, v in PACKED.items()},
}
