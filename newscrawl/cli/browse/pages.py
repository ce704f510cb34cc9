"""The pages: a search that begins with what is new, an article, and the outlets."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, cast
from urllib.parse import urlencode

from datasette import NotFound, Request, Response
from datasette.app import Datasette
from sqlalchemy import Engine

from newscrawl.cli.browse.charts import outlet_cards
from newscrawl.cli.browse.metadata import DATABASE
from newscrawl.cli.browse.shown import marked, show_article, show_hits, show_lines
from newscrawl.cli.browse.storypages import show_story, show_tellings
from newscrawl.store.filters import Filter, FilterError
from newscrawl.store.health.report import read_health, read_runs
from newscrawl.store.queries import find_article, list_articles
from newscrawl.store.search import QueryError, search
from newscrawl.store.stories.reading import list_stories, read_story

LISTED = 30
DAYS, RUNS = 30, 40  # of the outlets' figures and charts
# Nothing of these pages is a script, so that no text of an article can ever be one.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FILTERS = ("outlet", "language", "wire", "access")


class Pages:
    """Answers to requests, each from the store as it is then."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def home(self, datasette: Datasette, request: Request) -> Response:
        """What is new, or what a query finds."""
        asked = {name: " ".join((request.args.get(name) or "").split()) for name in ("q", "order", *FILTERS)}
        filters = {name: asked[name] for name in FILTERS if asked[name]}
        if not asked["q"] and filters:
            return Response.redirect(f"/{DATABASE}/clean_articles?{urlencode(filters)}")
        if asked["q"].startswith(("http://", "https://")):
            found = await asyncio.to_thread(find_article, self._engine, asked["q"])
            if found:
                return Response.redirect(f"/-/article/{found.id}")
        context = await (self._found(asked) if asked["q"] else self._newest())
        context |= {"asked": asked, "listed": LISTED, **await _choices(datasette)}
        return await _page(datasette, request, "newscrawl_home.html", context)

    async def _newest(self) -> dict[str, object]:
        lines = await asyncio.to_thread(list_articles, self._engine, LISTED)
        return {"found": show_lines(lines), "problem": "", "more": False}

    async def _found(self, asked: dict[str, str]) -> dict[str, object]:
        named = {name: (asked[name],) if asked[name] else () for name in FILTERS}
        wanted = Filter(named["outlet"], named["language"], wires=named["wire"], access=cast(Any, named["access"]))
        try:
            hits = await asyncio.to_thread(
                search, self._engine, asked["q"], wanted, limit=LISTED + 1,
                order="date" if asked["order"] == "date" else "relevance",
            )  # fmt: skip
        except (QueryError, FilterError) as error:
            return {"found": [], "problem": str(error), "more": False}
        return {"found": show_hits(hits[:LISTED]), "problem": "", "more": len(hits) > LISTED}

    async def article(self, datasette: Datasette, request: Request) -> Response:
        """One article, as one reads it."""
        number = request.url_vars["id"]
        row = await asyncio.to_thread(find_article, self._engine, number)
        if row is None:
            raise NotFound(f"There is no article {number} in this database.")
        context = {"article": show_article(row), "with_cuts": request.args.get("cuts") == "1"}
        return await _page(datasette, request, "newscrawl_article.html", context)

    async def stories(self, datasette: Datasette, request: Request) -> Response:
        """What several articles tell."""
        outlet, sources = request.args.get("outlet") or "", request.args.get("sources") or "1"
        least = int(sources) if sources.isdecimal() and len(sources) < 3 else 1
        wanted = Filter(outlets=(outlet,) if outlet else ())
        found = await asyncio.to_thread(list_stories, self._engine, wanted, limit=LISTED, min_independent=max(least, 1))
        context = {"stories": list(map(show_story, found)), "outlet": outlet, "sources": least}
        context |= {"outlets": (await _choices(datasette))["outlets"]}
        return await _page(datasette, request, "newscrawl_stories.html", context)

    async def story(self, datasette: Datasette, request: Request) -> Response:
        """One story's timeline."""
        number = request.url_vars["id"]
        found = await asyncio.to_thread(read_story, self._engine, int(number))
        if found is None:
            raise NotFound(f"There is no story {number} in this database.")
        context: dict[str, object] = {"story": show_story(found.story), "articles": show_tellings(found)}
        return await _page(datasette, request, "newscrawl_story.html", context)

    async def outlets(self, datasette: Datasette, request: Request) -> Response:
        """What the outlets give."""
        now = datetime.now(UTC)

        def read() -> list[object]:
            found = read_health(self._engine, [], DAYS, now)
            return list(outlet_cards(found, read_runs(self._engine, RUNS)))

        context = {"outlets": await asyncio.to_thread(read), "days": DAYS}
        return await _page(datasette, request, "newscrawl_outlets.html", context)

    async def style(self) -> Response:
        """How all pages look."""
        return Response(_style(), content_type="text/css; charset=utf-8", headers={"cache-control": "max-age=300"})


async def _page(datasette: Datasette, request: Request, template: str, context: dict[str, object]) -> Response:
    html = await datasette.render_template(template, context | {"is_own": True, "marked": marked}, request=request)
    return Response.html(html, headers={"content-security-policy": POLICY})


async def _choices(datasette: Datasette) -> dict[str, object]:
    """What the store holds, for the form."""
    database = datasette.get_database(DATABASE)
    outlets = await database.execute(
        "SELECT slug, name FROM outlets o WHERE EXISTS (SELECT 1 FROM articles WHERE outlet_id = o.id) ORDER BY slug"
    )
    languages = await database.execute("SELECT DISTINCT language FROM articles WHERE language IS NOT NULL ORDER BY 1")
    articles = (await database.execute("SELECT COUNT(*) FROM articles")).single_value()
    return {
        "outlets": [tuple(row) for row in outlets.rows],
        "languages": [row[0] for row in languages.rows],
        "articles": articles,
    }


@cache
def _style() -> str:
    package = files("newscrawl.cli")
    parts = ("inspection_page/colours.css", "browse/templates/newscrawl.css")
    return "".join(package.joinpath(part).read_text(encoding="utf-8") for part in parts)
