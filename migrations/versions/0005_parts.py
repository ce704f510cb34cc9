"""Stories that stand on several pages: each of them is a page of its fetch."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

URL_TRACE = """
    SELECT u.id AS url_id, u.url, o.slug AS outlet, u.state, u.attempts, u.due_at, u.found_at,
           s.url AS found_in, f.run_id, f.taken_at, f.fetched_at, f.final_url, f.status, f.outcome, f.reason,
           f.detail, p.warc_file, p.warc_offset, u.article_id, a.headline
    FROM urls u
    JOIN outlets o ON o.id = u.outlet_id
    LEFT JOIN sources s ON s.id = u.source_id
    LEFT JOIN fetches f ON f.url_id = u.id
    LEFT JOIN pages p ON p.fetch_id = f.id{first}
    LEFT JOIN articles a ON a.id = u.article_id
"""


def upgrade() -> None:
    op.execute("DROP VIEW url_trace")
    part: sa.Column[int] = sa.Column(
        "part",
        sa.Integer(),
        nullable=False,
        server_default="0",
        comment="Which page of a story that stands on several; 0: the first, or the only one",
    )
    # SQLite changes a constraint by a copy of the table.
    with op.batch_alter_table("pages") as pages:
        pages.add_column(part)
        pages.add_column(sa.Column("url", sa.Text(), comment="URL of a further page; NULL: final_url of the fetch"))
        pages.drop_constraint("uq_pages_fetch_id", type_="unique")
        pages.create_unique_constraint("uq_pages_fetch_id_part", ["fetch_id", "part"])
    op.execute(f"CREATE VIEW url_trace AS {URL_TRACE.format(first=' AND p.part = 0')}")


def downgrade() -> None:
    op.execute("DROP VIEW url_trace")
    op.execute("DELETE FROM pages WHERE part > 0")
    with op.batch_alter_table("pages") as pages:
        pages.drop_constraint("uq_pages_fetch_id_part", type_="unique")
        pages.create_unique_constraint("uq_pages_fetch_id", ["fetch_id"])
        pages.drop_column("url")
        pages.drop_column("part")
    op.execute(f"CREATE VIEW url_trace AS {URL_TRACE.format(first='')}")
