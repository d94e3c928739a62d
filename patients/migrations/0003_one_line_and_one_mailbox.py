# Made by Django 5.2.19; the cleaning was added

import practice.emails
import practice.one_line
from django.db import migrations

from practice.cleaning import add_checks, clean_emails, clean_lines, drop_checks


PERSON = ["given_name", "family_name", "language", "street", "city", "state", "postal_code"]
COLUMNS = {
    "Patient": [*PERSON, "chart_number", "middle_name", "preferred_name", "confirmed_given_name", "phone"],
    "Contact": [*PERSON, "home_phone", "cell_phone"],
    "FamilyContact": ["restriction_reason", "restriction_document", "basis_document"],
    "PatientAlias": ["name"],
    "PatientIdentifier": ["system", "value"],
    "ContactIdentifier": ["system", "value"],
}


def clean(apps, schema_editor):
    clean_lines(apps, "patients", COLUMNS)
    clean_emails(apps, "patients", ["Patient", "Contact"])


def check(apps, schema_editor):
    add_checks(apps, schema_editor, "patients")


def uncheck(apps, schema_editor):
    drop_checks(apps, schema_editor, "patients")


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0002_access'),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='contact',
            name='cell_phone',
            field=practice.one_line.OneLineField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='contact',
            name='city',
            field=practice.one_line.OneLineField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name='contact',
            name='email',
            field=practice.emails.EmailField(blank=True, max_length=254, verbose_name='Home Email'),
        ),
        migrations.AlterField(
            model_name='contact',
            name='family_name',
            field=practice.one_line.OneLineField(blank=True, max_length=100, verbose_name='last name'),
        ),
        migrations.AlterField(
            model_name='contact',
            name='given_name',
            field=practice.one_line.OneLineField(blank=True, max_length=100, verbose_name='first name'),
        ),
        migrations.AlterField(
            model_name='contact',
            name='home_phone',
            field=practice.one_line.OneLineField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='contact',
            name='language',
            field=practice.one_line.OneLineField(blank=True, help_text='BCP 47, such as en or es', max_length=10),
        ),
        migrations.AlterField(
            model_name='contact',
            name='postal_code',
            field=practice.one_line.OneLineField(blank=True, max_length=20),
        ),
        migrations.AlterField(
            model_name='contact',
            name='state',
            field=practice.one_line.OneLineField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name='contact',
            name='street',
            field=practice.one_line.OneLineField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='contactidentifier',
            name='system',
            field=practice.one_line.OneLineField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='contactidentifier',
            name='value',
            field=practice.one_line.OneLineField(max_length=255),
        ),
        migrations.AlterField(
            model_name='familycontact',
            name='restriction_document',
            field=practice.one_line.OneLineField(blank=True, help_text='Where to find the document, such as its number', max_length=100),
        ),
        migrations.AlterField(
            model_name='familycontact',
            name='restriction_reason',
            field=practice.one_line.OneLineField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='patient',
            name='chart_number',
            field=practice.one_line.OneLineField(max_length=64, unique=True),
        ),
        migrations.AlterField(
            model_name='patient',
            name='city',
            field=practice.one_line.OneLineField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name='patient',
            name='confirmed_given_name',
            field=practice.one_line.OneLineField(blank=True, editable=False, max_length=100),
        ),
        migrations.AlterField(
            model_name='patient',
            name='email',
            field=practice.emails.EmailField(blank=True, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='family_name',
            field=practice.one_line.OneLineField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name='patient',
            name='given_name',
            field=practice.one_line.OneLineField(blank=True, help_text='Legal first name', max_length=100),
        ),
        migrations.AlterField(
            model_name='patient',
            name='language',
            field=practice.one_line.OneLineField(blank=True, help_text='BCP 47, such as en or es', max_length=10),
        ),
        migrations.AlterField(
            model_name='patient',
            name='middle_name',
            field=practice.one_line.OneLineField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name='patient',
            name='phone',
            field=practice.one_line.OneLineField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='patient',
            name='postal_code',
            field=practice.one_line.OneLineField(blank=True, max_length=20),
        ),
        migrations.AlterField(
            model_name='patient',
            name='preferred_name',
            field=practice.one_line.OneLineField(blank=True, help_text='Name the child goes by', max_length=100),
        ),
        migrations.AlterField(
            model_name='patient',
            name='state',
            field=practice.one_line.OneLineField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name='patient',
            name='street',
            field=practice.one_line.OneLineField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='patientalias',
            name='name',
            field=practice.one_line.OneLineField(max_length=200),
        ),
        migrations.AlterField(
            model_name='patientidentifier',
            name='system',
            field=practice.one_line.OneLineField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='patientidentifier',
            name='value',
            field=practice.one_line.OneLineField(max_length=255),
        ),
        migrations.AlterField(
            model_name='familycontact',
            name='basis_document',
            field=practice.one_line.OneLineField(blank=True, help_text='Where to find the document, such as its number', max_length=100, verbose_name='document'),
        ),
        migrations.RunPython(check, uncheck),
    ]
