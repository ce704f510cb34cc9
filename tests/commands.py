"""The `newscrawl` command as a process."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

COMMAND = Path(sys.executable).with_name("newscrawl")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("NEWSCRAWL_")}
ENVIRONMENT["OMP_NUM_THREADS"] = "1"  # threads of several trainings that wait for each other take all cores
TIMEOUT_S = 120

Done = subprocess.CompletedProcess[str]


def run(*arguments: str, cwd: Path, stdin: str = "", **environment: str) -> Done:
    """Call the command, in a process that has it loaded: to start Python and import it takes longer than most calls."""
    with tempfile.TemporaryDirectory() as folder:
        given, output, errors = (Path(folder, name) for name in ("stdin", "stdout", "stderr"))
        given.write_text(stdin, encoding="utf-8")
        return run_loaded(["newscrawl", *arguments], cwd, (given, output, errors), {**ENVIRONMENT, **environment})[0]


def run_loaded(
    command: list[str], cwd: Path, files: tuple[Path, Path, Path], environment: Mapping[str, str]
) -> tuple[Done, int]:
    """Call `newscrawl` or `scrapy` with files for its input, output and errors; and the most memory it has had, MiB."""
    call = {
        "arguments": list(map(str, command)), "cwd": str(cwd), "environment": dict(environment),
        "files": list(map(str, files)),
    }  # fmt: skip
    loaded = _idle.pop() if _idle else _Loaded()
    status, peak_mb = loaded.call(call)
    _idle.append(loaded)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files[1:]]
    return subprocess.CompletedProcess(command, status, *texts), peak_mb


def run_anew(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Start Python for the command, as a shell does."""
    return subprocess.run(
        [COMMAND, *arguments], cwd=cwd, input="", capture_output=True, text=True, timeout=TIMEOUT_S,
        env={**ENVIRONMENT, **environment},
    )  # fmt: skip


class _Loaded:
    """A process of `tests.loaded`, for one call at a time; it ends with ours, as its input does."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.loaded"], cwd=Path(__file__).parents[1], env=ENVIRONMENT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def call(self, call: object) -> tuple[int, int]:
        """Exit status, and the most memory, MiB."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(call), file=self._process.stdin, flush=True)
        if not select.select([self._process.stdout], [], [], TIMEOUT_S)[0]:
            self._process.kill()
            raise TimeoutError(f"{call} does not end")
        status, peak = map(int, self._process.stdout.readline().split())
        return status, peak


_idle: list[_Loaded] = []
