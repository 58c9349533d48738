"""What the server does when it is started, before anybody comes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from visiting_app import ROOT

STARTED = """
import sys
from streamlit import config
config.set_option("secrets.files", [sys.argv[1]])
import Home
from ui import starting
print(starting.nursery()._limits.memory)
"""


def test_settings_among_the_secrets_hold_for_workers_from_the_beginning(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text("KLARTEXT_MEMORY = 300000000\n")
    found = subprocess.run(
        [sys.executable, "-c", STARTED, str(secrets)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert found.stdout.split() == ["300000000"]
