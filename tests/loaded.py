"""Forks a process for each call of `newscrawl` or `scrapy` that stands on its input, and prints what it ended with."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any

from scrapy import cmdline

from newscrawl import cli

# What crawls import, but for what reads the environment then.
for name in ("alembic.command", "scrapy.core.downloader.handlers.http11", "scrapy.crawler", "sqlalchemy.orm"):
    importlib.import_module(name)


def main() -> None:
    while line := sys.stdin.buffer.readline():
        call: dict[str, Any] = json.loads(line)
        pid = os.fork()
        if not pid:
            _become(**call)
            cli.main() if sys.argv[0] == "newscrawl" else cmdline.execute()
            return
        _, status, used = os.wait4(pid, 0)
        print(os.waitstatus_to_exitcode(status), used.ru_maxrss >> 10, flush=True)


def _become(arguments: list[str], cwd: str, environment: dict[str, str], files: list[str]) -> None:
    """Have the arguments, folder, environment and files of the call."""
    sys.argv = arguments
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for number, file in enumerate(files):
        os.dup2(os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115


if __name__ == "__main__":
    main()
