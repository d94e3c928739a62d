"""The audit trail's lock in the database: rows can be added, never changed, and deleted only when old (R20).

Old is what is past the six years for which it must be kept: 45 CFR 164.316(b)(2)(i).

TRUNCATE is not blocked, or tests on PostgreSQL could not clear their tables; in production the
database user of the application does not get that right.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from audit.models import AuditEvent

TABLE = AuditEvent._meta.db_table
KEPT_YEARS = 6

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '{KEPT_YEARS} years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only.';
END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse();
"""

# Dropped first: where an older form of them stands, it gives way.
SQLITE = [
    f"DROP TRIGGER IF EXISTS {TABLE}_no_update",
    f"DROP TRIGGER IF EXISTS {TABLE}_no_delete",
    f"""
    CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
    WHEN OLD.at >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-{KEPT_YEARS} years')
    BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END
    """,
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
