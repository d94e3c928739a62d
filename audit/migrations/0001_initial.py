"""The trail's tables, its chains, and the triggers that keep its lines as they are (R20)."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from audit import append_only, chains


def lock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.install(schema_editor.connection)


def unlock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.remove(schema_editor.connection)


def make_chains(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    chains.make(apps.get_model("audit", "AuditChain"))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditChain',
            fields=[
                ('id', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('count', models.BigIntegerField(default=0, help_text='The number of its last line')),
                ('digest', models.CharField(blank=True, help_text='Over the MACs of all its lines', max_length=64)),
                ('pruned_count', models.BigIntegerField(default=0, help_text='The number of the last line that was pruned')),
                ('pruned_digest', models.CharField(blank=True, help_text='Over the MACs of the lines pruned', max_length=64)),
                ('key_id', models.CharField(max_length=8)),
                ('seal', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='UTC')),
                ('action', models.CharField(max_length=40)),
                ('patient_id', models.BigIntegerField(null=True)),
                ('address', models.CharField(blank=True, help_text="The client's IP address, or the command's name", max_length=45)),
                ('detail', models.JSONField(default=dict, help_text='Numbers and codes only: no PIN, password or clinical text')),
                ('number', models.BigIntegerField(help_text='In the chain, without gaps')),
                ('key_id', models.CharField(max_length=8)),
                ('mac', models.CharField(help_text='Over all other columns: audit.seals.line_mac', max_length=64)),
                ('user', models.ForeignKey(help_text='Who; empty: nobody signed in', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('chain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.auditchain')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['patient_id', '-at'], name='audit_audit_patient_141f76_idx'), models.Index(fields=['action', '-at'], name='audit_audit_action_6fe893_idx'), models.Index(fields=['at'], name='audit_audit_at_c42b4b_idx')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'number'), name='one_line_per_chain_and_number')],
            },
        ),
        migrations.RunPython(make_chains, migrations.RunPython.noop),
        migrations.RunPython(lock, unlock),
    ]
