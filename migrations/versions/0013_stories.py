"""Stories: which articles tell one event, and what each derives from."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXT, TIME, INT, BYTES = sa.Text(), sa.DateTime(timezone=True), sa.Integer(), sa.LargeBinary()
FLOAT: sa.Double[float] = sa.Double()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

STORY_COVERAGE = """
    SELECT s.id AS story_id, a.headline, o.slug AS first_outlet, s.first_article_id, s.first_at, s.last_at,
           s.articles, s.outlets, s.languages, s.independent, {outlets} AS outlet_list, {languages} AS language_list
    FROM stories s
    LEFT JOIN articles a ON a.id = s.first_article_id
    LEFT JOIN outlets o ON o.id = a.outlet_id
"""
TOLD = """
    FROM story_articles m JOIN articles t ON t.id = m.article_id JOIN outlets p ON p.id = t.outlet_id
    WHERE m.story_id = s.id
"""
COMMENTS = {
    "": "The stories: who told each first, how many tell it, and how many of them independently",
    "story_id": "Number of the story: story_articles.story_id",
    "headline": "Headline of the article that was published first",
    "first_outlet": "Outlet that was first, by its short name",
    "first_article_id": "Article that was published first",
    "first_at": "When it was first published, else first seen, UTC",
    "last_at": "When it was last published, else first seen, UTC",
    "articles": "Articles that tell it",
    "outlets": "Outlets that tell it",
    "languages": "Languages in which it is told",
    "independent": "Independent sources: articles that are no copy and no translation of another; a wire's copies are "
    "one",
    "outlet_list": "Outlets that tell it, by their short names, with a space between",
    "language_list": "Languages in which it is told, with a space between",
}
TABLES = (
    "story_state", "story_postings", "story_evidence", "story_ties", "story_queue", "article_origins",
    "story_articles", "stories",
)  # fmt: skip


def upgrade() -> None:
    _create_stories()
    _create_working()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    lists = {"outlets": _list("p.slug", is_sqlite), "languages": _list("t.language", is_sqlite)}
    op.execute(f"CREATE VIEW story_coverage AS {STORY_COVERAGE.format(**lists)}")
    for column, comment in {} if is_sqlite else COMMENTS.items():
        place = f"COLUMN story_coverage.{column}" if column else "VIEW story_coverage"
        said = comment.replace("'", "''").replace(":", "\\:")  # a colon would begin a parameter
        op.execute(f"COMMENT ON {place} IS '{said}'")
    # What is there waits for the next crawl, or for newscrawl stories update.
    op.execute("INSERT INTO story_queue (article_id) SELECT id FROM articles ORDER BY id")


def downgrade() -> None:
    op.execute("DROP VIEW story_coverage")
    for table in TABLES:
        op.drop_table(table)


def _list(value: str, is_sqlite: bool) -> str:
    """The different values of a story's articles in one text."""
    if is_sqlite:
        rows = f"SELECT DISTINCT {value} AS value {TOLD} ORDER BY 1"
        return f"(SELECT group_concat(value, ' ') FROM ({rows}))"  # noqa: S608
    return f"(SELECT string_agg(DISTINCT {value}, ' ' ORDER BY {value}) {TOLD})"


