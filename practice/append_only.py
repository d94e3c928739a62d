"""The audit trail's lock in the database: rows can be added, never changed or deleted (R20).

TRUNCATE is not blocked, or tests on PostgreSQL could not clear their tables; in production the
database user of the application does not get that right.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "practice_auditevent"

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only.';
END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse();
"""

SQLITE = [
    f"""
    CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END
    """
    for verb in ("UPDATE", "DELETE")
]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; harmless where they stand already."""
    with connection.cursor() as cursor:
        for statement in [POSTGRESQL] if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for undoing the migration."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_refuse() CASCADE")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")
