"""A schedule as it was asked for: what is to run, where, how often, and what it needs of the environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newscrawl.cli.cadence import Cadence, parse_cadence
from newscrawl.cli.terminal import STORE, CommandError, warn

DATABASE_VARIABLE = "NEWSCRAWL_DATABASE_URL"
VARIABLES = (DATABASE_VARIABLE, "NEWSCRAWL_ARCHIVE", "NEWSCRAWL_OUTLETS", "NEWSCRAWL_WEIGHTS")  # those a crawl reads
CRON_PATH = "/usr/bin:/bin"  # all that cron gives a command
MAX_NAME = 60
PASSWORD_ADVICE = f"""\
the database URL holds a password, which the crontab or unit and the list of processes would show. Put it into a file
that only you can read, and give --env-file newscrawl.env in place of --db:
  (umask 077; echo "{DATABASE_VARIABLE}='postgresql://USER:PASSWORD@HOST/NAME'" > newscrawl.env)
or leave the password out of the URL, and keep it in ~/.pgpass"""
NOTHING = "nothing to schedule: name outlets, or --all; newscrawl outlets list shows the outlets"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A command that is to run again and again."""

    name: str
    cadence: Cadence
    folder: Path  # absolute; where it runs
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    env_file: Path | None = None  # absolute; a file of NAME=value lines with what nobody else may read


def name_of(name: str | None, slugs: Sequence[str], every: bool) -> str:
    """The name of a schedule: as given, else of what it crawls.

    Raises:
        CommandError: There is none, or it is none for a file.
    """
    if not (name or slugs or every):
        raise CommandError(NOTHING)
    chosen = name or ("all" if every else "-".join(slugs))
    if len(chosen) > MAX_NAME:
        raise CommandError(f"{len(chosen)} characters are a long name; give it one of {MAX_NAME} at most: --name NAME")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", chosen):
        raise CommandError(f"--name: expected letters, digits, `_`, `.` and `-`, got {chosen!r}")
    return chosen


def cadence_of(every: str) -> Cadence:
    """Read --every.

    Raises:
        CommandError: It is no interval, or none that cron can say.
    """
    try:
        return parse_cadence(every)
    except ValueError as error:
        raise CommandError(f"--every: {error}") from error


def check_outlets(slugs: Sequence[str], every: bool, folders: Sequence[Path]) -> None:
    """Make sure that there is something to crawl; tell of outlet files that cannot be used.

    Raises:
        CommandError: An outlet is unknown, a folder is not there, or there is no outlet at all.
    """
    from newscrawl.outlets.registry import load_outlets, user_folders

    if not (slugs or every):
        raise CommandError(NOTHING)
    for folder in folders:
        if not folder.is_dir():
            advice = f"newscrawl outlets add URL --into {folder} makes it"
            raise CommandError(f"--outlets: {folder}: no such folder; {advice}")
    registry = load_outlets(user_folders(folders), () if every else slugs)
    problems = registry.problems(slugs)
    if problems:
        raise CommandError("\n".join(problems))
    if not registry.outlets:
        raise CommandError("no outlet is configured: add one with newscrawl outlets add URL")
    if every:
        for fault in registry.faults:
            warn(f"this outlet will not be crawled: {fault}")


def environment_of(db: str | None, archive: Path | None, env_file: Path | None) -> dict[str, str]:
    """What a run needs of today's environment, which cron does not know.

    Raises:
        CommandError: The database's password would become readable, or the file for it lacks it.
    """
    from newscrawl.store.engine import StoreError, has_password

    url = db or os.environ.get(DATABASE_VARIABLE)
    try:
        is_secret = bool(url) and has_password(str(url))
    except StoreError as error:
        raise CommandError(str(error), STORE) from error
    if is_secret and (db or not env_file):
        raise CommandError(PASSWORD_ADVICE)
    replaced = {DATABASE_VARIABLE: db or is_secret, "NEWSCRAWL_ARCHIVE": archive}
    if env_file is not None:
        in_file = _names_in(env_file)
        if is_secret and DATABASE_VARIABLE not in in_file:
            raise CommandError(f"{env_file}: no {DATABASE_VARIABLE} in it; write {DATABASE_VARIABLE}='postgresql://…'")
        replaced |= dict.fromkeys(in_file, True)
    return {name: value for name in VARIABLES if (value := os.environ.get(name)) and not replaced.get(name)}


def _names_in(env_file: Path) -> list[str]:
    """The variables that a file sets."""
    try:
        text = env_file.read_text(encoding="utf-8")
        mode = env_file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--env-file: {env_file}: cannot be read: {error}") from error
    if mode & 0o077:
        warn(f"{env_file}: others can read it; chmod 600 {env_file}")
    return re.findall(r"^([A-Za-z_][A-Za-z0-9_]*)=", text, re.MULTILINE)


def words_of(options: Mapping[str, object]) -> list[str]:
    """Options as words of the command."""
    words: list[str] = []
    for option, value in options.items():
        if value is True:
            words.append(option)
        elif isinstance(value, list):
            words += [word for one in value for word in (option, str(one))]
        elif value is not None and value is not False:
            words += [option, str(value)]
    return words


def plan_of(
    name: str, cadence: Cadence, words: Sequence[str], environment: Mapping[str, str], env_file: Path | None
) -> Schedule:
    """The schedule of `newscrawl crawl WORDS` in this folder.

    Raises:
        CommandError: A word cannot be written, or this newscrawl has no path of its own.
    """
    folder = Path.cwd()
    command = (_executable(), "crawl", *words, "--quiet")
    for text in (str(folder), str(env_file), *command, *environment.values()):
        if not text.isprintable():
            raise CommandError(f"neither cron nor systemd takes a line end or a control character: {text!r}")
    spread = cadence.spread(f"{folder}\n{name}")
    return Schedule(name, spread, folder, command, environment, env_file.absolute() if env_file else None)


def _executable() -> str:
    """The absolute path of the newscrawl that runs."""
    for found in (Path(sys.argv[0]).absolute(), Path(sys.executable).with_name("newscrawl")):
        if found.name == "newscrawl" and os.access(found, os.X_OK) and found.is_file():
            return str(found)
    raise CommandError("the newscrawl command is not installed beside this Python: pip install it into an environment")
