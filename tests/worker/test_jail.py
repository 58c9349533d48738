"""What a worker cannot do, tried by code that runs in it; and what it still can."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from doubles import LIMITS

from xai.worker.client import Workers
from xai.worker.environment import environment

ROOT = Path(__file__).parents[2]
CALL = "libc = ctypes.CDLL(None, use_errno=True)\n"
SYSCALL = CALL + (
    "def call(number, *a):\n"
    "    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, a)) == -1: raise OSError(ctypes.get_errno(), '')\n"
)
FORBIDDEN = {
    "read the app's page": f"open({str(ROOT / 'Home.py')!r}).read()",
    "read the app's settings": f"open({str(ROOT / '.streamlit' / 'config.toml')!r}).read()",
    "read a test": f"open({str(Path(__file__))!r}).read()",
    "read the users": "open('/etc/passwd').read()",
    "list the app's folder": f"os.listdir({str(ROOT)!r})",
    "read the app's environment": f"open('/proc/{os.getpid()}/environ', 'rb').read()",
    "read the parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "write a temporary file": "open('/tmp/klartext-test', 'w')",
    "write to shared memory": "open('/dev/shm/klartext-test', 'w')",
    "append to a library": "open(os.__file__, 'a')",
    "remove a file": "os.unlink('/tmp/klartext-test')",
    "make a folder": "os.mkdir('/tmp/klartext-test')",
    "rename": "os.rename('/tmp/a', '/tmp/b')",
    "open a network socket": "socket.socket()",
    "open a datagram socket": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "open a local socket": "socket.socket(socket.AF_UNIX)",
    "make a socket pair": "socket.socketpair()",
    "fork": "os.fork()",
    "start a program": "os.posix_spawn('/bin/true', ['true'], {})",
    "become a program": "os.execv('/bin/true', ['true'])",
    "signal the app": f"os.kill({os.getpid()}, 0)",
    "signal the parent": "os.kill(os.getppid(), 0)",
    "signal a thread of the app": SYSCALL
    + f"call({234 if os.uname().machine == 'x86_64' else 131}, {os.getpid()}, {os.getpid()}, 0)",
    "signal the app through a descriptor": f"import fcntl\nfcntl.fcntl(0, fcntl.F_SETOWN, {os.getpid()})",
    "limit the app": f"import resource\nresource.prlimit({os.getpid()}, resource.RLIMIT_NOFILE, (5, 5))",
    "raise its own limits": "import resource\nresource.prlimit(0, resource.RLIMIT_NOFILE, (5, 5))",
    "share memory": "import mmap\nmmap.mmap(-1, 4096)",
    "make a file in memory": "os.memfd_create('x')",
    "enter namespaces": CALL + "if libc.unshare(0x10000000): raise OSError(ctypes.get_errno(), '')\n0",
    "mount": CALL + "if libc.mount(b'none', b'/mnt', b'tmpfs', 0, 0): raise OSError(ctypes.get_errno(), '')\n0",
    "change the user": "os.setuid(0)",
    "be dumpable again": CALL + "if libc.prctl(4, 1, 0, 0, 0): raise OSError(ctypes.get_errno(), '')\n0",
    "give itself priority": "os.setpriority(os.PRIO_PROCESS, 0, -5)",
    "pin the app to a processor": f"os.sched_setaffinity({os.getpid()}, [0])",
}


@pytest.mark.parametrize("code", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_forbidden_things_are_refused(inside: Callable[[str], str], code: str) -> None:
    assert inside(code) in ("EPERM", "EACCES")


def test_the_environment_holds_nothing_of_the_app(inside: Callable[[str], str]) -> None:
    names = inside("' '.join(os.environ)")
    own = {
        name for name in names.removeprefix("OK: ").split() if not name.startswith("KMP_")
    }  # scikit-learn sets these
    assert own == set(environment(LIMITS))
    foreign = [
        name for name in environment(LIMITS, {"SECRET": "1", "AWS_TOKEN": "2"}) if name in ("SECRET", "AWS_TOKEN")
    ]
    assert foreign == []


def test_only_its_own_socket_is_open(inside: Callable[[str], str]) -> None:
    # standard input, output, error, the socket, and the folder that is being listed
    assert int(inside("len(os.listdir('/proc/self/fd'))").removeprefix("OK: ")) == 5


def test_nothing_of_the_app_can_be_imported(inside: Callable[[str], str]) -> None:
    assert inside("import importlib.util\nimportlib.util.find_spec('Home')") == "OK: None"


def test_memory_ends_at_the_limit(inside: Callable[[str], str]) -> None:
    assert inside("len(bytearray(200 << 20)) >> 20") == "OK: 200"
    tried = "def fill():\n    try: return len(bytearray(500 << 20))\n    except MemoryError: return 'refused'\nfill()"
    assert inside(tried) == "OK: refused"


def test_threads_work_and_end_at_the_limit(inside: Callable[[str], str]) -> None:
    code = (
        "stop, running = threading.Event(), []\n"
        "def many():\n"
        "    try:\n"
        "        for _ in range(500):\n"
        "            running.append(threading.Thread(target=stop.wait)); running[-1].start()\n"
        "    except RuntimeError: running.pop()\n"
        "    stop.set(); return len(running)\n"
        "many()"
    )
    started = int(inside(code).removeprefix("OK: "))
    assert started >= 8
    if os.getuid() != 0:  # the kernel does not count root's threads
        assert started <= 80


def test_libraries_and_time_zones_are_readable(inside: Callable[[str], str]) -> None:
    assert inside("import zoneinfo\nzoneinfo.ZoneInfo('Europe/Berlin').key") == "OK: Europe/Berlin"
    assert inside("import sklearn.datasets\nsklearn.datasets.load_iris().data.shape") == "OK: (150, 4)"


def test_forests_with_many_jobs_predict(inside: Callable[[str], str]) -> None:
    code = (
        "import numpy as np\nfrom sklearn.ensemble import RandomForestRegressor\n"
        "x = np.arange(40.0).reshape(-1, 1)\n"
        "RandomForestRegressor(5, n_jobs=4, random_state=0).fit(x, x[:, 0]).predict(x).shape"
    )
    assert inside(code) == "OK: (40,)"


def test_no_layer_fails(workers: Workers) -> None:
    assert {layer.name: layer.reason for layer in workers.attestation().layers if layer.state == "failed"} == {}
