"""Opens files in a process of its own, one after the other: a crash or a hang of one is seen, and disturbs no other.

Each line on standard input is a job as JSON (`path`, and `rows` to predict after opening); each answer is a line.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

_MEMORY = 4 << 30


def answer(job: dict[str, Any]) -> dict[str, Any]:
    from xai.errors import KlartextError
    from xai.opening import open_estimator, read_table

    try:
        if job.get("table"):
            read_table(Path(job["path"]))
            return {"code": "opened"}
        opened = open_estimator(Path(job["path"]))
    except KlartextError as error:
        return {"code": error.code, "facts": {name: str(fact)[:300] for name, fact in error.facts.items()}}
    # anything else would be a traceback for its user: it is reported and fails the test
    except BaseException as error:
        return {"code": f"{type(error).__name__}: {error}"}
    return {"code": "opened", "jobs": getattr(opened.estimator, "n_jobs", None)}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    warnings.simplefilter("ignore")
    import xai.opening  # noqa: F401 - loaded before the first deadline runs

    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
