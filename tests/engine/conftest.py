"""One thread for each library: small data, and several test processes share the processor."""

import os

import pytest

# the limit is for LightGBM, which otherwise takes all processors whatever the number says, and waits for them spinning
for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # read when the libraries are loaded, hence before any of them


@pytest.fixture(scope="session")
def compiled():
    """The compiled kernels; where nobody has compiled them yet that happens here, once for all runs."""
    from xai.compiled import building, loading, place

    path = place.file()
    if path is None:
        pytest.skip("numba is not installed, or there is no folder to keep its code")
    building.build(path)
    return loading.machine_code()


@pytest.fixture
def each_way(compiled, monkeypatch: pytest.MonkeyPatch):
    """Twice: with the compiled kernels, and as if there were none."""

    def ways():
        yield "compiled"
        monkeypatch.setattr("xai.attribution.trees.prepared.machine_code", lambda: None)
        monkeypatch.setattr("xai.compiled.building.begin", lambda: None)
        yield "numpy"

    return ways
