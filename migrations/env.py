"""Alembic's environment: the same transaction for the `alembic` command and for newscrawl's own calls."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from newscrawl.store.engine import database_url, open_engine
from newscrawl.store.migrate import migration_transaction
from newscrawl.store.models import Base
from newscrawl.store.models.base import CleanText, UtcTime

WORDS = "article_words"
"""Index of words, which is no model: FTS5 makes tables of its own for it, article_words_data and others."""


def render_item(kind: str, item: object, _autogen: AutogenContext) -> str | Literal[False]:
    """Migrations know SQLAlchemy's types alone: what the models' types do today must not change the past."""
    if kind == "type" and isinstance(item, CleanText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        include_name=lambda name, kind, _parents: not (kind == "table" and (name or "").startswith(WORDS)),
    )
    context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations need a database: set NEWSCRAWL_DATABASE_URL and leave --sql out")
given: Any = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with migration_transaction(open_engine(database_url())) as opened:
        run(opened)
