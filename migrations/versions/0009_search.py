"""The index of words, of all articles that there are: what `newscrawl search` looks in."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from newscrawl.fulltext.vectors import tsvector
from newscrawl.fulltext.words import words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH = 500
COMMENTS = {
    "TABLE article_words": "Words of the articles, for newscrawl search: the table of an index, not for reading",
    "COLUMN article_words.article_id": "Article",
    "COLUMN article_words.words": "Words without case and diacritics; of Chinese and its like, pairs of characters; "
    "weight A: of the headline",
    "COLUMN article_words.is_whole": "Whether words has all places of each; else phrases in it cannot be told",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _create_fts5()
        return
    op.create_table(
        "article_words",
        sa.Column("article_id", sa.BigInteger(), sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
    )
    insert = sa.text("INSERT INTO article_words VALUES (:id, CAST(:words AS tsvector), :is_whole)")
    for batch in _batches():
        rows = [(id, *tsvector(words(headline or ""), words(body))) for id, headline, body in batch]
        op.get_bind().execute(insert, [{"id": id, "words": vector, "is_whole": whole} for id, vector, whole in rows])
    op.create_index("ix_article_words_words", "article_words", ["words"], postgresql_using="gin")
    for what, text in COMMENTS.items():
        op.execute(f"COMMENT ON {what} IS '{text}'")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER article_words_deleted")
    op.execute("DROP TABLE article_words")


def _create_fts5() -> None:
    """Words come as they are to be found, with a space between: the tokenizer `ascii` leaves all other letters alone.

    The table keeps them, too. An index without them (content='') needs the old words, exactly, to take an article out,
    and is broken where another version of the code, or of Unicode, finds others in the old text.
    """
    op.execute("CREATE VIRTUAL TABLE article_words USING fts5(headline, text, tokenize='ascii')")
    insert = sa.text("INSERT INTO article_words (rowid, headline, text) VALUES (:id, :headline, :text)")
    for batch in _batches():
        rows = [
            {"id": id, "headline": " ".join(words(headline or "")), "text": " ".join(words(body))}
            for id, headline, body in batch
        ]
        op.get_bind().execute(insert, rows)
    # Whoever copies the table `articles` to change it (batch_alter_table) has to make this again.
    op.execute(
        "CREATE TRIGGER article_words_deleted AFTER DELETE ON articles "
        "BEGIN DELETE FROM article_words WHERE rowid = old.id; END"
    )


def _batches() -> Iterator[list[tuple[int, str | None, str]]]:
    """Number, headline and text of all articles."""
    config = op.get_context().config
    tell: Callable[[str], None] = config.attributes.get("on_progress", print) if config else print
    total = op.get_bind().scalar(sa.text("SELECT COUNT(*) FROM articles"))
    query = sa.text("SELECT id, headline, text FROM articles WHERE id > :last ORDER BY id LIMIT :batch")
    done = last = 0
    while batch := [tuple(row) for row in op.get_bind().execute(query, {"last": last, "batch": BATCH})]:
        yield batch
        done, last = done + len(batch), batch[-1][0]
        tell(f"words of {done} of {total} articles")
