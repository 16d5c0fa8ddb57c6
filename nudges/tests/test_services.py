import threading
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from learners.tests.threads import at_once
from nudges import services
from nudges.models import ContactPolicy, Nudge, Reply
from nudges.services import TextRefused, cancel_draft, draft_nudge, queue_nudge, send_nudge
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory
from nudges.writers import WriterFailed

pytestmark = pytest.mark.django_db


def queue(nudge, body="Hi {first_name}, shall we go on?") -> Nudge:
    return queue_nudge(nudge=nudge, subject="", body=body, by=None)


def test_draft_is_stored_with_its_origin(coordinator):
    template = FallbackTemplateFactory(body="Hi {first_name}!")
    nudge = draft_nudge(learner=LearnerFactory(), channel="in-app", type="reminder", language="en", by=coordinator)
    assert (nudge.state, nudge.body, nudge.content) == ("draft", "Hi {first_name}!", "")
    assert (nudge.source, nudge.template, nudge.template_version) == ("template", template, 1)
    assert nudge.fallback_reason
    assert nudge.created_by == coordinator
    assert list(nudge.events.values_list("state", "by")) == [("draft", coordinator.pk)]


def test_draft_says_in_which_language_it_could_be_written():
    FallbackTemplateFactory(language="en")
    nudge = draft_nudge(learner=LearnerFactory(), channel="in-app", type="reminder", language="bn", by=None)
    assert nudge.language == "en"


def test_without_a_template_there_is_no_draft():
    with pytest.raises(WriterFailed):
        draft_nudge(learner=LearnerFactory(), channel="in-app", type="reminder", language="en", by=None)
    assert not Nudge.objects.exists()


def test_queued_nudge_holds_exactly_what_goes_out(coordinator):
    nudge = NudgeFactory(channel="email", learner__name="Riya Sen")
    ContactPreferenceFactory(learner=nudge.learner, channel="email")
    nudge = queue_nudge(nudge=nudge, subject="For  {first_name}", body="Hi {first_name},\r\nhello. ", by=coordinator)
    assert nudge.state == "queued"
    assert (nudge.subject, nudge.content) == ("For Riya", "Hi Riya,\nhello.")
    assert nudge.body == "Hi {first_name},\nhello."
    assert nudge.queued_at is not None
    assert list(nudge.events.values_list("state", "by")) == [("queued", coordinator.pk)]


@pytest.mark.parametrize(
    ("body", "edited"),
    [("Hi {first_name}!\r\nGo on?", False), (" Hi {first_name}!\nGo on? ", False), ("Hi {first_name}, go on?", True)],
)
def test_edit_by_a_person_is_noted(body, edited):
    assert queue(NudgeFactory(body="Hi {first_name}!\nGo on?"), body).edited is edited


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty"),
        ("Hi {name}", "unknown_placeholder"),
        ("Hi, {days_since_seen} days", "fact_missing"),
        ("You are at risk", "banned_word"),
        ("Go to https://evil.example", "link_not_allowed"),
        ("a" * 501, "too_long"),
    ],
)
def test_text_with_a_problem_changes_nothing(body, code):
    nudge = NudgeFactory()
    with pytest.raises(TextRefused) as refused:
        queue(nudge, body)
    assert code in [problem.code for problem in refused.value.problems]
    nudge.refresh_from_db()
    assert nudge.state == "draft"
    assert not nudge.events.exists()


def test_person_may_name_a_number_and_a_day():
    assert queue(NudgeFactory(), "Hi {first_name}, call me at 5 on Monday").state == "queued"


def test_text_may_link_to_the_learners_course(settings):
    nudge = NudgeFactory()
    nudge.learner.program.course_url = "https://learn.school.org/python"
    nudge.learner.program.save()
    assert queue(nudge, "Go on: https://learn.school.org/python/3").content.endswith("/python/3")


def test_gate_stops_a_nudge_with_its_reason():
    nudge = queue(NudgeFactory(channel="sms"))
    assert (nudge.state, nudge.reason, nudge.content) == ("suppressed", "no_consent", "")
    assert list(nudge.events.values_list("state", "reason")) == [("suppressed", "no_consent")]


def test_second_nudge_of_the_day_is_stopped():
    learner = LearnerFactory()
    assert queue(NudgeFactory(learner=learner)).state == "queued"
    assert queue(NudgeFactory(learner=learner)).reason == "capped_day"


def test_sending_twice_sends_once():
    nudge = NudgeFactory()
    queue(nudge)
    stale = Nudge.objects.get()
    stale.state = "draft"  # as the second of two clicks saw it
    again = queue(stale, "Another text")
    assert again.content == "Hi " + nudge.learner.name.split()[0] + ", shall we go on?"
    assert again.events.count() == 1


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "delivered", "suppressed", "failed", "cancelled"])
def test_only_a_draft_is_queued(state):
    nudge = queue(NudgeFactory(state=state), "")
    assert nudge.state == state


