# The tables of the first release.

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
import uuid
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
            name='FallbackTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short name')),
                ('channel', models.CharField(choices=[('in-app', 'In-app'), ('email', 'Email'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], max_length=10, verbose_name='channel')),
                ('type', models.CharField(choices=[('reminder', 'Reminder'), ('motivation', 'Motivation'), ('encouragement', 'Encouragement'), ('quiz_reminder', 'Quiz reminder'), ('completion_boost', 'Completion boost'), ('kudos', 'Kudos'), ('coaching', 'Coaching')], max_length=20, verbose_name='type')),
                ('language', models.CharField(choices=[('en', 'English'), ('bn', 'Bengali')], max_length=5, verbose_name='language')),
                ('subject', models.CharField(blank=True, help_text='Email only', max_length=120, verbose_name='subject')),
                ('body', models.TextField(verbose_name='text')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
            ],
            options={
                'verbose_name': 'fallback template',
                'verbose_name_plural': 'fallback templates',
                'ordering': ['channel', 'type', 'language', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalFallbackTemplate',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, verbose_name='short name')),
                ('channel', models.CharField(choices=[('in-app', 'In-app'), ('email', 'Email'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], max_length=10, verbose_name='channel')),
                ('type', models.CharField(choices=[('reminder', 'Reminder'), ('motivation', 'Motivation'), ('encouragement', 'Encouragement'), ('quiz_reminder', 'Quiz reminder'), ('completion_boost', 'Completion boost'), ('kudos', 'Kudos'), ('coaching', 'Coaching')], max_length=20, verbose_name='type')),
                ('language', models.CharField(choices=[('en', 'English'), ('bn', 'Bengali')], max_length=5, verbose_name='language')),
                ('subject', models.CharField(blank=True, help_text='Email only', max_length=120, verbose_name='subject')),
                ('body', models.TextField(verbose_name='text')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('updated_at', models.DateTimeField(blank=True, editable=False, verbose_name='updated')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical fallback template',
                'verbose_name_plural': 'historical fallback templates',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPrompt',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, verbose_name='short name')),
                ('purpose', models.CharField(choices=[('nudge', 'Nudge'), ('quiz', 'Quiz')], max_length=10, verbose_name='purpose')),
                ('system', models.TextField(verbose_name='instructions')),
                ('user', models.TextField(verbose_name='request')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('updated_at', models.DateTimeField(blank=True, editable=False, verbose_name='updated')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical prompt',
                'verbose_name_plural': 'historical prompts',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Nudge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('channel', models.CharField(choices=[('in-app', 'In-app'), ('email', 'Email'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], max_length=10, verbose_name='channel')),
                ('type', models.CharField(choices=[('reminder', 'Reminder'), ('motivation', 'Motivation'), ('encouragement', 'Encouragement'), ('quiz_reminder', 'Quiz reminder'), ('completion_boost', 'Completion boost'), ('kudos', 'Kudos'), ('coaching', 'Coaching')], max_length=20, verbose_name='type')),
                ('language', models.CharField(choices=[('en', 'English'), ('bn', 'Bengali')], max_length=5, verbose_name='language')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='text with placeholders')),
                ('content', models.TextField(blank=True, verbose_name='text as sent')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('suppressed', 'Not sent'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='draft', max_length=12, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=40, verbose_name='reason')),
                ('source', models.CharField(choices=[('ai', 'AI'), ('template', 'Template')], max_length=10, verbose_name='written by')),
                ('fallback_reason', models.CharField(blank=True, max_length=40, verbose_name='why the template')),
                ('edited', models.BooleanField(default=False, verbose_name='edited by a person')),
                ('template_version', models.PositiveIntegerField(blank=True, null=True)),
                ('prompt_version', models.CharField(blank=True, max_length=100, verbose_name='prompt version')),
                ('model', models.CharField(blank=True, max_length=100, verbose_name='model')),
                ('tokens_in', models.PositiveIntegerField(default=0, verbose_name='tokens in')),
                ('tokens_out', models.PositiveIntegerField(default=0, verbose_name='tokens out')),
                ('cost_usd', models.DecimalField(decimal_places=6, default=0, max_digits=12, verbose_name='cost (USD)')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('queued_at', models.DateTimeField(blank=True, null=True, verbose_name='queued')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='coordinator')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nudges', to='learners.learner', verbose_name='learner')),
                ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='nudges.fallbacktemplate')),
            ],
            options={
                'verbose_name': 'nudge',
                'verbose_name_plural': 'nudges',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=40, verbose_name='provider')),
                ('outcome', models.CharField(choices=[('started', 'Started'), ('accepted', 'Accepted'), ('refused', 'Refused')], default='started', max_length=10, verbose_name='outcome')),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('provider_message_id', models.CharField(blank=True, max_length=200, verbose_name="provider's id")),
                ('error', models.CharField(blank=True, max_length=500, verbose_name='error')),
                ('retrying_helps', models.BooleanField(default=False, verbose_name='retrying helps')),
                ('nudge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='nudges.nudge')),
            ],
            options={
                'ordering': ['started_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='NudgeBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('channel', models.CharField(choices=[('in-app', 'In-app'), ('email', 'Email'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], max_length=10, verbose_name='channel')),
                ('type', models.CharField(choices=[('reminder', 'Reminder'), ('motivation', 'Motivation'), ('encouragement', 'Encouragement'), ('quiz_reminder', 'Quiz reminder'), ('completion_boost', 'Completion boost'), ('kudos', 'Kudos'), ('coaching', 'Coaching')], max_length=20, verbose_name='type')),
                ('audience', models.JSONField(default=dict, verbose_name='audience')),
                ('texts', models.JSONField(default=dict, verbose_name='texts')),
                ('own_language', models.BooleanField(default=False, verbose_name='each learner’s own language')),
                ('reached', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('started_at', models.DateTimeField(null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='all queued')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
            ],
            options={
                'verbose_name': 'bulk nudge',
                'verbose_name_plural': 'bulk nudges',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='nudge',
            name='batch',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='nudges', to='nudges.nudgebatch'),
        ),
        migrations.CreateModel(
            name='NudgeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('suppressed', 'Not sent'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], max_length=12, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=40, verbose_name='reason')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('nudge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='nudges.nudge')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Prompt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='short name')),
                ('purpose', models.CharField(choices=[('nudge', 'Nudge'), ('quiz', 'Quiz')], max_length=10, verbose_name='purpose')),
                ('system', models.TextField(verbose_name='instructions')),
                ('user', models.TextField(verbose_name='request')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
            ],
            options={
                'verbose_name': 'prompt',
                'verbose_name_plural': 'prompts',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('purpose',), name='one_active_prompt_per_purpose', violation_error_message='Another prompt is in use for this purpose. Take that one out of use first.')],
            },
        ),
        migrations.AddField(
            model_name='nudge',
            name='prompt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='nudges.prompt'),
        ),
        migrations.CreateModel(
            name='Quiz',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('topic', models.CharField(max_length=200, verbose_name='topic')),
                ('difficulty', models.CharField(choices=[('easy', 'Easy'), ('medium', 'Medium'), ('hard', 'Hard')], max_length=10, verbose_name='difficulty')),
                ('questions', models.JSONField(verbose_name='questions')),
                ('source', models.CharField(choices=[('ai', 'AI'), ('template', 'Template')], max_length=10, verbose_name='written by')),
                ('fallback_reason', models.CharField(blank=True, max_length=40, verbose_name='why the template')),
                ('prompt_version', models.CharField(blank=True, max_length=100, verbose_name='prompt version')),
                ('model', models.CharField(blank=True, max_length=100, verbose_name='model')),
                ('tokens_in', models.PositiveIntegerField(default=0, verbose_name='tokens in')),
                ('tokens_out', models.PositiveIntegerField(default=0, verbose_name='tokens out')),
                ('cost_usd', models.DecimalField(decimal_places=6, default=0, max_digits=12, verbose_name='cost (USD)')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learners.learner', verbose_name='learner')),
            ],
            options={
                'verbose_name': 'quiz',
                'verbose_name_plural': 'quizzes',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.AddIndex(
            model_name='nudge',
            index=models.Index(fields=['learner', '-created_at'], name='nudge_by_learner'),
        ),
        migrations.AddIndex(
            model_name='nudge',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['id'], name='nudge_waiting'),
        ),
        migrations.AddConstraint(
            model_name='nudge',
            constraint=models.UniqueConstraint(condition=models.Q(('batch__isnull', False)), fields=('batch', 'learner'), name='one_nudge_per_batch_and_learner'),
        ),
    ]
