"""What newscrawl adds to Datasette: its pages, links to them, and the search of its own index."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from datasette import hookimpl
from jinja2 import Environment
from markupsafe import Markup
from sqlalchemy import Engine

from newscrawl import __version__
from newscrawl.cli.browse.metadata import DATABASE
from newscrawl.cli.browse.pages import Pages
from newscrawl.fulltext.query import QueryError, fts5_match, parse_query

NO_WORDS = '""'  # matches nothing


class Plugin:
    """Hooks of one server."""

    __name__ = "newscrawl.cli.browse"  # the package in which Datasette finds the templates

    def __init__(self, engine: Engine, note: str) -> None:
        self._pages = Pages(engine)
        self._note = note

    @hookimpl
    def register_routes(self) -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
        """Pages of our own; `/` in place of Datasette's list of databases."""
        pages = self._pages
        return [
            (r"/$", pages.home),
            (r"/-/article/(?P<id>[0-9]{1,18})$", pages.article),
            (r"/-/stories$", pages.stories),
            (r"/-/story/(?P<id>[0-9]{1,18})$", pages.story),
            (r"/-/outlets$", pages.outlets),
            (r"/-/newscrawl\.css$", pages.style),
        ]

    @hookimpl
    def prepare_jinja2_environment(self, env: Environment) -> None:
        """What the frame of every page says, those of errors among them."""
        env.globals |= {"newscrawl_version": __version__, "newscrawl_note": self._note, "newscrawl_database": DATABASE}

    @hookimpl(trylast=True)
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """No write, whatever is asked; and Datasette's search box asks our index in its own words.

        Datasette puts a query through its function `escape_fts`. Words in the index are not split as FTS5 would.
        """
        if database == DATABASE:
            conn.execute("PRAGMA query_only = on")
            conn.create_function("escape_fts", 1, _match, deterministic=True)

    @hookimpl
    def render_cell(self, row: Mapping[str, Any], value: object, column: str, table: str | None) -> Markup | None:
        """Numbers of articles and stories as links to them."""
        if column == "story_id" and isinstance(value, int):
            return Markup('<a href="/-/story/{0}">{0}</a>').format(value)
        names = row.keys()
        is_article = column == "article_id" or (
            column == "id" and (table in ("articles", "clean_articles") or (table is None and "headline" in names))
        )
        if not is_article or not isinstance(value, int):
            return None
        return Markup('<a href="/-/article/{0}">{0}</a>').format(value)


def _match(query: str) -> str:
    try:
        return fts5_match(parse_query(query))
    except QueryError:
        return NO_WORDS
