"""The line of a schedule in a crontab: written, changed in place and taken away, with all other lines as they are.

python-crontab writes our line, and sees no other: of a table it moves comments, drops `PATH = /bin`, turns `0 0 * * *`
into `@daily`, and breaks at an empty `MAILTO=` (3.4.0).
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

from crontab import CronTab

from newscrawl.cli.plan import Schedule
from newscrawl.cli.terminal import CommandError

MARK = "newscrawl:"  # begins the comment that tells our lines from others
MAX_LINE = 999  # characters that Debian's cron takes


def cron_line(schedule: Schedule) -> str:
    """The line of a schedule, without its line end.

    Raises:
        CommandError: cron could not take it.
    """
    command = shell_command(schedule)
    if "\\" in command:
        raise CommandError("crons differ in what they make of a backslash; put the command into a script of yours")
    job = CronTab(tab="").new(command=command, comment=MARK + schedule.name)
    job.setall(schedule.cadence.cron)
    line: str = job.render()  # with `%` escaped, which is a line end to cron
    if len(line) > MAX_LINE:
        advice = "use --all, and set NEWSCRAWL_OUTLETS and the like in a file for --env-file"
        raise CommandError(f"the line has {len(line)} characters, and cron takes {MAX_LINE}; {advice}")
    return line


def shell_command(schedule: Schedule) -> str:
    """The command for /bin/sh, which needs nothing of its environment."""
    steps = [f"cd {shlex.quote(str(schedule.folder))}"]
    if schedule.env_file:
        steps += ["set -a", f". {shlex.quote(str(schedule.env_file))}", "set +a"]
    variables = [f"{name}={shlex.quote(value)}" for name, value in schedule.environment.items()]
    steps.append(" ".join([*variables, shlex.join(schedule.command)]))
    return " && ".join(steps)


def find_line(table: str, name: str) -> str | None:
    """The line of a schedule in a table."""
    return next((line.rstrip() for line in table.splitlines() if _name_of(line) == name), None)


def names_in(table: str) -> list[str]:
    """The schedules that a table has lines of."""
    return [name for line in table.splitlines() if (name := _name_of(line))]


def with_line(table: str, name: str, line: str) -> str:
    """The table with the line of a schedule: where its line was, else at the end."""
    kept: list[str] = []
    placed = False
    for old in table.splitlines(keepends=True):
        if _name_of(old) != name:
            kept.append(old)
        elif not placed:
            kept.append(line + "\n")
            placed = True
    if not placed:
        if kept and not kept[-1].endswith("\n"):
            kept[-1] += "\n"
        kept.append(line + "\n")
    return "".join(kept)


def without_line(table: str, name: str) -> str:
    """The table without the line of a schedule."""
    return "".join(line for line in table.splitlines(keepends=True) if _name_of(line) != name)


def read_table(file: Path | None) -> str:
    """The user's crontab, or a file in its place; empty where there is none.

    Raises:
        CommandError: It cannot be read.
    """
    if file is not None:
        return file.read_bytes().decode("utf-8", "surrogateescape") if file.exists() else ""
    done = subprocess.run([_program(), "-l"], capture_output=True, check=False)  # noqa: S603
    if done.returncode and b"no crontab for" not in done.stderr:
        raise CommandError(f"crontab -l: {_text(done.stderr).strip()}")
    return "" if done.returncode else _text(done.stdout)


def write_table(file: Path | None, table: str) -> None:
    """Put a table in the place of the user's crontab, or of a file.

    Raises:
        CommandError: It is refused.
    """
    data = table.encode("utf-8", "surrogateescape")
    if file is not None:
        file.write_bytes(data)
        return
    done = subprocess.run([_program(), "-"], input=data, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError(f"crontab -: {_text(done.stderr).strip()}; nothing was changed")


def _program() -> str:
    found = shutil.which("crontab")
    if found is None:
        advice = "install cron (apt install cron, dnf install cronie), or use --systemd DIR"
        raise CommandError(f"there is no crontab program on this machine: {advice}")
    return found


def _name_of(line: str) -> str | None:
    """The schedule whose line it is."""
    found = re.search(rf" # {MARK}(\S+)\s*$", line)
    return found[1] if found and not line.lstrip().startswith("#") else None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