def test_draft_is_put_away():
    nudge = cancel_draft(nudge=NudgeFactory(), by=None)
    assert nudge.state == "cancelled"
    assert queue(nudge).state == "cancelled"


def test_what_is_on_its_way_is_not_put_away():
    assert cancel_draft(nudge=NudgeFactory(state="sent"), by=None).state == "sent"


def test_send_nudge_goes_all_the_way():
    FallbackTemplateFactory(body="Hi {first_name}!")
    learner = LearnerFactory(name="Riya Sen")
    nudge = send_nudge(learner=learner, channel="in-app", type="reminder", language="en", by=None)
    assert (nudge.state, nudge.content) == ("delivered", "Hi Riya!")
    assert list(nudge.events.values_list("state", flat=True)) == ["draft", "queued", "sending", "delivered"]


def test_nobody_is_asked_for_a_text_that_nobody_gets(monkeypatch):
    def model(**kwargs):
        raise AssertionError("the model was asked")

    monkeypatch.setattr(services, "write_nudge", model)
    FallbackTemplateFactory(channel="sms")
    nudge = send_nudge(learner=LearnerFactory(), channel="sms", type="reminder", language="en", by=None)
    assert (nudge.state, nudge.reason) == ("suppressed", "no_consent")
    assert nudge.body


def test_queueing_takes_few_queries(django_assert_max_num_queries):
    nudge = NudgeFactory()
    with django_assert_max_num_queries(13):
        queue(nudge)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")  # in memory, SQLite's threads share one transaction
def test_of_two_sends_at_once_only_one_passes_the_cap():
    learner = LearnerFactory()
    drafts = [NudgeFactory(learner=learner) for _ in range(4)]
    start = threading.Barrier(len(drafts))

    def send(nudge):
        start.wait()
        queue(nudge)

    at_once(*(partial(send, nudge) for nudge in drafts))
    states = sorted(Nudge.objects.values_list("state", flat=True))
    assert states == ["queued", "suppressed", "suppressed", "suppressed"]
    assert Nudge.objects.filter(queued_at__gt=timezone.now() - timedelta(minutes=1)).count() == 1


def test_nudge_of_a_person_counts_with_others_of_its_type_and_goes_before_campaigns():
    FallbackTemplateFactory()
    nudge = draft_nudge(learner=LearnerFactory(), channel="in-app", type="reminder", language="en", by=None)
    assert (nudge.goal, nudge.origin, nudge.priority) == ("reminder", "person", 0)
    assert nudge.correlation_id is not None


def test_nudge_of_the_api_may_name_its_goal():
    FallbackTemplateFactory()
    nudge = send_nudge(
        learner=LearnerFactory(), channel="in-app", type="reminder", language="en", by=None, goal="session:4"
    )
    assert (nudge.goal, nudge.origin) == ("session:4", "api")


def test_quiet_hours_do_not_lose_a_nudge():
    hour = timezone.now().hour
    ContactPolicy.objects.create(quiet_from=hour, quiet_until=(hour + 2) % 24)
    nudge = queue(NudgeFactory())
    assert nudge.state == "queued"
    assert nudge.due_at > nudge.queued_at
    assert nudge.due_at.minute == 0


def on_whatsapp():
    learner = LearnerFactory(phone="+8801712345678")
    ContactPreferenceFactory(learner=learner, channel="whatsapp")
    return learner


def test_whatsapp_outside_its_window_takes_an_approved_template_word_for_word():
    approved = FallbackTemplateFactory(channel="whatsapp", body="Hi {first_name}!", provider_template="hi_1")
    nudge = draft_nudge(learner=on_whatsapp(), channel="whatsapp", type="reminder", language="en", by=None)
    assert nudge.template == approved
    assert nudge.fallback_reason == ""  # nobody asked the model: there was nothing that it might have written
    assert queue(nudge, body="Hi {first_name}!").state == "queued"


def test_whatsapp_outside_its_window_takes_no_text_of_ones_own():
    FallbackTemplateFactory(channel="whatsapp", body="Hi {first_name}!", provider_template="hi_1")
    nudge = draft_nudge(learner=on_whatsapp(), channel="whatsapp", type="reminder", language="en", by=None)
    assert queue(nudge, body="Hi {first_name}, all well?").reason == "outside_window"


def test_whatsapp_takes_any_text_as_an_answer():
    learner = on_whatsapp()
    Reply.objects.create(learner=learner, channel="whatsapp", kind="text", at=timezone.now())
    assert queue(NudgeFactory(learner=learner, channel="whatsapp")).state == "queued"


def test_same_template_is_not_sent_twice_in_two_weeks_unless_it_is_edited():
    template = FallbackTemplateFactory(body="Hi {first_name}!")
    learner = LearnerFactory()
    for body, expected in (("Hi {first_name}!", "template_repeat"), ("Hi {first_name}, go on?", "")):
        NudgeFactory(learner=learner, template=template, state="sent", due_at=timezone.now() - timedelta(days=8))
        nudge = NudgeFactory(learner=learner, template=template, body="Hi {first_name}!")
        assert queue(nudge, body=body).reason == expected
