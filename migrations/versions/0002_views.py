"""The views: what people query. Same SQL on SQLite and PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VIEWS = {
    "clean_articles": """
        SELECT a.id, o.slug AS outlet, o.name AS outlet_name, a.headline, a.published_at, a.published_precision,
               a.language, a.text, a.chars, a.access, a.access_declared, a.completeness, a.wire, a.section,
               a.description, a.canonical_url AS url, a.revision, a.first_seen_at, a.last_seen_at
        FROM articles a
        JOIN outlets o ON o.id = a.outlet_id
    """,
    "removed_text": """
        SELECT a.id AS article_id, o.slug AS outlet, a.headline, b.position, b.kind, b.rule, b.score, b.cut_at,
               b.text, a.canonical_url AS url
        FROM removed_blocks b
        JOIN article_revisions r ON r.id = b.revision_id
        JOIN articles a ON a.id = r.article_id AND a.revision = r.revision
        JOIN outlets o ON o.id = a.outlet_id
    """,
    "rule_hits": """
        SELECT outlet, kind, rule, COUNT(*) AS blocks, COUNT(DISTINCT article_id) AS articles,
               SUM(LENGTH(text)) AS chars, MIN(score) AS min_score
        FROM removed_text
        GROUP BY outlet, kind, rule
    """,
    "outlet_health": """
        SELECT o.slug AS outlet, r.id AS run_id, r.started_at, r.status, s.sources_ok, s.sources_failed,
               c.discovered, c.known, c.seen, c.stored, c.updated, c.unchanged, c.duplicate, c.rejected, c.failed,
               c.pending, c.chars_kept, c.chars_removed,
               AVG(c.stored) OVER earlier AS stored_before,
               1.0 * c.chars_removed / NULLIF(c.chars_kept + c.chars_removed, 0) AS removed_share
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
        WINDOW earlier AS (PARTITION BY c.outlet_id ORDER BY c.run_id ROWS BETWEEN 14 PRECEDING AND 1 PRECEDING)
    """,
    "url_trace": """
        SELECT u.id AS url_id, u.url, o.slug AS outlet, u.state, u.attempts, u.due_at, u.found_at,
               s.url AS found_in, f.run_id, f.taken_at, f.fetched_at, f.final_url, f.status, f.outcome, f.reason,
               f.detail, p.warc_file, p.warc_offset, u.article_id, a.headline
        FROM urls u
        JOIN outlets o ON o.id = u.outlet_id
        LEFT JOIN sources s ON s.id = u.source_id
        LEFT JOIN fetches f ON f.url_id = u.id
        LEFT JOIN pages p ON p.fetch_id = f.id
        LEFT JOIN articles a ON a.id = u.article_id
    """,
}


def upgrade() -> None:
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
