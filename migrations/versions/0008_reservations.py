"""What publishers reserve of their articles."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CLEAN_ARTICLES = """
    SELECT a.id, o.slug AS outlet, o.name AS outlet_name, a.headline, a.published_at, a.published_precision,
           a.language, a.text, a.chars, a.access, a.access_declared, a.completeness, a.bounded, a.wire,
           a.machine_translation, {reservations}
           a.section, a.description, a.canonical_url AS url, a.revision, a.first_seen_at, a.last_seen_at,
           a.gone_at
    FROM articles a
    JOIN outlets o ON o.id = a.outlet_id
"""
COMMENT = (
    "What its publisher reserves, words with a space between: noindex, noarchive, nosnippet, noai, noimageai (meta "
    "robots, X-Robots-Tag), tdm, tdm-policy:URL (TDM Reservation Protocol), robots:ai (robots.txt forbids it to "
    "crawlers for models); NULL: nothing was found"
)


def upgrade() -> None:
    op.add_column("articles", sa.Column("reservations", sa.Text(), comment=COMMENT))
    _replace_view("a.reservations,")


def downgrade() -> None:
    _replace_view("")
    op.drop_column("articles", "reservations")


def _replace_view(reservations: str) -> None:
    op.execute("DROP VIEW clean_articles")
    op.execute(f"CREATE VIEW clean_articles AS {CLEAN_ARTICLES.format(reservations=reservations)}")
