"""Views that explain themselves, with a comment on every column, and indexes for what is asked of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CLEAN_ARTICLES = """
    SELECT a.id, o.slug AS outlet, o.name AS outlet_name, a.headline, {authors} AS authors,
           a.published_at, a.published_precision, a.published_offset, a.modified_at, a.language,
           a.language_confidence, a.text, a.chars, a.access, a.access_declared, a.completeness,
           a.completeness_reason, a.bounded, a.wire, a.machine_translation, a.reservations, a.section,
           {tags} AS tags, {tickers} AS tickers, a.description, a.image_url, a.canonical_url AS url, a.text_hash,
           a.revision, a.first_seen_at, a.last_seen_at, a.gone_at
    FROM articles a
    JOIN outlets o ON o.id = a.outlet_id
"""
TICKER_MENTIONS = """
    SELECT t.symbol, t.mic, t.origin, t.article_id, o.slug AS outlet, a.headline, a.published_at,
           a.published_precision, a.language, a.wire, a.completeness, a.first_seen_at, a.canonical_url AS url
    FROM article_tickers t
    JOIN articles a ON a.id = t.article_id
    JOIN outlets o ON o.id = a.outlet_id
"""
# The condition is that of the index.
ARTICLE_EDITS = """
    SELECT r.article_id, o.slug AS outlet, r.revision, r.created_at AS edited_at, r.change_ratio, r.correction,
           r.headline, b.headline AS headline_before, r.chars, b.chars AS chars_before, a.canonical_url AS url
    FROM article_revisions r
    JOIN articles a ON a.id = r.article_id
    JOIN outlets o ON o.id = a.outlet_id
    LEFT JOIN article_revisions b ON b.article_id = r.article_id AND b.revision = r.revision - 1
    WHERE r.cause = 'publisher_edit'
"""
DAILY_COUNTS = """
    SELECT o.slug AS outlet, {day} AS day, a.language, COUNT(*) AS articles,
           SUM(CASE WHEN a.completeness = 'full' THEN 1 ELSE 0 END) AS full_articles,
           SUM(CASE WHEN a.access IN ('login', 'subscriber') OR a.completeness IN ('truncated', 'teaser', 'headline')
               THEN 1 ELSE 0 END) AS gated,
           COUNT(a.wire) AS wire_articles, SUM(a.chars) AS chars
    FROM articles a
    JOIN outlets o ON o.id = a.outlet_id
    GROUP BY o.slug, {day}, a.language
"""
OUTLET_HEALTH = """
    SELECT o.slug AS outlet, r.id AS run_id, r.started_at, r.status, s.sources_ok, s.sources_failed,
           c.discovered, c.known, c.seen, c.stored, c.updated, c.unchanged, c.duplicate, c.rejected, c.failed,
           c.pending, c.chars_kept, c.chars_removed,
           AVG(c.stored) OVER earlier AS stored_before,
           1.0 * c.chars_removed / NULLIF(c.chars_kept + c.chars_removed, 0) AS removed_share,
           y.links,
           1.0 * y.dated / NULLIF(c.stored + c.updated, 0) AS dated_share,
           1.0 * y.authored / NULLIF(c.stored + c.updated, 0) AS authored_share,
           y.median_chars,
           1.0 * y.gated / NULLIF(c.stored + c.updated, 0) AS gated_share,
           1.0 * (c.rejected + c.failed) / NULLIF(c.seen - c.pending, 0) AS lost_share,
           y.silent_since,
           (SELECT COUNT(*) FROM outlet_alarms a WHERE a.run_id = c.run_id AND a.outlet_id = c.outlet_id) AS alarms
           {alarm_text}
    FROM run_outlets c
    JOIN runs r ON r.id = c.run_id
    JOIN outlets o ON o.id = c.outlet_id
    LEFT JOIN (
        SELECT run_id, outlet_id, SUM(1 - failed) AS sources_ok, SUM(failed) AS sources_failed
        FROM (
            SELECT run_id, outlet_id, source_id, MAX(CASE WHEN error IS NULL THEN 0 ELSE 1 END) AS failed
            FROM fetches
            WHERE source_id IS NOT NULL
            GROUP BY run_id, outlet_id, source_id
        ) AS visited
        GROUP BY run_id, outlet_id
    ) AS s ON s.run_id = c.run_id AND s.outlet_id = c.outlet_id
    LEFT JOIN outlet_yields y ON y.run_id = c.run_id AND y.outlet_id = c.outlet_id
    WINDOW earlier AS (PARTITION BY c.outlet_id ORDER BY c.run_id ROWS BETWEEN 14 PRECEDING AND 1 PRECEDING)
