"""The right to read, and nothing else, for a role of PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from newscrawl.store.engine import StoreError, masked, open_engine

# Of whoever owns the articles: another application's tables may lie in the same schema.
_OWN = """
    SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class a ON a.oid = to_regclass('articles') AND a.relnamespace = c.relnamespace AND a.relowner = c.relowner
    WHERE c.relkind IN ('r', 'p', 'v', 'm') ORDER BY c.relname
"""
_CAN = """
    SELECT COUNT(*) FILTER (WHERE has_table_privilege(:role, format('%I.%I', s, r), 'SELECT')),
           COUNT(*) FILTER (WHERE has_table_privilege(:role, format('%I.%I', s, r), 'INSERT, UPDATE, DELETE, TRUNCATE'))
    FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS t (s, r)
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role may do, and the statements that gave it to it."""

    role: str
    statements: tuple[str, ...]
    readable: int  # tables and views
    writable: int  # by other rights of the role; well: 0


def grant(url: str, role: str, *, run: bool = True) -> Grant:
    """Let a role read all tables and views, also those that later versions of the schema make. Twice is once.

    Args:
        url: Of the database, as the owner of the tables.
        role: Its name.
        run: False: only make the statements.

    Raises:
        StoreError: It is no PostgreSQL, there are no tables or no such role, or we are not the tables' owner.
    """
    engine = open_engine(url)
    try:
        if engine.dialect.name != "postgresql":
            raise StoreError(
                f"{masked(url)}: SQLite has no roles: who may read the file may read everything. "
                "Open it with sqlite3 'file:newscrawl.db?mode=ro', or give others a copy: newscrawl backup FILE"
            )
        with engine.begin() as connection:
            return _grant(connection, masked(url), role, run)
    except DBAPIError as error:
        raise StoreError(f"{masked(url)}: {' '.join(str(error.orig).split())}") from error
    finally:
        engine.dispose()


def _grant(connection: Connection, place: str, role: str, run: bool) -> Grant:
    found = connection.execute(text(_OWN)).all()
    if not found:
        raise StoreError(f"{place}: no newscrawl tables here; newscrawl db upgrade makes them")
    quote = connection.dialect.identifier_preparer.quote_identifier
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is None:
        make = f"CREATE ROLE {quote(role)} LOGIN PASSWORD '...'"
        raise StoreError(f"{place}: no role {role}; make it in psql: {make}")
    schemas, names, owners = (list(column) for column in zip(*found, strict=True))
    schema, owner, reader = quote(schemas[0]), quote(owners[0]), quote(role)
    statements = (
        f"GRANT USAGE ON SCHEMA {schema} TO {reader}",
        f"GRANT SELECT ON {', '.join(f'{schema}.{quote(name)}' for name in names)} TO {reader}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {reader}",
    )
    for statement in statements if run else ():
        connection.exec_driver_sql(statement)
    counted = connection.execute(text(_CAN), {"role": role, "schemas": schemas, "names": names}).one()
    return Grant(role, statements, *counted)
