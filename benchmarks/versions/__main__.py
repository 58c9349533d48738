"""Models of earlier versions of scikit-learn, opened here: a table of what becomes of them.

python -m benchmarks.versions [VERSION …] [--to docs/versions.md]

Makes one environment per release with uv (kept in the user's cache folder), fits and saves the recipes in each, opens
them here, and compares all answers. What is installed here beside scikit-learn decides what can be opened here:
imbalanced-learn and category-encoders are worth installing. Ends with status 1 where a single answer is wrong.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from pathlib import Path

from benchmarks.versions.comparing import Outcome, outcomes
from benchmarks.versions.environments import fitted
from benchmarks.versions.page import page
from benchmarks.versions.releases import RELEASES, Release

PAGE = Path(__file__).parents[2] / "docs" / "versions.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description="Open what old versions saved.")
    known = [release.version for release in RELEASES]
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"all, or some of {', '.join(known)}")
    parser.add_argument("--to", type=Path, metavar="FILE", help="write the page there (all versions: docs/versions.md)")
    asked = parser.parse_args()
    if unknown := set(asked.versions) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    warnings.simplefilter("ignore")
    to = asked.to or (None if asked.versions else PAGE)
    found: list[Outcome] = []
    for release in reversed(RELEASES):
        if release.version in (asked.versions or known):
            found += _opened(release)
            if to is not None:  # after each: all of them take half an hour
                to.write_text(page(found), encoding="utf-8")
    return int(any(each.how == "wrong" for each in found))


def _opened(release: Release) -> list[Outcome]:
    """What became of the models of one release, said at once."""
    print(f"scikit-learn {release.version} …", flush=True)
    found = list(outcomes(fitted(release)))
    for each in found:
        if each.how == "wrong":
            print(f"  WRONG {each.model}: {each.said}")
    print("  " + ", ".join(f"{count} {how}" for how, count in Counter(each.how for each in found).items()), flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
