"""A PostgreSQL database as one file, by PostgreSQL's own program."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Connection, text

from newscrawl.store.engine import StoreError

POLL_S = 0.5
INSTALL = "install PostgreSQL's client programs (Debian: apt install postgresql-client; macOS: brew install libpq)"


def dump(connection: Connection, part: Path, revision: str, on_progress: Callable[[str], None]) -> None:
    """Write what the connection's transaction sees as an archive of pg_dump, and read its table of contents back.

    Args:
        connection: In a transaction that is REPEATABLE READ.
        part: The file.
        revision: Of the schema; the dump must hold it.
        on_progress: Gets the state as a line.

    Raises:
        StoreError: The programs are missing, or fail.
    """
    programs = {name: shutil.which(name) for name in ("pg_dump", "pg_restore")}
    if missing := [name for name, path in programs.items() if path is None]:
        raise StoreError(f"{missing[0]}: not in PATH; {INSTALL}")
    place, password = _place(connection)
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    # Other users of this machine see the arguments of a process; its environment they do not.
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    options = ["--format=custom", "--no-password", f"--snapshot={snapshot}", f"--file={part}"]
    command = [str(programs["pg_dump"]), *options, f"--dbname={place}"]
    _run(command, environment, lambda: on_progress(f"{part.stat().st_size / 1e6:.0f} MB"))
    on_progress("checking the copy")
    check = [str(programs["pg_restore"]), "--data-only", "--table=alembic_version", "--file=-", str(part)]
    if revision not in _run(check, environment).split():
        raise StoreError(f"{part}: the dump does not hold schema {revision}; run it again")
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _place(connection: Connection) -> tuple[str, str | None]:
    """Where the connection leads, as libpq writes it, and the password.

    What the driver says of itself will not do: it names options of its own libpq that an older pg_dump does not know.
    """
    from psycopg.conninfo import make_conninfo  # there is a connection, so it is installed
    from psycopg.pq import Conninfo

    _, arguments = connection.dialect.create_connect_args(connection.engine.url)
    password = arguments.pop("password", None)
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}  # the others are the driver's alone
    return make_conninfo("", **{name: value for name, value in arguments.items() if name in known}), password


def _run(command: list[str], environment: Mapping[str, str], tell: Callable[[], None] = lambda: None) -> str:
    """What a program prints; it ends when we do."""
    name = Path(command[0]).name
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603  # PostgreSQL's own programs
        command, env=environment, stdout=pipe, stderr=pipe, text=True, errors="replace"
    ) as process:
        try:
            while True:
                try:
                    out, told = process.communicate(timeout=POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    tell()
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        cause = " ".join(told.replace(f"{name}: error: ", "").split()) or f"exit status {process.returncode}"
        advice = f"; {INSTALL}, of the server's version" if "version mismatch" in cause else ""
        raise StoreError(f"{name}: {cause}{advice}; nothing was left of the copy")
    return out
