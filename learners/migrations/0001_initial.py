# The tables of the first release.

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import learners.models
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StagedLearner',
            fields=[
                ('line', models.BigIntegerField(primary_key=True, serialize=False)),
                ('uid', models.CharField(max_length=64)),
                ('has_own_uid', models.BooleanField()),
                ('name', models.CharField(max_length=200, null=True)),
                ('email', models.EmailField(max_length=254, null=True)),
                ('phone', models.CharField(max_length=20, null=True)),
                ('program', models.CharField(max_length=200, null=True)),
                ('cohort', models.CharField(max_length=200, null=True)),
                ('language', models.CharField(max_length=5, null=True)),
                ('timezone', models.CharField(max_length=64, null=True)),
                ('last_login', models.DateTimeField(null=True)),
                ('completed_percent', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('avg_quiz_score', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('consecutive_missed_sessions', models.IntegerField(null=True)),
                ('as_of', models.DateField()),
            ],
            options={
                'db_table': 'staged_learner',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
            ],
            options={
                'verbose_name': 'cohort',
                'verbose_name_plural': 'cohorts',
                'ordering': ['program__name', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='name')),
                ('course_url', models.URLField(blank=True, help_text='Where a learner goes to continue. Nudges link here.', verbose_name='course address')),
            ],
            options={
                'verbose_name': 'program',
                'verbose_name_plural': 'programs',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Which system uses it', max_length=100, verbose_name='name')),
                ('prefix', models.CharField(editable=False, max_length=12, unique=True, verbose_name='prefix')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('can_write', models.BooleanField(default=False, verbose_name='may write')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalProgram',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=200, verbose_name='name')),
                ('course_url', models.URLField(blank=True, help_text='Where a learner goes to continue. Nudges link here.', verbose_name='course address')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical program',
                'verbose_name_plural': 'historical programs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ImportUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('filename', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Learner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=learners.models.new_uid, max_length=64, unique=True, verbose_name='id')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, verbose_name='email')),
                ('phone', models.CharField(blank=True, help_text='With its country code: +8801712345678', max_length=20, verbose_name='phone')),
                ('language', models.CharField(choices=[('en', 'English'), ('bn', 'Bengali')], default='en', max_length=5, verbose_name='language')),
                ('timezone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last seen')),
                ('completed_percent', models.DecimalField(blank=True, decimal_places=2, help_text='Of the work due so far, the percentage handed in.', max_digits=7, null=True, verbose_name='completed')),
                ('avg_quiz_score', models.DecimalField(blank=True, decimal_places=2, help_text='0 to 100', max_digits=7, null=True, verbose_name='quiz average')),
                ('consecutive_missed_sessions', models.IntegerField(blank=True, null=True, verbose_name='sessions missed in a row')),
                ('last_contacted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last nudge')),
                ('last_contact_channel', models.CharField(blank=True, choices=[('in-app', 'In-app'), ('email', 'Email'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], editable=False, max_length=10, verbose_name='channel of the last nudge')),
                ('search', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat(models.F('name'), models.Value(' '), django.db.models.functions.comparison.Coalesce('email', models.Value('')), models.Value(' '), models.F('uid'), output_field=models.TextField())), output_field=models.TextField())),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('cohort', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='learners', to='learners.cohort', verbose_name='cohort')),
                ('owner', models.ForeignKey(blank=True, help_text='Signs the nudges, and gets the replies.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='coordinator')),
                ('program', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='learners', to='learners.program', verbose_name='program')),
            ],
            options={
                'verbose_name': 'learner',
                'verbose_name_plural': 'learners',
            },
        ),
        migrations.CreateModel(
            name='HistoricalContactPreference',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('channel', models.CharField(choices=[('in-app', 'In-app'), ('email', 'Email'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], max_length=10, verbose_name='channel')),
                ('allowed', models.BooleanField(verbose_name='consent')),
                ('decided_at', models.DateTimeField(verbose_name='decided')),
                ('source', models.CharField(help_text='For example: enrolment form, phone call', max_length=200, verbose_name='source')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='address verified')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('learner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='learners.learner', verbose_name='learner')),
            ],
            options={
                'verbose_name': 'historical contact preference',
                'verbose_name_plural': 'historical contact preferences',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=2000, verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='written')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='learners.learner', verbose_name='learner')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalLearner',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('uid', models.CharField(db_index=True, default=learners.models.new_uid, max_length=64, verbose_name='id')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, verbose_name='email')),
                ('phone', models.CharField(blank=True, help_text='With its country code: +8801712345678', max_length=20, verbose_name='phone')),
                ('language', models.CharField(choices=[('en', 'English'), ('bn', 'Bengali')], default='en', max_length=5, verbose_name='language')),
                ('timezone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last seen')),
                ('completed_percent', models.DecimalField(blank=True, decimal_places=2, help_text='Of the work due so far, the percentage handed in.', max_digits=7, null=True, verbose_name='completed')),
                ('avg_quiz_score', models.DecimalField(blank=True, decimal_places=2, help_text='0 to 100', max_digits=7, null=True, verbose_name='quiz average')),
                ('consecutive_missed_sessions', models.IntegerField(blank=True, null=True, verbose_name='sessions missed in a row')),
                ('created_at', models.DateTimeField(blank=True, editable=False, verbose_name='created')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('cohort', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='learners.cohort', verbose_name='cohort')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, help_text='Signs the nudges, and gets the replies.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='coordinator')),
                ('program', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='learners.program', verbose_name='program')),
            ],
            options={
                'verbose_name': 'historical learner',
                'verbose_name_plural': 'historical learners',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='cohort',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cohorts', to='learners.program', verbose_name='program'),
        ),
        migrations.CreateModel(
            name='ContactPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('in-app', 'In-app'), ('email', 'Email'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], max_length=10, verbose_name='channel')),
                ('allowed', models.BooleanField(verbose_name='consent')),
                ('decided_at', models.DateTimeField(verbose_name='decided')),
                ('source', models.CharField(help_text='For example: enrolment form, phone call', max_length=200, verbose_name='source')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='address verified')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to='learners.learner', verbose_name='learner')),
            ],
            options={
                'verbose_name': 'contact preference',
                'verbose_name_plural': 'contact preferences',
                'ordering': ['channel'],
                'constraints': [models.UniqueConstraint(fields=('learner', 'channel'), name='one_preference_per_learner_and_channel')],
            },
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(fields=['name', 'id'], name='learner_name'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(fields=['last_login', 'id'], name='learner_last_login'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(fields=['completed_percent', 'id'], name='learner_completed'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(fields=['avg_quiz_score', 'id'], name='learner_quiz'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(fields=['consecutive_missed_sessions', 'id'], name='learner_missed'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(fields=['last_contacted_at', 'id'], name='learner_last_contacted'),
        ),
        migrations.AddConstraint(
            model_name='learner',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='learner_email_unique', violation_error_message='Another learner has this email address.'),
        ),
        migrations.AddConstraint(
            model_name='learner',
            constraint=models.CheckConstraint(condition=models.Q(('uid', ''), _negated=True), name='learner_uid_not_blank'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.UniqueConstraint(fields=('program', 'name'), name='cohort_name_unique_in_program'),
        ),
    ]
