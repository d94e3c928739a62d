"""Seal the audit trail: lanes with heads, every line numbered and under a MAC, old ones included (R20)."""

import itertools

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from practice import append_only, lanes, seals

UPDATE = "UPDATE practice_auditevent SET number = %s, key_id = %s, mac = %s WHERE id = %s"
BATCH = 2000


def unlock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.remove(schema_editor.connection)


def lock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.install(schema_editor.connection)


def make_lanes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    lanes.make(apps.get_model("practice", "AuditLane"))


def seal_old_lines(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The lines written so far become the first of lane 1, in their order. What they are from now on is sealed."""
    lane = apps.get_model("practice", "AuditLane").objects.get(pk=1)
    key = seals.KEYS.newest
    columns = [name for name in seals.Line._fields if name not in ("lane_id", "number", "key_id", "mac")]
    lines = apps.get_model("practice", "AuditEvent").objects.order_by("pk").values(*columns).iterator(BATCH)
    with schema_editor.connection.cursor() as cursor:
        while batch := list(itertools.islice(lines, BATCH)):
            rows = []
            for values in batch:
                lane.count += 1
                line = seals.Line(**values, lane_id=lane.pk, number=lane.count, key_id=key.key_id)
                mac = seals.line_mac(key, line)
                lane.digest = seals.next_digest(lane.digest, mac)
                rows.append((line.number, line.key_id, mac, line.id))
            cursor.executemany(UPDATE, rows)
    seals.seal(lane)
    lane.save()


class Migration(migrations.Migration):
    dependencies = [("practice", "0005_sign_in")]

    operations = [
        # Also because SQLite drops them where a column is added: from here to the end they are away.
        migrations.RunPython(unlock, lock),
        migrations.CreateModel(
            name="AuditLane",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("count", models.BigIntegerField(default=0, help_text="The number of its last line")),
                ("digest", models.CharField(blank=True, help_text="Over the MACs of all its lines", max_length=64)),
                (
                    "pruned_count",
                    models.BigIntegerField(default=0, help_text="The number of the last line that was pruned"),
                ),
                (
                    "pruned_digest",
                    models.CharField(blank=True, help_text="Over the MACs of the lines pruned", max_length=64),
                ),
                ("key_id", models.CharField(max_length=8)),
                ("seal", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(make_lanes, migrations.RunPython.noop),
        migrations.AddField(
            model_name="auditevent",
            name="lane",
            field=models.ForeignKey(
                db_index=False,
                default=1,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="practice.auditlane",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="auditevent",
            name="number",
            field=models.BigIntegerField(default=0, help_text="In the lane, without gaps"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="auditevent",
            name="key_id",
            field=models.CharField(default="", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="auditevent",
            name="mac",
            field=models.CharField(
                default="", help_text="Over all other columns: practice.seals.line_mac", max_length=64
            ),
            preserve_default=False,
        ),
        migrations.RunPython(seal_old_lines, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.UniqueConstraint(fields=("lane", "number"), name="one_line_per_lane_and_number"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["at"], name="practice_au_at_0429f5_idx"),
        ),
        migrations.RunPython(lock, unlock),
    ]
