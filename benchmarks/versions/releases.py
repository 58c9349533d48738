"""The releases of scikit-learn that the grid is made with, and what stood beside them then."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """One version of scikit-learn."""

    version: str
    python: str  # the newest that has a wheel of this version
    until: str  # packages published later are not used: they no longer fit this version


RELEASES = (
    Release("0.22.2.post1", "3.8", "2020-06-15"),
    Release("0.23.2", "3.8", "2020-11-30"),
    Release("0.24.2", "3.9", "2021-08-15"),
    Release("1.0.2", "3.10", "2022-03-01"),
    Release("1.1.3", "3.10", "2022-11-15"),
    Release("1.2.2", "3.11", "2023-04-15"),
    Release("1.3.2", "3.11", "2023-12-15"),
    Release("1.4.2", "3.12", "2024-05-10"),
    Release("1.5.2", "3.12", "2024-11-15"),
    Release("1.6.1", "3.12", "2025-03-15"),
    Release("1.7.2", "3.13", "2025-10-15"),
    Release("1.8.0", "3.13", "2026-02-15"),
)
