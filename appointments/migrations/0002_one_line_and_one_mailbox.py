# Made by Django 5.2.19; the cleaning was added

import practice.one_line
from django.db import migrations

from practice.cleaning import add_checks, clean_lines, drop_checks


COLUMNS = {
    "Provider": ["name"],
    "Location": ["name", "address", "phone"],
    "TimeOff": ["reason"],
    "VisitType": ["name"],
    "Appointment": ["visit_type", "cancel_reason", "override_reason"],
    "ProviderIdentifier": ["system", "value"],
    "AppointmentIdentifier": ["system", "value"],
}


def clean(apps, schema_editor):
    clean_lines(apps, "appointments", COLUMNS)


def check(apps, schema_editor):
    add_checks(apps, schema_editor, "appointments")


def uncheck(apps, schema_editor):
    drop_checks(apps, schema_editor, "appointments")


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='appointment',
            name='cancel_reason',
            field=practice.one_line.OneLineField(blank=True, help_text='Why it was cancelled', max_length=200),
        ),
        migrations.AlterField(
            model_name='appointment',
            name='override_reason',
            field=practice.one_line.OneLineField(blank=True, help_text='Shown with the appointment', max_length=200),
        ),
        migrations.AlterField(
            model_name='appointment',
            name='visit_type',
            field=practice.one_line.OneLineField(blank=True, max_length=100, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='appointmentidentifier',
            name='system',
            field=practice.one_line.OneLineField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='appointmentidentifier',
            name='value',
            field=practice.one_line.OneLineField(max_length=255),
        ),
        migrations.AlterField(
            model_name='location',
            name='address',
            field=practice.one_line.OneLineField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='location',
            name='name',
            field=practice.one_line.OneLineField(max_length=100, unique=True),
        ),
        migrations.AlterField(
            model_name='location',
            name='phone',
            field=practice.one_line.OneLineField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='provider',
            name='name',
            field=practice.one_line.OneLineField(max_length=100),
        ),
        migrations.AlterField(
            model_name='provideridentifier',
            name='system',
            field=practice.one_line.OneLineField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='provideridentifier',
            name='value',
            field=practice.one_line.OneLineField(max_length=255),
        ),
        migrations.AlterField(
            model_name='timeoff',
            name='reason',
            field=practice.one_line.OneLineField(max_length=100),
        ),
        migrations.AlterField(
            model_name='visittype',
            name='name',
            field=practice.one_line.OneLineField(max_length=100, unique=True),
        ),
        migrations.RunPython(check, uncheck),
    ]
