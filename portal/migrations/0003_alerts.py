import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0002_sheet_runs'),
        ('practice', '0004_auditor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Counters of one hour: the new ones count something else, so they begin at nothing.
        migrations.DeleteModel(name='RedemptionFailure'),
        migrations.CreateModel(
            name='RedemptionFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('client', models.CharField(help_text="IPv4 address, /64 of an IPv6 address, or a sign-in's number", max_length=45)),
                ('digest', models.CharField(help_text='Of the PIN that was tried, whether there is one or not', max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['client', 'at'], name='portal_rede_client_658bac_idx')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('redemption', 'PINs are being guessed'), ('sign_in', 'Passwords are being guessed')], max_length=10)),
                ('started_at', models.DateTimeField(help_text='The first of the attempts that gave the alert')),
                ('last_at', models.DateTimeField(help_text='The last attempt, to the minute')),
                ('is_current', models.BooleanField(default=True, help_text='The newest of its kind: the one that may still go on')),
                ('seen_at', models.DateTimeField(null=True)),
                ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['redemption', 'sign_in'])), name='alert_kind_is_known'),
                    models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('kind',), name='one_current_alert_of_each_kind'),
                    models.CheckConstraint(condition=models.Q(models.Q(('seen_at__isnull', True), ('seen_by__isnull', True)), models.Q(('seen_at__isnull', False), ('seen_by__isnull', False)), _connector='OR'), name='alert_seen_at_goes_with_seen_by'),
                ],
            },
        ),
    ]
