from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("practice", "0007_settings_and_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                default="",
                help_text="What a family reads: a code of settings.LANGUAGES. Empty: not known yet",
                max_length=10,
            ),
        ),
    ]
