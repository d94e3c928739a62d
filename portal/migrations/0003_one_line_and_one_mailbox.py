# Made by Django 5.2.19; the cleaning was added

import practice.one_line
from django.db import migrations

from practice.cleaning import add_checks, clean_lines, drop_checks


def clean(apps, schema_editor):
    clean_lines(apps, "portal", {"Registration": ["reason"], "Pin": ["end_reason"], "Postponement": ["reason"]})


def check(apps, schema_editor):
    add_checks(apps, schema_editor, "portal")


def uncheck(apps, schema_editor):
    drop_checks(apps, schema_editor, "portal")


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0002_access'),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='pin',
            name='end_reason',
            field=practice.one_line.OneLineField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='postponement',
            name='reason',
            field=practice.one_line.OneLineField(max_length=200),
        ),
        migrations.AlterField(
            model_name='registration',
            name='reason',
            field=practice.one_line.OneLineField(blank=True, help_text='Why declined, removed, or ended', max_length=200),
        ),
        migrations.RunPython(check, uncheck),
    ]
