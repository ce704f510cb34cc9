"""Walks through archives: the parts that were read, and the URLs that archives alone have named."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT, TIME, INT = sa.Text(), sa.DateTime(timezone=True), sa.Integer()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    alone = "Whether archives alone have named it: only crawls of archives fetch it"
    is_old: sa.Column[bool] = sa.Column(
        "from_archive", sa.Boolean(), nullable=False, server_default=sa.false(), comment=alone
    )
    op.add_column("urls", is_old)
    whose = sa.Column("outlet_id", BIG, sa.ForeignKey("outlets.id"), primary_key=True, comment="Whose it is")
    since = "Links from before were left out, UTC; NULL: none"
    oldest = "Announced time of the oldest link that was taken, UTC; NULL: none has one"
    op.create_table(
        "archive_parts",
        whose,
        sa.Column("url", TEXT, primary_key=True, comment="URL that was asked for"),
        sa.Column("read_at", TIME, nullable=False, comment="When it was last read whole, UTC"),
        sa.Column("lastmod", TIME, comment="When it had changed, as its index said, UTC"),
        sa.Column("since", TIME, comment=since),
        sa.Column("left_out", INT, nullable=False, comment="How many"),
        sa.Column("oldest_at", TIME, comment=oldest),
        comment="Parts of archives that were read whole: sitemaps of an index, pages of a day",
    )


def downgrade() -> None:
    op.drop_table("archive_parts")
    op.drop_column("urls", "from_archive")
