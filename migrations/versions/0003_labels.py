"""What is learnt of an outlet and what persons say of a block: states of repeated blocks, labels, bounded cuts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = (
    "paywall disclaimer ticker_list wire_trailer contact copyright dateline byline caption newsletter related share "
    "author_bio comments app_promo timestamp navigation other"
)
CLEAN_ARTICLES = """
    SELECT a.id, o.slug AS outlet, o.name AS outlet_name, a.headline, a.published_at, a.published_precision,
           a.language, a.text, a.chars, a.access, a.access_declared, a.completeness, {bounded}a.wire, a.section,
           a.description, a.canonical_url AS url, a.revision, a.first_seen_at, a.last_seen_at
    FROM articles a
    JOIN outlets o ON o.id = a.outlet_id
"""
STATE = "automatic: learnt, and cut below the story; accepted: cut; rejected: kept; NULL: undecided"


def upgrade() -> None:
    bounded: sa.Column[bool] = sa.Column(
        "bounded",
        sa.Boolean(),
        nullable=False,
        server_default=sa.false(),
        comment="Whether more would have been cut than may be: look at it",
    )
    recleaned = "Hash of what the last reclean knew; NULL: none read this text"
    op.add_column("articles", bounded)
    op.add_column("articles", sa.Column("recleaned_with", sa.Text(), comment=recleaned))
    recent = "Of the outlet's newest 1,000 articles, those that carry it"
    closing = "Of these, those that it closes"
    share = "recent as a share of the articles looked at, 0 to 1"
    op.add_column("repeated_blocks", sa.Column("recent", sa.Integer(), comment=recent))
    op.add_column("repeated_blocks", sa.Column("closing", sa.Integer(), comment=closing))
    op.add_column("repeated_blocks", sa.Column("share", sa.Double(), comment=share))
    # By hand: SQLite adds a column with its constraint, but no constraint, and a copy of the table would lose its kind.
    op.execute(
        "ALTER TABLE repeated_blocks ADD COLUMN state TEXT "
        "CONSTRAINT ck_repeated_blocks_state CHECK (state IN ('automatic', 'accepted', 'rejected'))"
    )
    _create_labels()
    _comment("repeated_blocks.state", STATE)
    _comment("article_revisions.cause", "first, publisher_edit, or reclean: other rules or labels over the same page")
    _replace_view("a.bounded, ")


def downgrade() -> None:
    _replace_view("")
    _comment("article_revisions.cause", "first, publisher_edit, or reclean: new rules over the archived page")
    op.drop_table("block_labels")
    for column in ("state", "share", "closing", "recent"):
        op.drop_column("repeated_blocks", column)
    for column in ("recleaned_with", "bounded"):
        op.drop_column("articles", column)


def _create_labels() -> None:
    listed = ", ".join(f"'{kind}'" for kind in KINDS.split())
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    article = sa.ForeignKey("articles.id", ondelete="CASCADE")
    op.create_table(
        "block_labels",
        sa.Column("article_id", number, article, primary_key=True, comment="Article"),
        sa.Column("block_key", sa.Text(), primary_key=True, comment="Hash of the block, case and digits folded"),
        sa.Column("text", sa.Text(), nullable=False, comment="The block, or the tail of one"),
        sa.Column("label", sa.Text(), nullable=False, comment="body or boilerplate"),
        sa.Column("kind", sa.Text(), comment="Kind of boilerplate; NULL: body"),
        sa.Column("labelled_at", sa.DateTime(timezone=True), nullable=False, comment="When it was said, UTC"),
        sa.CheckConstraint("label IN ('body', 'boilerplate')", name="label"),
        sa.CheckConstraint(f"kind IN ({listed})", name="kind"),
        comment="What persons said of blocks of articles; it goes before any rule",
    )


def _comment(column: str, text: str) -> None:
    if op.get_bind().dialect.name != "sqlite":  # which has no comments
        op.execute(f"COMMENT ON COLUMN {column} IS '{text}'")


def _replace_view(bounded: str) -> None:
    op.execute("DROP VIEW clean_articles")
    op.execute(f"CREATE VIEW clean_articles AS {CLEAN_ARTICLES.format(bounded=bounded)}")
