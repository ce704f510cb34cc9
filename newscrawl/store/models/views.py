"""What the views hold, in words. Migrations make them; what is said here is what the newest ones say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Boolean, DateTime, Double, Integer, LargeBinary, Table, Text
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator, TypeEngine

from newscrawl.store.models.base import Base, words_of
from newscrawl.store.models.content import Article, ArticleTicker, RemovedBlock, Revision
from newscrawl.store.models.crawl import Fetch, Page, Run, RunOutlet, Source, Url
from newscrawl.store.models.health import OutletYield
from newscrawl.store.models.stories import StoryRow

Kind = Literal["integer", "number", "text", "boolean", "time", "date", "bytes"]
_KINDS: dict[type[Any], Kind] = {
    Boolean: "boolean", Integer: "integer", Double: "number", DateTime: "time", Text: "text",
    LargeBinary: "bytes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view."""

    kind: Kind
    comment: str
    words: tuple[str, ...] = ()  # the only values; empty: any


@dataclass(frozen=True, slots=True)
class View:
    """A view, with its columns in their order."""

    comment: str
    columns: Mapping[str, ViewColumn]


def kind_of(of: TypeEngine[Any]) -> Kind:
    """The type of a column, as people call it."""
    plain = of.impl_instance if isinstance(of, TypeDecorator) else of
    return next(kind for known, kind in _KINDS.items() if isinstance(plain, known))


def _of(table: type[Base], names: str) -> dict[str, ViewColumn]:
    """Columns as they stand in a table."""
    columns = cast(Table, table.__table__).c
    return {
        name: ViewColumn(kind_of(columns[name].type), columns[name].comment or "", words_of(columns[name]))
        for name in names.split()
    }


def _as(attribute: InstrumentedAttribute[Any], **names: str) -> dict[str, ViewColumn]:
    """A column of a table under other names, each with its own comment."""
    return {name: ViewColumn(kind_of(attribute.type), comment) for name, comment in names.items()}


def _text(**comments: str) -> dict[str, ViewColumn]:
    return {name: ViewColumn("text", comment) for name, comment in comments.items()}


def _integer(**comments: str) -> dict[str, ViewColumn]:
    return {name: ViewColumn("integer", comment) for name, comment in comments.items()}


def _number(**comments: str) -> dict[str, ViewColumn]:
    return {name: ViewColumn("number", comment) for name, comment in comments.items()}


_OUTLET = _text(outlet="Short name of the outlet, which commands take")
_ARTICLE = _integer(article_id="Number of the article: clean_articles.id") | _OUTLET
_URL = _text(url="URL of the story, without tracking")

VIEWS: dict[str, View] = {
    "clean_articles": View(
        "The articles with their texts, and all that is known of them",
        _of(Article, "id") | _OUTLET | _text(outlet_name="Name of the outlet, for people")
        | _of(Article, "headline")
        | _text(authors="Who wrote it, in the order of the byline, with ; between; NULL: not stated")
        | _of(Article, "published_at published_precision published_offset modified_at language language_confidence "
              "text chars access access_declared completeness completeness_reason bounded wire machine_translation "
              "reservations section")
        | _text(tags="Keywords as the page names them, with ; between; NULL: none",
                tickers="Traded symbols in their order, EXCHANGE:SYMBOL, with a space between; NULL: none")
        | _of(Article, "description image_url") | _URL
        | _of(Article, "text_hash revision first_seen_at last_seen_at gone_at"),
    ),
    "ticker_mentions": View(
        "The traded symbols that articles name, each with its article",
        _of(ArticleTicker, "symbol mic origin") | _ARTICLE
        | _of(Article, "headline published_at published_precision language wire completeness first_seen_at") | _URL,
    ),
    "article_edits": View(
        "What publishers changed in articles that were stored: a row for each new text",
        _ARTICLE | _of(Revision, "revision")
        | _as(Revision.created_at, edited_at="When the new text was fetched, UTC")
        | _of(Revision, "change_ratio correction")
        | _text(headline="Headline since then", headline_before="Headline until then")
        | _integer(chars="Length of the text since then, characters", chars_before="Its length until then, characters")
        | _URL,
    ),
    "story_coverage": View(
        "The stories: who told each first, how many tell it, and how many of them independently",
        _as(StoryRow.id, story_id="Number of the story: story_articles.story_id")
        | _text(headline="Headline of the article that was published first",
                first_outlet="Outlet that was first, by its short name")
        | _of(StoryRow, "first_article_id first_at last_at articles outlets languages independent")
        | _text(outlet_list="Outlets that tell it, by their short names, with a space between",
                language_list="Languages in which it is told, with a space between"),
    ),
    "daily_counts": View(
        "How many articles outlets published, by day and language",
        _OUTLET
        | {"day": ViewColumn("date", "Day of publication, UTC; NULL: of articles without one")}
        | _of(Article, "language")
        | _integer(articles="Articles", full_articles="Those whose whole story is there",
                   gated="Those for logins or subscribers, or of which a part alone is there",
                   wire_articles="Those that are an agency's or a release distributor's copy",
                   chars="Characters of their texts"),
    ),
    "removed_text": View(
        "What was cut from the current texts of articles",
        _ARTICLE | _of(Article, "headline") | _of(RemovedBlock, "position kind rule score cut_at text") | _URL,
    ),
    "rule_hits": View(
        "How much each rule cut from the current texts of an outlet's articles",
        _OUTLET | _of(RemovedBlock, "kind rule")
        | _integer(blocks="Blocks that it cut", articles="Articles that it cut from", chars="Characters that it cut")
        | _number(min_score="Its least sure cut, 0 to 1"),
    ),
    "outlet_health": View(
        "What each outlet gave in each run",
        _OUTLET | _as(Run.id, run_id="Number of the run") | _of(Run, "started_at status")
        | _integer(sources_ok="Sources that were read", sources_failed="Sources of which a request failed")
        | _of(RunOutlet, "discovered known seen stored updated unchanged duplicate rejected failed pending chars_kept "
              "chars_removed")
        | _number(stored_before="Mean of stored in the 14 runs of it before",
                  removed_share="Share of the characters that were cut, 0 to 1")
        | _of(OutletYield, "links")
        | _number(dated_share="Of the articles stored and updated, the share with a time of publication, 0 to 1",
                  authored_share="The share with an author, 0 to 1")
        | _of(OutletYield, "median_chars")
        | _number(gated_share="The share for logins or subscribers, or of which a part alone is there, 0 to 1",
                  lost_share="Share of the URLs with an outcome that were rejected or failed, 0 to 1")
        | _of(OutletYield, "silent_since")
        | _integer(alarms="Alarms that stood at its end")
        | _text(alarm_text="What they say, with ; between; NULL: there was none"),
    ),
    "url_trace": View(
        "What became of every URL: a row for each fetch of it, or one alone where it was never fetched",
        _as(Url.id, url_id="Number of the URL") | _of(Url, "url") | _OUTLET | _of(Url, "state attempts due_at found_at")
        | _as(Source.url, found_in="URL of the source that named it first; NULL: given by hand")
        | _of(Fetch, "run_id taken_at fetched_at final_url status outcome reason detail")
        | _of(Page, "warc_file warc_offset") | _of(Url, "article_id") | _of(Article, "headline")
        | _of(Url, "revisit_at gone_at"),
    ),
}  # fmt: skip
