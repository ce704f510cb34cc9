"""`newscrawl browse`: the store in a browser, through Datasette."""

from __future__ import annotations

import os
import signal
import socket
import sys
import webbrowser
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import reading
from newscrawl.cli.options import Database
from newscrawl.cli.terminal import CommandError, say, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

EPILOG = "Example: newscrawl browse --db news.db"
PORT = 8001
NEWEST = 10_000


def browse(
    db: Database = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0: a free one.")] = PORT,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address to listen at; others than this machine may read.")
    ] = "127.0.0.1",
    newest: Annotated[
        int, typer.Option("--newest", min=1, metavar="N", help="Of PostgreSQL: how many articles are copied.")
    ] = NEWEST,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    """Read the store in a browser, until Ctrl-C: search, articles with their cuts, outlets, queries, tables.

    Nothing is written, and a crawl may go on meanwhile: the pages show what it stores. A PostgreSQL database is shown
    as it is at the start: its newest articles are copied to a temporary SQLite file, with all that belongs to them.

    Needs `pip install 'newscrawl[browse]'`.
    """
    try:
        from newscrawl.cli.browse.server import serve
    except ModuleNotFoundError as error:
        if error.name not in ("datasette", "uvicorn"):
            raise
        advice = "pip install 'newscrawl[browse]'"
        raise CommandError(f"browse needs {error.name}, which is not installed here: {advice}") from error
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: a copy is not left behind
    with _listening(host, port) as listener, reading(db) as engine, _as_file(engine, newest) as (shown, note):
        url = _url(host, listener.getsockname()[1])
        say(f"{url} shows {note}; Ctrl-C ends.")
        if not _is_loopback(host):
            warn(f"--host {host}: whoever reaches this address can read the whole database, without a password.")
        if not no_open and _has_screen():
            webbrowser.open(url)
        with suppress(KeyboardInterrupt):
            serve(shown, listener, note, names=None if not _is_loopback(host) else {host, "localhost", "127.0.0.1"})


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The port, taken before anything else is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise CommandError(f"--host {host} --port {port}: {error.strerror}; --port 0 takes a free one") from error
        listener.listen()
        yield listener


@contextmanager
def _as_file(engine: Engine, newest: int) -> Iterator[tuple[Engine, str]]:
    """The store as an SQLite file, and what it is in words: of PostgreSQL, a copy that lasts as long as the context."""
    from newscrawl.store.copying import copy_store
    from newscrawl.store.engine import masked, open_engine

    if engine.dialect.name == "sqlite":
        yield engine, str(engine.url.database)
        return
    source = masked(engine.url.render_as_string(hide_password=False))
    with TemporaryDirectory(prefix="newscrawl-browse-") as folder:
        target = f"sqlite:///{Path(folder) / 'newscrawl.db'}"
        copied = copy_store(engine, target, newest, lambda line: say(line, style="dim"))
        copy = open_engine(target, read_only=True)
        try:
            yield copy, f"a copy of the newest {copied:,} articles of {source}"
        finally:
            copy.dispose()


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _has_screen() -> bool:
    """Whether a browser would open in a window: one for the terminal would take the terminal."""
    windowed = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return sys.stdout.isatty() and windowed
