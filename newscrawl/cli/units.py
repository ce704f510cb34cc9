"""A schedule as a service and a timer of systemd."""

from __future__ import annotations

import os
import pwd
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from newscrawl.cli.plan import Schedule

DRAIN_S = 300  # a run that is told to stop waits for the answers that are due, at their outlets' pace
SYSTEM_FOLDER = Path("/etc/systemd/system")

SERVICE = """\
[Unit]
Description=newscrawl: {name}
{after}
[Service]
Type=oneshot
{user}WorkingDirectory={folder}
{environment}ExecStart={command}
# 4: another run holds an outlet; 130: stopped. A degraded run (3) is a failure, so that somebody looks at it.
SuccessExitStatus=4 130
# The extraction processes must outlive the signal: the run ends them when all answers are stored.
KillMode=mixed
TimeoutStopSec={drain_s}
# Above newscrawl's own limits, which cost a page or end the run in order.
MemoryMax={memory_mb}M
"""

TIMER = """\
[Unit]
Description=newscrawl: when {name} runs

[Timer]
OnCalendar={calendar}
Persistent=true
RandomizedDelaySec={delay_s}

[Install]
WantedBy=timers.target
"""


def unit_name(schedule: Schedule) -> str:
    """Name of the service and of the timer, without its ending."""
    return f"newscrawl-{schedule.name}"


def service(schedule: Schedule, folder: Path, memory_mb: int) -> str:
    """The service; in a folder that is not the user manager's, it runs as who writes it."""
    variables = [f"Environment={_word(f'{name}={value}')}\n" for name, value in schedule.environment.items()]
    if schedule.env_file:
        variables.append(f"EnvironmentFile={_path(schedule.env_file)}\n")
    is_user = is_user_folder(folder)
    return SERVICE.format(
        name=schedule.name,
        after="" if is_user else "Wants=network-online.target\nAfter=network-online.target\n",
        user="" if is_user else f"User={pwd.getpwuid(os.getuid()).pw_name}\n",
        folder=_path(schedule.folder),
        environment="".join(variables),
        command=" ".join(_word(word).replace("$", "$$") for word in schedule.command),
        drain_s=DRAIN_S,
        memory_mb=memory_mb,
    )


def timer(schedule: Schedule) -> str:
    """The timer; a start is put off by a tenth of the interval at most."""
    delay_s = min(schedule.cadence.minutes * 6, 300)
    return TIMER.format(name=schedule.name, calendar=schedule.cadence.calendar, delay_s=delay_s)


def enabling(schedule: Schedule, folder: Path, files: Sequence[Path]) -> list[str]:
    """Commands that make systemd run the schedule."""
    start = f"enable --now {unit_name(schedule)}.timer"
    if is_user_folder(folder):
        # without lingering, the user's manager ends with the last login
        return ["systemctl --user daemon-reload", f"systemctl --user {start}", "loginctl enable-linger"]
    commands = ["sudo systemctl daemon-reload", f"sudo systemctl {start}"]
    if folder.resolve() == SYSTEM_FOLDER:
        return commands
    return [f"sudo cp {shlex.join(map(str, files))} {SYSTEM_FOLDER}/", *commands]


def is_user_folder(folder: Path) -> bool:
    """Whether units there are for a user's own manager: ~/.config/systemd/user."""
    return folder.resolve().parts[-2:] == ("systemd", "user")


def _word(text: str) -> str:
    """A word as systemd reads it; `%` begins a specifier."""
    text = text.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./${}?&#~-]+", text, re.ASCII):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _path(path: Path) -> str:
    """A path as a whole value, which is taken without quotes."""
    return str(path).replace("%", "%%")
