"""Triggers that make the audit trail append-only: no UPDATE, and DELETE only after six years (R20).

Six years is how long the trail must be kept: 45 CFR 164.316(b)(2)(i).

TRUNCATE is not blocked, because tests on PostgreSQL clear their tables with it. In production, do not give the
application's database user that right.
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

# Drop first: an older form of a trigger may exist.
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
    """Create the triggers. Existing ones are replaced."""
    with connection.cursor() as cursor:
        for statement in [POSTGRESQL] if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for reversing the migration, and for tests."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_refuse() CASCADE")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")
