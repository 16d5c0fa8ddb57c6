# The tables of the first release.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('learners', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RiskScore',
            fields=[
                ('learner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='risk', serialize=False, to='learners.learner', verbose_name='learner')),
                ('score', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='score')),
                ('label', models.CharField(choices=[('high', 'High'), ('medium', 'Medium'), ('low', 'Low')], max_length=6, verbose_name='label')),
                ('inputs_known', models.PositiveSmallIntegerField(verbose_name='inputs known')),
                ('priority', models.SmallIntegerField()),
                ('change', models.SmallIntegerField(null=True, verbose_name='change since last week')),
                ('scorer', models.CharField(max_length=40, verbose_name='scorer')),
                ('as_of', models.DateField(verbose_name='as of')),
                ('computed_at', models.DateTimeField(verbose_name='computed')),
            ],
            options={
                'verbose_name': 'risk score',
                'verbose_name_plural': 'risk scores',
                'indexes': [models.Index(fields=['priority', 'learner'], name='riskscore_priority')],
            },
        ),
        migrations.CreateModel(
            name='RiskSnapshot',
            fields=[
                ('pk', models.CompositePrimaryKey('learner', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('score', models.DecimalField(decimal_places=4, max_digits=5)),
                ('label', models.CharField(choices=[('high', 'High'), ('medium', 'Medium'), ('low', 'Low')], max_length=6)),
                ('inputs_known', models.PositiveSmallIntegerField()),
                ('scorer', models.CharField(max_length=40)),
                ('learner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learners.learner')),
            ],
        ),
        migrations.CreateModel(
            name='ScoringRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trigger', models.CharField(max_length=40, verbose_name='started from')),
                ('scorer', models.CharField(max_length=40, verbose_name='scorer')),
                ('as_of', models.DateField(verbose_name='as of')),
                ('is_full', models.BooleanField(verbose_name='of everyone')),
                ('weekly', models.BooleanField(default=False, verbose_name='weekly snapshot')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(verbose_name='finished')),
                ('learners', models.PositiveIntegerField(default=0, verbose_name='learners')),
                ('changed', models.PositiveIntegerField(default=0, verbose_name='changed')),
                ('counts', models.JSONField(default=dict, verbose_name='by label')),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='learners.program', verbose_name='program')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by')),
            ],
            options={
                'verbose_name': 'scoring run',
                'verbose_name_plural': 'scoring runs',
                'ordering': ['-started_at', '-id'],
                'get_latest_by': 'started_at',
            },
        ),
        migrations.CreateModel(
            name='LabelCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('level', models.CharField(max_length=7)),
                ('learners', models.PositiveIntegerField()),
                ('cohort', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learners.cohort')),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learners.program')),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='labelcount_day')],
            },
        ),
    ]