"""
OLD_CLEAN_ARTICLES = """
    SELECT a.id, o.slug AS outlet, o.name AS outlet_name, a.headline, a.published_at, a.published_precision,
           a.language, a.text, a.chars, a.access, a.access_declared, a.completeness, a.bounded, a.wire,
           a.machine_translation, a.reservations,
           a.section, a.description, a.canonical_url AS url, a.revision, a.first_seen_at, a.last_seen_at,
           a.gone_at
    FROM articles a
    JOIN outlets o ON o.id = a.outlet_id
"""
# Lists in a column, in the order of their rows.
LISTS = {
    "authors": ("article_authors", "article_id = a.id", "name", "; "),
    "tags": ("article_tags", "article_id = a.id", "tag", "; "),
    "tickers": ("article_tickers", "article_id = a.id", "COALESCE(mic || ':', '') || symbol", " "),
}
ALARMS = ("outlet_alarms", "run_id = c.run_id AND l.outlet_id = c.outlet_id", "measure || ': ' || message", "; ")
COMMENTS = {
    "clean_articles": {
        "": "The articles with their texts, and all that is known of them",
        "id": "Number of the article",
        "outlet": "Short name of the outlet, which commands take",
        "outlet_name": "Name of the outlet, for people",
        "headline": "The story's title",
        "authors": "Who wrote it, in the order of the byline, with ; between; NULL: not stated",
        "published_at": "Time of publication, UTC; never guessed",
        "published_precision": "How exact the page states it: second, minute, day",
        "published_offset": "UTC offset as published: +09:00; NULL: only a day",
        "modified_at": "Time of the last change that the page states, UTC",
        "language": "BCP-47 tag; NULL: cannot be told",
        "language_confidence": "How sure, 0 to 1",
        "text": "Body without boilerplate, one block a line",
        "chars": "Length of text, characters",
        "access": "Who may read it, as observed",
        "access_declared": "Who may read it, as the page declares",
        "completeness": "How much of the story the page holds",
        "completeness_reason": "Why completeness is what it is",
        "bounded": "Whether more would have been cut than may be: look at it",
        "wire": "Agency or release distributor whose copy it is",
        "machine_translation": "How the page says that a machine translated it; NULL: it does not",
        "reservations": "What its publisher reserves, words with a space between: noindex, noarchive, nosnippet, noai, "
        "noimageai (meta robots, X-Robots-Tag), tdm, tdm-policy:URL (TDM Reservation Protocol), robots:ai"
        " (robots.txt forbids it to crawlers for models); NULL: nothing was found",
        "section": "Section as the page names it",
        "tags": "Keywords as the page names them, with ; between; NULL: none",
        "tickers": "Traded symbols in their order, EXCHANGE:SYMBOL, with a space between; NULL: none",
        "description": "Summary as the page gives it",
        "image_url": "URL of its main picture",
        "url": "URL of the story, without tracking",
        "text_hash": "SHA-256 of text, 64 hex digits",
        "revision": "Number of the current revision, from 1",
        "first_seen_at": "When it was first fetched, UTC",
        "last_seen_at": "When it was last fetched, by any URL, UTC",
        "gone_at": "When the last URL that led to it was found gone, UTC; NULL: it is there",
    },
    "ticker_mentions": {
        "": "The traded symbols that articles name, each with its article",
        "symbol": "Symbol without its exchange",
        "mic": "ISO 10383 code of the exchange; NULL: not told",
        "origin": "Where it stood: body, headline, structured or widget",
        "article_id": "Number of the article: clean_articles.id",
        "outlet": "Short name of the outlet, which commands take",
        "headline": "The story's title",
        "published_at": "Time of publication, UTC; never guessed",
        "published_precision": "How exact the page states it: second, minute, day",
        "language": "BCP-47 tag; NULL: cannot be told",
        "wire": "Agency or release distributor whose copy it is",
        "completeness": "How much of the story the page holds",
        "first_seen_at": "When it was first fetched, UTC",
        "url": "URL of the story, without tracking",
    },
    "article_edits": {
        "": "What publishers changed in articles that were stored: a row for each new text",
        "article_id": "Number of the article: clean_articles.id",
        "outlet": "Short name of the outlet, which commands take",
        "revision": "Number within the article, from 1",
        "edited_at": "When the new text was fetched, UTC",
        "change_ratio": "Share of the words that differ from the revision before, 0 to 1; NULL: the first",
        "correction": "Correction or clarification that the revision before had not",
        "headline": "Headline since then",
        "headline_before": "Headline until then",
        "chars": "Length of the text since then, characters",
        "chars_before": "Its length until then, characters",
        "url": "URL of the story, without tracking",
    },
    "daily_counts": {
        "": "How many articles outlets published, by day and language",
        "outlet": "Short name of the outlet, which commands take",
        "day": "Day of publication, UTC; NULL: of articles without one",
        "language": "BCP-47 tag; NULL: cannot be told",
        "articles": "Articles",
        "full_articles": "Those whose whole story is there",
        "gated": "Those for logins or subscribers, or of which a part alone is there",
        "wire_articles": "Those that are an agency's or a release distributor's copy",
        "chars": "Characters of their texts",
    },
    "removed_text": {
        "": "What was cut from the current texts of articles",
        "article_id": "Number of the article: clean_articles.id",
        "outlet": "Short name of the outlet, which commands take",
        "headline": "The story's title",
        "position": "Order within the revision, from 0",
        "kind": "What it is: paywall, disclaimer, related, ...",
        "rule": "Name of the rule that cut it",
        "score": "How sure, 0 to 1",
        "cut_at": "Where: characters from the start of the kept text, line ends counted",
        "text": "What was cut; the tail of a line keeps the white space before it",
        "url": "URL of the story, without tracking",
    },
    "rule_hits": {
        "": "How much each rule cut from the current texts of an outlet's articles",
        "outlet": "Short name of the outlet, which commands take",
        "kind": "What it is: paywall, disclaimer, related, ...",
        "rule": "Name of the rule that cut it",
        "blocks": "Blocks that it cut",
        "articles": "Articles that it cut from",
        "chars": "Characters that it cut",
        "min_score": "Its least sure cut, 0 to 1",
    },
    "outlet_health": {
        "": "What each outlet gave in each run",
        "outlet": "Short name of the outlet, which commands take",
        "run_id": "Number of the run",
        "started_at": "When it began, UTC",
        "status": "How it ended; running: it has not, or nobody noticed yet",
        "sources_ok": "Sources that were read",
        "sources_failed": "Sources of which a request failed",
        "discovered": "URLs that this run added to the frontier",
        "known": "URLs named by sources or by hand that were there before",
        "seen": "URLs that this run discovered or took up",
        "stored": "URLs that gave a new article",
        "updated": "URLs whose article has a new text",
        "unchanged": "URLs whose article has the same text, or whose page is gone",
        "duplicate": "URLs that led to another URL's article",
        "rejected": "URLs that give no article",
        "failed": "URLs that a later run tries again, up to five times",
        "pending": "URLs without an outcome in this run",
        "chars_kept": "Characters of stored and updated articles",
        "chars_removed": "Characters cut from them",
        "stored_before": "Mean of stored in the 14 runs of it before",
        "removed_share": "Share of the characters that were cut, 0 to 1",
        "links": "URLs that its sources named; one that has not changed names none",
        "dated_share": "Of the articles stored and updated, the share with a time of publication, 0 to 1",
        "authored_share": "The share with an author, 0 to 1",
        "median_chars": "Median length of their texts; NULL: there are none",
        "gated_share": "The share for logins or subscribers, or of which a part alone is there, 0 to 1",
        "lost_share": "Share of the URLs with an outcome that were rejected or failed, 0 to 1",
        "silent_since": "First run without a new article since the last with one, UTC; NULL: this one has some",
        "alarms": "Alarms that stood at its end",
        "alarm_text": "What they say, with ; between; NULL: there was none",
    },
    "url_trace": {
        "": "What became of every URL: a row for each fetch of it, or one alone where it was never fetched",
        "url_id": "Number of the URL",
        "url": "URL that is fetched, as first found",
        "outlet": "Short name of the outlet, which commands take",
        "state": "pending: to be fetched; leased: by a run; done: until revisit_at; failed: for good",
        "attempts": "Fetches that failed since one went well",
        "due_at": "Not to be fetched before, UTC",
        "found_at": "When it was first found, UTC",
        "found_in": "URL of the source that named it first; NULL: given by hand",
        "run_id": "Run that made it",
        "taken_at": "When the run took the URL, or asked the source, UTC",
        "fetched_at": "When the answer came, UTC; NULL: the run ended first",
        "final_url": "URL after redirects; of a sitemap's part: the part",
        "status": "HTTP status; NULL: no answer",
        "outcome": "What it came to; NULL: the run ended first, or a source",
        "reason": "Why it was rejected or failed, or how a page was found unchanged, one word that counts",
        "detail": "The reason in detail, for a person",
        "warc_file": "File in the archive folder; NULL: not archived",
        "warc_offset": "Where the record begins, bytes",
        "article_id": "Article it led to; NULL: none",
        "headline": "The story's title",
        "revisit_at": "Asked for again from then on, UTC; NULL: never",
        "gone_at": "When its page was found gone, UTC; NULL: it is not",
    },
}


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_index("ix_articles_outlet_id_published_at", "articles")
    op.drop_index("ix_fetches_source_id", "fetches")
    facts = ["outlet_id", "published_at", "language", "completeness", "access", "wire", "chars"]
    op.create_index("ix_articles_facts", "articles", facts)
    op.create_index("ix_articles_language_first_seen_at", "articles", ["language", "first_seen_at"])
    _create_partial("ix_articles_bounded", "articles", ["id"], "bounded")
    _create_partial("ix_article_revisions_edits", "article_revisions", ["created_at"], "cause = 'publisher_edit'")
    _create_partial("ix_fetches_sources", "fetches", ["run_id", "outlet_id", "source_id"], "source_id IS NOT NULL")
    for name in ("clean_articles", "outlet_health"):
        op.execute(f"DROP VIEW {name}")
    lists = {name: _list(is_sqlite, *what) for name, what in LISTS.items()}
    op.execute(f"CREATE VIEW clean_articles AS {CLEAN_ARTICLES.format(**lists)}")
    op.execute(f"CREATE VIEW ticker_mentions AS {TICKER_MENTIONS}")
    op.execute(f"CREATE VIEW article_edits AS {ARTICLE_EDITS}")
    day = "date(a.published_at)" if is_sqlite else "CAST(a.published_at AT TIME ZONE 'UTC' AS date)"
    op.execute(f"CREATE VIEW daily_counts AS {DAILY_COUNTS.format(day=day)}")
    alarms = f", {_list(is_sqlite, *ALARMS)} AS alarm_text"
    op.execute(f"CREATE VIEW outlet_health AS {OUTLET_HEALTH.format(alarm_text=alarms)}")
    for view, comments in {} if is_sqlite else COMMENTS.items():
        for column, comment in comments.items():
            place = f"COLUMN {view}.{column}" if column else f"VIEW {view}"
            said = comment.replace("'", "''").replace(":", "\\:")  # a colon would begin a parameter
            op.execute(f"COMMENT ON {place} IS '{said}'")


def downgrade() -> None:
    for name in ("outlet_health", "daily_counts", "article_edits", "ticker_mentions", "clean_articles"):
        op.execute(f"DROP VIEW {name}")
    op.execute(f"CREATE VIEW outlet_health AS {OUTLET_HEALTH.format(alarm_text='')}")
    op.execute(f"CREATE VIEW clean_articles AS {OLD_CLEAN_ARTICLES}")
    for name, table in [
        ("ix_fetches_sources", "fetches"), ("ix_article_revisions_edits", "article_revisions"),
        ("ix_articles_bounded", "articles"), ("ix_articles_language_first_seen_at", "articles"),
        ("ix_articles_facts", "articles"),
    ]:  # fmt: skip
        op.drop_index(name, table)
    op.create_index("ix_fetches_source_id", "fetches", ["source_id"])
    op.create_index("ix_articles_outlet_id_published_at", "articles", ["outlet_id", "published_at"])
    if op.get_bind().dialect.name != "sqlite":
        for view in ("removed_text", "rule_hits", "url_trace"):
            for column in COMMENTS[view]:
                op.execute(f"COMMENT ON {f'COLUMN {view}.{column}' if column else f'VIEW {view}'} IS NULL")


def _create_partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _list(is_sqlite: bool, table: str, condition: str, value: str, gap: str) -> str:
    """The values of an article's rows in one text, in their order."""
    order = "measure" if table == "outlet_alarms" else "position"
    if is_sqlite:
        rows = f"SELECT {value} AS value FROM {table} l WHERE l.{condition} ORDER BY l.{order}"  # noqa: S608
        return f"(SELECT group_concat(value, '{gap}') FROM ({rows}))"  # noqa: S608
    return f"(SELECT string_agg({value}, '{gap}' ORDER BY l.{order}) FROM {table} l WHERE l.{condition})"  # noqa: S608
