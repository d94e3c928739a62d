# Made by Django 5.2.19; the cleaning was added

import practice.one_line
from django.db import migrations

from practice.cleaning import add_checks, clean_lines, drop_checks


def clean(apps, schema_editor):
    clean_lines(apps, "practice", {"Practice": ["name", "phone"]})
    clean_lines(apps, "practice", {"Practice": ["address"]}, keep_line_feeds=True)


def check(apps, schema_editor):
    add_checks(apps, schema_editor, "practice")


def uncheck(apps, schema_editor):
    drop_checks(apps, schema_editor, "practice")


class Migration(migrations.Migration):

    dependencies = [
        ('practice', '0002_access'),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='practice',
            name='address',
            field=practice.one_line.LinesField(blank=True, help_text='In lines, as on an envelope', max_length=200),
        ),
        migrations.AlterField(
            model_name='practice',
            name='name',
            field=practice.one_line.OneLineField(default='Our Practice', max_length=100),
        ),
        migrations.AlterField(
            model_name='practice',
            name='phone',
            field=practice.one_line.OneLineField(blank=True, max_length=30),
        ),
        migrations.RunPython(check, uncheck),
    ]
