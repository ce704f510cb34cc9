"""Datasette over the store, as a server: read-only, for this machine, with headers that keep other sites out."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from sqlalchemy import Engine

from newscrawl.cli.browse.metadata import DATABASE, metadata
from newscrawl.cli.browse.plugin import Plugin

SETTINGS = {
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "num_sql_threads": 4,
    "sql_time_limit_ms": 10_000,
    "facet_time_limit_ms": 5_000,
    "default_facet_size": 12,
    "suggest_facets": False,  # it counts every column of every row
    "allow_download": False,  # the file alone is torn while a crawl writes; newscrawl backup is whole
    "truncate_cells_html": 300,
}
# Datasette's own pages hold small scripts and styles in their text. Ours need no script, and say so themselves.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def serve(engine: Engine, listener: socket.socket, note: str, *, names: Collection[str] | None) -> None:
    """Serve the store until the process is told to stop.

    Args:
        engine: The store, an SQLite file.
        listener: Where requests come in.
        note: What is shown, in words.
        names: Hosts that a request may be meant for; None: any.
    """
    plugin = Plugin(engine, note)
    pm.register(plugin, "newscrawl")
    try:
        asyncio.run(_run(_guarded(_datasette(str(engine.url.database)).app(), names), listener))
    finally:
        pm.unregister(plugin)


async def _run(app: App, listener: socket.socket) -> None:
    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=2)
    await uvicorn.Server(config).serve(sockets=[listener])


def _datasette(path: str) -> Datasette:
    # Else every page that is not there is printed with all local variables.
    pm.get_plugin("datasette.handle_exception").rich = None
    datasette = Datasette([], metadata=metadata(), settings=SETTINGS)
    datasette.remove_database("_memory")
    # Opened with mode=ro; not as immutable, for a crawl may write.
    datasette.add_database(Database(datasette, path, is_mutable=True), name=DATABASE)
    return datasette


def _guarded(app: App, names: Collection[str] | None) -> App:
    """The app with headers of our own, and closed to pages of other sites that take on this machine's address."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        asked = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if names is not None and _name(asked) not in names:
            await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This server answers for its own address alone.\n"})
            return

        async def add(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {key.lower() for key, _ in message.get("headers", [])}
                more = [(key.encode(), value.encode()) for key, value in HEADERS.items() if key.encode() not in own]
                message = message | {"headers": [*message.get("headers", []), *more]}
            await send(message)

        await app(scope, receive, add)

    return guarded


def _name(host: str) -> str:
    """A Host header without its port and brackets."""
    return host.rpartition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
