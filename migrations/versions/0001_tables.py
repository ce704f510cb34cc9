"""All tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT, TIME, INT = sa.Text(), sa.DateTime(timezone=True), sa.Integer()
FLOAT: sa.Double[float] = sa.Double()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Kind = sa.types.TypeEngine[str] | sa.DateTime | sa.Integer | sa.Float[float]


def number(comment: str) -> sa.Column[int]:
    return sa.Column("id", BIG, primary_key=True, comment=comment)


def must(name: str, kind: Kind, comment: str, *, key: bool = False) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False, comment=comment, primary_key=key)


def may(name: str, kind: Kind, comment: str) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True, comment=comment)


def refers(
    name: str, target: str, comment: str, *, key: bool = False, nullable: bool = False, cascade: bool = False
) -> sa.Column[int]:
    foreign = sa.ForeignKey(target, ondelete="CASCADE" if cascade else None)
    return sa.Column(name, BIG, foreign, nullable=nullable, comment=comment, primary_key=key)


def one_of(column: str, words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def upgrade() -> None:
    _create_outlets_and_runs()
    _create_articles()
    _create_facts()
    _create_frontier()
    _create_fetches()
    _create_revisions()


def downgrade() -> None:
    for table in (
        "repeated_blocks",
        "removed_blocks",
        "article_revisions",
        "pages",
        "fetches",
        "urls",
        "article_tickers",
        "article_tags",
        "article_authors",
        "articles",
        "run_outlets",
        "runs",
        "sources",
        "outlets",
    ):
        op.drop_table(table)


def _create_outlets_and_runs() -> None:
    op.create_table(
        "outlets",
        number("Number of the outlet"),
        must("slug", TEXT, "Short name that commands take"),
        must("name", TEXT, "Name for people"),
        must("homepage", TEXT, "URL of its front page; empty: none known"),
        must("kind", TEXT, "What it is: publisher, portal, wire, aggregator or blog"),
        may("country", TEXT, "ISO 3166-1 alpha-2, lower case"),
        may("timezone", TEXT, "IANA time zone of times that state none"),
        must("languages", TEXT, "BCP-47 tags, with a space between"),
        must("domains", TEXT, "Domains whose pages are its own, with a space between"),
        must("created_at", TIME, "When it was first crawled, UTC"),
        must("updated_at", TIME, "When a crawl last wrote these facts, UTC"),
        one_of("kind", "publisher portal wire aggregator blog"),
        sa.UniqueConstraint("slug"),
        comment="Who publishes, as configured",
    )
    op.create_table(
        "sources",
        number("Number of the source"),
        refers("outlet_id", "outlets.id", "Whose it is"),
        must("kind", TEXT, "rss, atom, jsonfeed, sitemap, news_sitemap or section"),
        must("url", TEXT, "URL as configured"),
        may("link_pattern", TEXT, "Regular expression that an article's URL matches"),
        may("etag", TEXT, "ETag of the last answer, for a conditional request"),
        may("last_modified", TEXT, "Last-Modified of the last answer, as sent"),
        may("visited_at", TIME, "When it was last asked, UTC"),
        may("ok_at", TIME, "When it was last read well, UTC"),
        may("new_at", TIME, "When it last named a URL not known before, UTC"),
        may("status", INT, "HTTP status of the last answer; NULL: no answer"),
        may("error", TEXT, "Why it could not be read; NULL: the last visit went well"),
        must("failures", INT, "Visits that failed since one went well"),
        one_of("kind", "rss atom jsonfeed sitemap news_sitemap section"),
        sa.UniqueConstraint("outlet_id", "url"),
        comment="Where an outlet announces its articles: feeds, sitemaps, section pages",
    )
    op.create_table(
        "runs",
        number("Number of the run"),
        must("command", TEXT, "What was called"),
        must("host", TEXT, "Machine it ran on"),
        must("pid", INT, "Process it ran in"),
        must("code_version", TEXT, "Version of newscrawl"),
        must("rules_version", TEXT, "Hash of the rules that cut boilerplate"),
        must("started_at", TIME, "When it began, UTC"),
        must("heartbeat_at", TIME, "When it last wrote something, UTC, 10 s exact"),
        may("finished_at", TIME, "When it ended, UTC; crashed: when that was noticed"),
        must("status", TEXT, "How it ended; running: it has not, or nobody noticed yet"),
        may("reason", TEXT, "Why it ended"),
        may("exit_status", INT, "Exit status of the command"),
        one_of("status", "running ok error degraded failed interrupted locked crashed"),
        comment="One command that crawled",
    )
    op.create_index("ix_runs_status", "runs", ["status"])
    op.create_table(
        "run_outlets",
        refers("run_id", "runs.id", "Run", key=True),
        refers("outlet_id", "outlets.id", "Outlet", key=True),
        must("discovered", INT, "URLs that this run added to the frontier"),
        must("known", INT, "URLs named by sources or by hand that were there before"),
        must("seen", INT, "URLs that this run discovered or took up"),
        must("stored", INT, "URLs that gave a new article"),
        must("updated", INT, "URLs whose article has a new text"),
        must("unchanged", INT, "URLs whose article has the same text"),
        must("duplicate", INT, "URLs that led to another URL's article"),
        must("rejected", INT, "URLs that give no article"),
        must("failed", INT, "URLs that a later run tries again, up to five times"),
        must("pending", INT, "URLs without an outcome in this run"),
        must("chars_kept", BIG, "Characters of stored and updated articles"),
        must("chars_removed", BIG, "Characters cut from them"),
        sa.CheckConstraint(
            "seen = stored + updated + unchanged + duplicate + rejected + failed + pending",
            name="balance",
        ),
        comment="The account of one outlet in one run; "
        "always seen = stored + updated + unchanged + duplicate + rejected + failed + pending",
    )


def _create_articles() -> None:
    op.create_table(
        "articles",
        number("Number of the article"),
        refers("outlet_id", "outlets.id", "Who served the page, from configuration"),
        must("canonical_url", TEXT, "URL of the story, without tracking"),
        must("canonical_key", TEXT, "Hash of canonical_url; with the outlet, the article's identity"),
        may("headline", TEXT, "The story's title"),
        must("text", TEXT, "Body without boilerplate, one block a line"),
        must("text_hash", TEXT, "SHA-256 of text, 64 hex digits"),
        must("chars", INT, "Length of text, characters"),
        may("language", TEXT, "BCP-47 tag; NULL: cannot be told"),
        may("language_confidence", FLOAT, "How sure, 0 to 1"),
        must("language_method", TEXT, "How it was told: script, langdetect, declared or none"),
        may("language_declared", TEXT, "Language as the page says"),
        may("published_at", TIME, "Time of publication, UTC; never guessed"),
        may("published_offset", TEXT, "UTC offset as published: +09:00; NULL: only a day"),
        may("published_precision", TEXT, "How exact the page states it: second, minute, day"),
        may("published_source", TEXT, "Where the page states it: json-ld, meta, time, ..."),
        may("published_raw", TEXT, "As the page states it"),
        may("modified_at", TIME, "Time of the last change that the page states, UTC"),
        may("modified_offset", TEXT, "UTC offset as stated: +09:00; NULL: only a day"),
        may("modified_precision", TEXT, "How exact the page states it: second, minute, day"),
        may("modified_source", TEXT, "Where the page states it"),
        may("modified_raw", TEXT, "As the page states it"),
        must("access", TEXT, "Who may read it, as observed"),
        may("access_declared", TEXT, "Who may read it, as the page declares"),
        must("completeness", TEXT, "How much of the story the page holds"),
        may("completeness_reason", TEXT, "Why completeness is what it is"),
        may("wire", TEXT, "Agency or release distributor whose copy it is"),
        may("section", TEXT, "Section as the page names it"),
        may("description", TEXT, "Summary as the page gives it"),
        may("image_url", TEXT, "URL of its main picture"),
        must("revision", INT, "Number of the current revision, from 1"),
        must("first_seen_at", TIME, "When it was first fetched, UTC"),
        must("last_seen_at", TIME, "When it was last fetched, by any URL, UTC"),
        one_of("access", "free metered login subscriber unknown"),
        one_of("access_declared", "free metered login subscriber unknown"),
        one_of("completeness", "full truncated teaser headline unknown"),
        one_of("modified_precision", "second minute day"),
        one_of("published_precision", "second minute day"),
        sa.UniqueConstraint("outlet_id", "canonical_key"),
        comment="One story at one canonical URL of one outlet, with its current text",
    )
    op.create_index("ix_articles_first_seen_at", "articles", ["first_seen_at"])
    op.create_index("ix_articles_language_published_at", "articles", ["language", "published_at"])
    op.create_index("ix_articles_outlet_id_published_at", "articles", ["outlet_id", "published_at"])
    op.create_index("ix_articles_published_at", "articles", ["published_at"])
    op.create_index("ix_articles_text_hash", "articles", ["text_hash"])


def _create_facts() -> None:
    op.create_table(
        "article_authors",
        refers("article_id", "articles.id", "Article", key=True, cascade=True),
        must("position", INT, "Order in the byline, from 0", key=True),
        must("name", TEXT, "Name as written"),
        comment="Who wrote an article, in the order of the byline",
    )
    op.create_index("ix_article_authors_name", "article_authors", ["name"])
    op.create_table(
        "article_tags",
        refers("article_id", "articles.id", "Article", key=True, cascade=True),
        must("position", INT, "Order on the page, from 0", key=True),
        must("tag", TEXT, "Keyword as written"),
        comment="Keywords of an article, as the page names them",
    )
    op.create_index("ix_article_tags_tag", "article_tags", ["tag"])
    op.create_table(
        "article_tickers",
        refers("article_id", "articles.id", "Article", key=True, cascade=True),
        must("position", INT, "Order in the article, from 0", key=True),
        must("symbol", TEXT, "Symbol without its exchange"),
        may("mic", TEXT, "ISO 10383 code of the exchange; NULL: not told"),
        must("origin", TEXT, "Where it stood: body, headline, structured or widget"),
        one_of("origin", "body headline structured widget"),
        comment="Traded symbols of an article; mentioned is not the same as displayed beside it",
    )
    op.create_index("ix_article_tickers_symbol", "article_tickers", ["symbol"])


def _create_frontier() -> None:
    op.create_table(
        "urls",
        number("Number of the URL"),
        refers("outlet_id", "outlets.id", "On whose account it was found"),
        refers("source_id", "sources.id", "Where it was first found; NULL: given by hand", nullable=True),
        must("url", TEXT, "URL that is fetched, as first found"),
        must("url_key", TEXT, "Hash of the URL without what says nothing of the page"),
        may("headline", TEXT, "Headline as the source announced it"),
        may("published_at", TIME, "Time of publication as announced, UTC"),
        may("language", TEXT, "Language as announced"),
        must("tickers", TEXT, "Symbols as a news sitemap announced them, with a space between"),
        must("state", TEXT, "pending: to be fetched; leased: by a run; done, failed: for good"),
        may("outcome", TEXT, "What the last fetch came to; NULL: never fetched"),
        may("reason", TEXT, "Why it was rejected or failed"),
        refers("article_id", "articles.id", "Article it led to; NULL: none", nullable=True),
        must("attempts", INT, "Fetches that failed since one went well"),
        must("due_at", TIME, "Not to be fetched before, UTC"),
        must("rank_at", TIME, "Newest is fetched first: announced time or found_at, UTC"),
        must("found_at", TIME, "When it was first found, UTC"),
        refers("found_run_id", "runs.id", "Run that found it"),
        refers("run_id", "runs.id", "Run that last leased it", nullable=True),
        may("leased_at", TIME, "When it was leased, UTC; NULL: not leased"),
        sa.CheckConstraint("(state = 'leased') = (leased_at IS NOT NULL)", name="lease"),
        one_of("outcome", "stored updated unchanged duplicate rejected failed"),
        one_of("state", "pending leased done failed"),
        sa.UniqueConstraint("url_key"),
        comment="The frontier: one row for each URL found, before it is fetched and for ever after",
    )
    op.create_index("ix_urls_article_id", "urls", ["article_id"])
    op.create_index("ix_urls_found_run_id", "urls", ["found_run_id", "outlet_id"])
    op.create_index(
        "ix_urls_outlet_id_rank_at",
        "urls",
        ["outlet_id", "rank_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_urls_run_id_leased",
        "urls",
        ["run_id"],
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    )


def _create_fetches() -> None:
    op.create_table(
        "fetches",
        number("Number of the fetch"),
        refers("run_id", "runs.id", "Run that made it"),
        refers("outlet_id", "outlets.id", "On whose account it stands"),
        refers("url_id", "urls.id", "URL; NULL: a source's visit", nullable=True),
        refers("source_id", "sources.id", "Source; NULL: a URL's", nullable=True),
        must("taken_at", TIME, "When the run took the URL, or asked the source, UTC"),
        may("fetched_at", TIME, "When the answer came, UTC; NULL: the run ended first"),
        may("final_url", TEXT, "URL after redirects; of a sitemap's part: the part"),
        may("status", INT, "HTTP status; NULL: no answer"),
        may("outcome", TEXT, "What it came to; NULL: the run ended first, or a source"),
        may("reason", TEXT, "Why it was rejected or failed, one word that counts"),
        may("detail", TEXT, "The reason in detail, for a person"),
        may("error", TEXT, "Why a source could not be read; NULL: it was"),
        may("elapsed_ms", INT, "Time from request to answer, milliseconds"),
        may("links", INT, "Distinct URLs that a source named"),
        may("new_links", INT, "How many of them were not known before"),
        one_of("outcome", "stored updated unchanged duplicate rejected failed"),
        sa.CheckConstraint("(url_id IS NULL) <> (source_id IS NULL)", name="target"),
        sa.UniqueConstraint("run_id", "url_id"),
        comment="One URL in one run, from its lease to its outcome; or one visit of a source",
    )
    op.create_index("ix_fetches_run_id_outcome", "fetches", ["run_id", "outcome"])
    op.create_index("ix_fetches_source_id", "fetches", ["source_id"])
    op.create_index("ix_fetches_url_id", "fetches", ["url_id"])
    op.create_table(
        "pages",
        number("Number of the page"),
        refers("fetch_id", "fetches.id", "Fetch that brought it"),
        may("content_type", TEXT, "Content-Type as the server declared it"),
        may("charset", TEXT, "Charset as the server declared it"),
        must("sha256", TEXT, "SHA-256 of the body, 64 hex digits"),
        must("bytes", INT, "Length of the body, bytes"),
        may("warc_file", TEXT, "File in the archive folder; NULL: not archived"),
        may("warc_offset", BIG, "Where the record begins, bytes"),
        may("warc_length", BIG, "Length of the record, compressed bytes"),
        sa.CheckConstraint(
            "(warc_file IS NULL) = (warc_offset IS NULL) AND (warc_file IS NULL) = (warc_length IS NULL)",
            name="warc",
        ),
        sa.UniqueConstraint("fetch_id"),
        comment="One response with a body, and where its bytes lie in the archive",
    )
    op.create_index("ix_pages_sha256", "pages", ["sha256"])


def _create_revisions() -> None:
    op.create_table(
        "article_revisions",
        number("Number of the revision in the table"),
        refers("article_id", "articles.id", "Article", cascade=True),
        must("revision", INT, "Number within the article, from 1"),
        must("cause", TEXT, "first, publisher_edit, or reclean: new rules over the archived page"),
        refers("fetch_id", "fetches.id", "Fetch that brought it"),
        may("headline", TEXT, "Headline at that fetch"),
        may("text", TEXT, "Text; NULL for the current revision, whose text is articles.text"),
        must("text_hash", TEXT, "SHA-256 of the text, 64 hex digits"),
        must("chars", INT, "Length of the text, characters"),
        must("code_version", TEXT, "Version of newscrawl that made it"),
        must("rules_version", TEXT, "Hash of the rules that cut boilerplate"),
        must("created_at", TIME, "When its page was fetched, UTC"),
        one_of("cause", "first publisher_edit reclean"),
        sa.UniqueConstraint("article_id", "revision"),
        comment="The texts an article has had; the current one lies in articles",
    )
    op.create_index("ix_article_revisions_fetch_id", "article_revisions", ["fetch_id"])
    op.create_table(
        "removed_blocks",
        refers("revision_id", "article_revisions.id", "Revision it was cut from", key=True, cascade=True),
        must("position", INT, "Order within the revision, from 0", key=True),
        must("kind", TEXT, "What it is: paywall, disclaimer, related, ..."),
        must("rule", TEXT, "Name of the rule that cut it"),
        must("score", FLOAT, "How sure, 0 to 1"),
        must("cut_at", INT, "Where: characters from the start of the kept text, line ends counted"),
        must("text", TEXT, "What was cut; the tail of a line keeps the white space before it"),
        one_of(
            "kind",
            "paywall disclaimer ticker_list wire_trailer contact copyright dateline byline caption "
            "newsletter related share author_bio comments app_promo timestamp navigation other",
        ),
        comment="Every cut: splicing these into the text of their revision gives the page's text back",
    )
    op.create_index("ix_removed_blocks_kind_rule", "removed_blocks", ["kind", "rule"])
    op.create_table(
        "repeated_blocks",
        refers("outlet_id", "outlets.id", "Outlet", key=True),
        must("block_key", TEXT, "Hash of the block, case and digits folded", key=True),
        must("articles", INT, "Distinct articles that carried it in any revision"),
        may("text", TEXT, "The block as last seen; NULL while one article alone has it"),
        comment="In how many articles of an outlet a short block stands, kept or removed",
        sqlite_with_rowid=False,
    )
