"""Revisits: validators and the next visit of a URL, pages that are gone, what a revision changed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

VIEWS = {
    "clean_articles": """
        SELECT a.id, o.slug AS outlet, o.name AS outlet_name, a.headline, a.published_at, a.published_precision,
               a.language, a.text, a.chars, a.access, a.access_declared, a.completeness, a.bounded, a.wire,
               a.machine_translation, a.section, a.description, a.canonical_url AS url, a.revision, a.first_seen_at,
               a.last_seen_at{gone}
        FROM articles a
        JOIN outlets o ON o.id = a.outlet_id
    """,
    "url_trace": """
        SELECT u.id AS url_id, u.url, o.slug AS outlet, u.state, u.attempts, u.due_at, u.found_at,
               s.url AS found_in, f.run_id, f.taken_at, f.fetched_at, f.final_url, f.status, f.outcome, f.reason,
               f.detail, p.warc_file, p.warc_offset, u.article_id, a.headline{revisit}
        FROM urls u
        JOIN outlets o ON o.id = u.outlet_id
        LEFT JOIN sources s ON s.id = u.source_id
        LEFT JOIN fetches f ON f.url_id = u.id
        LEFT JOIN pages p ON p.fetch_id = f.id AND p.part = 0
        LEFT JOIN articles a ON a.id = u.article_id
    """,
}
TIME = sa.DateTime(timezone=True)
FLOAT: sa.Double[float] = sa.Double()
STATE = "pending: to be fetched; leased: by a run; {done}: for good"
CAUSE = "first, publisher_edit, or reclean: other rules or labels over the same {}"
REASON = "Why it was rejected or failed{more}"


def upgrade() -> None:
    _drop_views()
    op.add_column("urls", sa.Column("etag", sa.Text(), comment="ETag of the last page that gave an article"))
    op.add_column("urls", sa.Column("last_modified", sa.Text(), comment="Its Last-Modified, as sent"))
    op.add_column("urls", sa.Column("revisit_at", TIME, comment="Asked for again from then on, UTC; NULL: never"))
    op.add_column("urls", sa.Column("gone_at", TIME, comment="When its page was found gone, UTC; NULL: it is not"))
    gone = "When the last URL that led to it was found gone, UTC; NULL: it is there"
    op.add_column("articles", sa.Column("gone_at", TIME, comment=gone))
    ratio = "Share of the words that differ from the revision before, 0 to 1; NULL: the first"
    op.add_column("article_revisions", sa.Column("change_ratio", FLOAT, comment=ratio))
    notice = "Correction or clarification that the revision before had not"
    op.add_column("article_revisions", sa.Column("correction", sa.Text(), comment=notice))
    waits = sa.text("revisit_at IS NOT NULL")
    op.create_index(
        "ix_urls_outlet_id_revisit_at", "urls", ["outlet_id", "revisit_at"],
        sqlite_where=waits, postgresql_where=waits,
    )  # fmt: skip
    _comment("urls.state", STATE.format(done="done: until revisit_at; failed"))
    _comment("run_outlets.unchanged", "URLs whose article has the same text, or whose page is gone")
    _comment("article_revisions.cause", CAUSE.format("story"))
    for table in ("urls", "fetches"):
        _comment(f"{table}.reason", _reason(table, ", or how a page was found unchanged"))
    _create_views(gone=", a.gone_at", revisit=", u.revisit_at, u.gone_at")


def downgrade() -> None:
    _drop_views()
    _comment("urls.state", STATE.format(done="done, failed"))
    _comment("run_outlets.unchanged", "URLs whose article has the same text")
    _comment("article_revisions.cause", CAUSE.format("page"))
    for table in ("urls", "fetches"):
        _comment(f"{table}.reason", _reason(table, ""))
    op.drop_index("ix_urls_outlet_id_revisit_at", "urls")
    op.drop_column("article_revisions", "correction")
    op.drop_column("article_revisions", "change_ratio")
    op.drop_column("articles", "gone_at")
    for column in ("gone_at", "revisit_at", "last_modified", "etag"):
        op.drop_column("urls", column)
    _create_views(gone="", revisit="")


def _reason(table: str, more: str) -> str:
    return REASON.format(more=more) + (", one word that counts" if table == "fetches" else "")


def _drop_views() -> None:
    for name in VIEWS:
        op.execute(f"DROP VIEW {name}")


def _create_views(**columns: str) -> None:
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query.format(**columns)}")


def _comment(column: str, text: str) -> None:
    if op.get_bind().dialect.name != "sqlite":  # which has no comments
        op.execute(f"COMMENT ON COLUMN {column} IS '{text}'")
