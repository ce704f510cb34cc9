"""The `newscrawl` command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).with_name("newscrawl")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("NEWSCRAWL_")}


def run(*arguments: str, cwd: Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], cwd=cwd, input=stdin, capture_output=True, text=True, timeout=120,
        env={**ENVIRONMENT, **environment},
    )  # fmt: skip
