"""The names that lines seal. Lines from before have none, and their seals stay valid."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    # Nullable and without a default, so that SQLite adds the column to the table instead of making a new one, which
    # would have no triggers.
    operations = [
        migrations.AddField(
            model_name='auditevent',
            name='names',
            field=models.JSONField(help_text='Whom the line means, as called at that time; empty: a line from before 0.2.0', null=True),
        ),
    ]
