"""The WARC files that `newscrawl bulk` reads: how far each is, and what its records came to."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUM = "records = stored + updated + unchanged + duplicate + rejected + failed + known + bad"
COUNTS = {
    "records": "Responses that were read, from the start of the file",
    "stored": "Those that gave a new article",
    "updated": "Those whose article has a new text",
    "unchanged": "Those whose article has the same text",
    "duplicate": "Those that led to another URL's article",
    "rejected": "Those that give no article",
    "failed": "Those whose extraction was ended, or that the store refused",
    "known": "Those whose URL has had an outcome before",
    "bad": "Damaged records, and records that are no web page",
}


def upgrade() -> None:
    whole = "Whether it is read to its end; else the next bulk goes on"
    time = sa.DateTime(timezone=True)
    op.create_table(
        "warc_files",
        sa.Column("id", ROW_ID, primary_key=True, comment="Number of the file"),
        sa.Column("file", sa.Text(), nullable=False, comment="Path or URL"),
        sa.Column("run_id", ROW_ID, sa.ForeignKey("runs.id"), nullable=False, comment="Run that read of it last"),
        sa.Column("read_at", time, nullable=False, comment="When something of it was last stored, UTC"),
        sa.Column("is_whole", sa.Boolean(), nullable=False, comment=whole),
        *(sa.Column(name, sa.Integer(), nullable=False, comment=meaning) for name, meaning in COUNTS.items()),
        sa.CheckConstraint(SUM, name="balance"),
        sa.UniqueConstraint("file"),
        comment=f"WARC files that newscrawl bulk has read, or is reading; always {SUM}",
    )


def downgrade() -> None:
    op.drop_table("warc_files")
