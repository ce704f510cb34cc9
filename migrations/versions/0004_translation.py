"""Articles that say that a machine translated them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CLEAN_ARTICLES = """
    SELECT a.id, o.slug AS outlet, o.name AS outlet_name, a.headline, a.published_at, a.published_precision,
           a.language, a.text, a.chars, a.access, a.access_declared, a.completeness, a.bounded, a.wire, {translation}
           a.section, a.description, a.canonical_url AS url, a.revision, a.first_seen_at, a.last_seen_at
    FROM articles a
    JOIN outlets o ON o.id = a.outlet_id
"""
METHOD = "How it was told: script, {words}langdetect, declared or none"


def upgrade() -> None:
    said = "How the page says that a machine translated it; NULL: it does not"
    op.add_column("articles", sa.Column("machine_translation", sa.Text(), comment=said))
    _comment("articles.language_method", METHOD.format(words="words, "))
    _replace_view("a.machine_translation,")


def downgrade() -> None:
    _replace_view("")
    _comment("articles.language_method", METHOD.format(words=""))
    op.drop_column("articles", "machine_translation")


def _comment(column: str, text: str) -> None:
    if op.get_bind().dialect.name != "sqlite":  # which has no comments
        op.execute(f"COMMENT ON COLUMN {column} IS '{text}'")


def _replace_view(translation: str) -> None:
    op.execute("DROP VIEW clean_articles")
    op.execute(f"CREATE VIEW clean_articles AS {CLEAN_ARTICLES.format(translation=translation)}")
