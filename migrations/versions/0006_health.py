"""What each outlet gave in each run, and the alarms when it drops."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT, TIME, INT, BOOL = sa.Text(), sa.DateTime(timezone=True), sa.Integer(), sa.Boolean()
FLOAT: sa.Double[float] = sa.Double()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

OUTLET_HEALTH = """
    SELECT o.slug AS outlet, r.id AS run_id, r.started_at, r.status, s.sources_ok, s.sources_failed,
           c.discovered, c.known, c.seen, c.stored, c.updated, c.unchanged, c.duplicate, c.rejected, c.failed,
           c.pending, c.chars_kept, c.chars_removed,
           AVG(c.stored) OVER earlier AS stored_before,
           1.0 * c.chars_removed / NULLIF(c.chars_kept + c.chars_removed, 0) AS removed_share{measured}
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
    {yields}
    WINDOW earlier AS (PARTITION BY c.outlet_id ORDER BY c.run_id ROWS BETWEEN 14 PRECEDING AND 1 PRECEDING)
"""
MEASURED = """,
           y.links,
           1.0 * y.dated / NULLIF(c.stored + c.updated, 0) AS dated_share,
           1.0 * y.authored / NULLIF(c.stored + c.updated, 0) AS authored_share,
           y.median_chars,
           1.0 * y.gated / NULLIF(c.stored + c.updated, 0) AS gated_share,
           1.0 * (c.rejected + c.failed) / NULLIF(c.seen - c.pending, 0) AS lost_share,
           y.silent_since,
           (SELECT COUNT(*) FROM outlet_alarms a WHERE a.run_id = c.run_id AND a.outlet_id = c.outlet_id) AS alarms
"""
YIELDS = "LEFT JOIN outlet_yields y ON y.run_id = c.run_id AND y.outlet_id = c.outlet_id"


def upgrade() -> None:
    _create_yields()
    _create_alarms()
    _replace_view(MEASURED, YIELDS)


def downgrade() -> None:
    _replace_view("", "")
    op.drop_table("outlet_alarms")
    op.drop_table("outlet_yields")


def _create_yields() -> None:
    gated = "Those for logins or subscribers, or of which a part alone is there: truncated, teaser, headline"
    silent = "First run without a new article since the last with one, UTC; NULL: this one has some"
    op.create_table(
        "outlet_yields",
        *_keys(),
        _must("measured_at", TIME, "When the run was at its end, UTC"),
        _must("sources", INT, "Sources asked; 0: pages by hand or from an archive, never judged"),
        _must("sources_silent", INT, "Those of which nothing could be read"),
        _must("links", INT, "URLs that its sources named; one that has not changed names none"),
        _must("dated", INT, "Of the articles stored and updated, those with a time of publication"),
        _must("authored", INT, "Those with an author"),
        _must("gated", INT, gated),
        sa.Column("median_chars", INT, comment="Median length of their texts; NULL: there are none"),
        sa.Column("silent_since", TIME, comment=silent),
        comment="What an outlet gave in a run: the qualities of the articles that run_outlets counts",
    )
    op.create_index("ix_outlet_yields_outlet_id_measured_at", "outlet_yields", ["outlet_id", "measured_at"])


def _create_alarms() -> None:
    measures = "'sources', 'silence', 'articles', 'dated', 'authored', 'chars', 'gated', 'cut', 'lost'"
    op.create_table(
        "outlet_alarms",
        *_keys(),
        sa.Column("measure", TEXT, primary_key=True, comment="What dropped: sources, silence, articles, dated, ..."),
        _must("rule", TEXT, "expect: the outlet's file asks for more; history: it used to give more"),
        _must("expected", FLOAT, "What the rule asks for, or what was usual; silence: hours"),
        _must("got", FLOAT, "What there is"),
        _must("message", TEXT, "The same in words"),
        _must("began_at", TIME, "When it was first found, UTC"),
        _must("told_at", TIME, "When a run last ended as degraded for it, UTC"),
        _must("is_told", BOOL, "Whether this run did"),
        sa.CheckConstraint(f"measure IN ({measures})", name="measure"),
        sa.CheckConstraint("rule IN ('expect', 'history')", name="rule"),
        comment="An alarm in a run; one that stands has a row in each run until it ends",
    )
    op.create_index("ix_outlet_alarms_outlet_id_run_id", "outlet_alarms", ["outlet_id", "run_id"])


def _keys() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("run_id", BIG, sa.ForeignKey("runs.id"), primary_key=True, comment="Run"),
        sa.Column("outlet_id", BIG, sa.ForeignKey("outlets.id"), primary_key=True, comment="Outlet"),
    )


def _must(name: str, kind: sa.types.TypeEngine[Any], comment: str) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False, comment=comment)


def _replace_view(measured: str, yields: str) -> None:
    op.execute("DROP VIEW outlet_health")
    op.execute(f"CREATE VIEW outlet_health AS {OUTLET_HEALTH.format(measured=measured, yields=yields)}")