def _create_stories() -> None:
    op.create_table(
        "stories",
        sa.Column(
            "id", BIG, primary_key=True, autoincrement=False, comment="Number of the story: the place of who founded it"
        ),
        sa.Column(
            "first_article_id",
            BIG,
            sa.ForeignKey("articles.id", ondelete="SET NULL"),
            comment="Article that was published first",
        ),
        sa.Column("first_at", TIME, nullable=False, comment="When it was first published, else first seen, UTC"),
        sa.Column("last_at", TIME, nullable=False, comment="When it was last published, else first seen, UTC"),
        sa.Column("articles", INT, nullable=False, comment="Articles that tell it"),
        sa.Column("outlets", INT, nullable=False, comment="Outlets that tell it"),
        sa.Column("languages", INT, nullable=False, comment="Languages in which it is told"),
        sa.Column(
            "independent",
            INT,
            nullable=False,
            comment="Independent sources: articles that are no copy and no translation of another; a wire's copies "
            "are one",
        ),
        comment="Stories: articles of any outlet and language that tell one event; an article alone is one, too",
    )
    op.create_index("ix_stories_first_article_id", "stories", ["first_article_id"])
    shared = sa.text("articles > 1")
    op.create_index("ix_stories_shared", "stories", ["last_at"], sqlite_where=shared, postgresql_where=shared)
    op.create_table(
        "story_articles",
        sa.Column(
            "article_id",
            BIG,
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            comment="Article",
        ),
        sa.Column("story_id", BIG, sa.ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, comment="Story"),
        sa.Column("place", BIG, nullable=False, comment="Its place in the order in which articles were tied"),
        sa.Column(
            "at", TIME, nullable=False, comment="When it was published, else first seen, as known when tied, UTC"
        ),
        sa.UniqueConstraint("place"),
        comment="Which articles tell a story",
    )
    op.create_index("ix_story_articles_story_id", "story_articles", ["story_id"])
    op.create_table(
        "article_origins",
        sa.Column(
            "article_id",
            BIG,
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            comment="Article",
        ),
        sa.Column(
            "position",
            INT,
            primary_key=True,
            autoincrement=False,
            comment="0: the article it is made from; from 1: whom it credits",
        ),
        sa.Column(
            "relation",
            TEXT,
            nullable=False,
            comment="wire_copy: the whole text; edited_copy: most of it; rewrite: in other words, with credit; "
            "translation; press_release: a release distributor's; cites: names it as its source",
        ),
        sa.Column(
            "source_id",
            BIG,
            sa.ForeignKey("articles.id", ondelete="SET NULL"),
            comment="The article; NULL: it is not here",
        ),
        sa.Column("source_name", TEXT, comment="The agency or publication that is credited"),
        sa.Column("confidence", FLOAT, nullable=False, comment="How sure, 0 to 1"),
        sa.Column(
            "evidence",
            TEXT,
            nullable=False,
            comment="JSON: words (the credit as it stands), credit (agency of both), shared_runs, shared_numbers, "
            "shared_sentences (shares, 0 to 1), languages, notice (of a machine translation)",
        ),
        sa.CheckConstraint(
            "relation IN ('wire_copy', 'edited_copy', 'rewrite', 'translation', 'press_release', 'cites')",
            name="relation",
        ),
        comment="What an article derives from, with the evidence",
    )
    op.create_index("ix_article_origins_source_id", "article_origins", ["source_id"])


def _create_working() -> None:
    op.create_table(
        "story_queue",
        sa.Column("id", BIG, primary_key=True, comment="Order"),
        sa.Column(
            "article_id", BIG, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, comment="Article"
        ),
        comment="Articles that are to be tied to stories: new ones, and those with a new text",
    )
    op.create_index("ix_story_queue_article_id", "story_queue", ["article_id"])
    op.create_table(
        "story_ties",
        sa.Column("id", BIG, primary_key=True, autoincrement=False, comment="Place in the order, from 1"),
        sa.Column(
            "article_id", BIG, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, comment="Article"
        ),
        sa.Column("revision", INT, nullable=False, comment="Revision whose text was read"),
        sa.Column("at", TIME, nullable=False, comment="When it was published, else first seen, UTC"),
        sa.Column("language", TEXT, comment="BCP-47 tag then"),
        sa.Column("wire", TEXT, comment="Agency whose copy it was then"),
        sa.Column("machine_translation", TEXT, comment="How the page said that a machine translated it"),
        comment="In which order articles were tied, and by which text: newscrawl stories rebuild goes by it",
    )
    op.create_index("ix_story_ties_article_id", "story_ties", ["article_id"])
    op.create_table(
        "story_evidence",
        sa.Column(
            "place",
            BIG,
            sa.ForeignKey("story_ties.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            comment="Of story_ties",
        ),
        sa.Column("epoch", INT, nullable=False, comment="Number of its six days since 1970"),
        sa.Column("packed", BYTES, nullable=False, comment="Its words, names and numbers, weighed"),
        comment="What is compared of the articles of the last days: a working table",
    )
    op.create_index("ix_story_evidence_epoch", "story_evidence", ["epoch"])
    op.create_table(
        "story_postings",
        sa.Column(
            "term", BIG, primary_key=True, autoincrement=False, comment="Epoch and hash of a word, name or number"
        ),
        sa.Column("newest", BIG, nullable=False, comment="The last of the places"),
        sa.Column("places", BYTES, nullable=False, comment="The latest articles with it: places, and seconds"),
        comment="In which articles of the last days rare words stand: a working table",
    )
    op.create_table(
        "story_state",
        sa.Column("id", BIG, primary_key=True, autoincrement=False, comment="1"),
        sa.Column("done", BIG, nullable=False, comment="Last place of story_ties that is tied"),
        sa.Column("newest", INT, nullable=False, comment="Epoch of the latest article"),
        sa.Column("articles", TEXT, nullable=False, comment="JSON: how many articles are counted, by kind of word"),
        sa.Column("counts", BYTES, nullable=False, comment="In how many articles words stand, by a hash"),
        comment="How far tying has come, and how frequent words are: one row, a working table",
    )
