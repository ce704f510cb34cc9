"""Which run may ask a host, and from when on."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run = "Run that alone may ask it; NULL: none does"
    delay = "Longest time that a run left between an answer and its next request, seconds"
    free = "Not to be asked before, UTC: the last run's delay is over then, or the pause that the host asked for"
    run_key = sa.ForeignKey("runs.id", name="fk_hosts_run_id_runs")
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), primary_key=True, comment="Name or address, as in URLs"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), run_key, comment=run),
        sa.Column("delay_s", sa.Double(), nullable=False, comment=delay),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False, comment=free),
        comment="Hosts that were asked: one run at a time, so that delays hold over all machines",
    )
    op.create_index("ix_hosts_run_id", "hosts", ["run_id"])


def downgrade() -> None:
    op.drop_table("hosts")
