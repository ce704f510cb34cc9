"""What Datasette is told of the store: facets, the search, canned queries, and every column in words."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from newscrawl.store.models import Base
from newscrawl.store.models.views import VIEWS

DATABASE = "newscrawl"
FACETS = ["outlet", "language", "wire", "access"]
_QUERY = re.compile(r"-- (.+)\n((?:[^-\n].*\n)+)")


def metadata() -> dict[str, Any]:
    """As Datasette takes it."""
    tables: dict[str, dict[str, Any]] = {
        name: {"description": view.comment, "columns": {name: of.comment for name, of in view.columns.items()}}
        for name, view in VIEWS.items()
    }
    for table in Base.metadata.sorted_tables:
        columns = {column.name: column.comment for column in table.columns if column.comment}
        tables[table.name] = {"description": table.comment, "columns": columns}
    tables["alembic_version"] = {"hidden": True}
    tables["articles"] |= {"label_column": "headline", "sort_desc": "id"}
    tables["outlets"] |= {"label_column": "name"}
    tables["clean_articles"] |= {
        "title": "Articles",
        "facets": FACETS,
        "sort_desc": "first_seen_at",
        "fts_table": "article_words",
        "fts_pk": "id",
    }
    database = {"title": "Queries and tables", "tables": tables, "queries": queries()}
    return {"title": "newscrawl", "databases": {DATABASE: database}}


def queries() -> dict[str, dict[str, str]]:
    """Those of the README, by a name for the URL."""
    text = files("newscrawl.cli.browse").joinpath("queries.sql").read_text(encoding="utf-8")
    found = [(title, sql.strip().removesuffix(";")) for title, sql in _QUERY.findall(text)]
    return {
        re.sub("[^a-z]+", "-", title.lower()).strip("-"): {"title": title[0].upper() + title[1:], "sql": sql}
        for title, sql in found
    }
