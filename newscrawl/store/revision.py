"""Which schema a database has, and whether this version works on it.

Nothing here needs Alembic, which takes as long to load as a third of the command.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from newscrawl.store.engine import StoreError, explain, masked


def migrations() -> Path:
    """The folder of Alembic's scripts: in the package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    folder = package / "_migrations"
    return folder if folder.is_dir() else package.parent / "migrations"


def current_revision(engine: Engine) -> str | None:
    """The revision a database is at; None without newscrawl's tables.

    Raises:
        StoreError: The database cannot be read.
    """
    try:
        with engine.connect() as connection:
            return read_revision(connection)
    except SQLAlchemyError as error:
        raise failure(engine, error) from error


def read_revision(connection: Connection) -> str | None:
    """The same, on a connection; a database that cannot be read raises SQLAlchemy's error."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def head_revision() -> str:
    """The revision that this version of newscrawl works on."""
    return max(_revisions())


def ensure_ready(engine: Engine) -> None:
    """Create the tables in an empty database; leave one at the newest revision alone.

    Raises:
        StoreError: The database has an older or unknown revision or foreign tables, or cannot be reached.
    """
    current, name = current_revision(engine), name_of(engine)
    if current == head_revision():
        return
    if current is None:
        try:
            with engine.connect() as connection:
                tables = inspect(connection).get_table_names()
        except SQLAlchemyError as error:
            raise failure(engine, error) from error
        if set(tables) - {"alembic_version"} and current_revision(engine) is None:
            raise StoreError(f"{name}: holds tables of something else ({tables[0]}, ...); name an empty database")
        from newscrawl.store.migrate import upgrade_engine

        upgrade_engine(engine, "head")
    else:
        require_head(engine, current)


def require_head(engine: Engine, current: str | None) -> None:
    """Refuse a database at another revision than the newest.

    Raises:
        StoreError: It is at another one; the text says what to do.
    """
    if current != head_revision():
        raise StoreError(f"{name_of(engine)}: {advice(current)}")


def advice(current: str | None) -> str:
    """What to do with a database that is at another revision than this version works on."""
    if current is None or is_known(current):
        return f"has schema {current or 'none'}, this version needs {head_revision()}; run: newscrawl db upgrade"
    return f"has schema {current}, made by a newer newscrawl; update newscrawl"


def is_known(revision: str) -> bool:
    """Whether this version of newscrawl has a migration of that name."""
    return revision in _revisions()


def name_of(engine: Engine) -> str:
    """How messages name the database."""
    return masked(engine.url.render_as_string(hide_password=False))


def failure(engine: Engine, error: Exception) -> StoreError:
    """What went wrong with the database, to be raised."""
    cause = explain(error) if isinstance(error, DBAPIError) else str(error).strip()
    return StoreError(f"{name_of(engine)}: {cause}")


def _revisions() -> set[str]:
    """Each script is named by its revision and a word: 0001_tables.py."""
    return {path.name.partition("_")[0] for path in (migrations() / "versions").glob("[0-9]*_*.py")}
