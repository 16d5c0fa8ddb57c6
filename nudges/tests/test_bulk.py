import threading

import pytest

from learners.tests.factories import CohortFactory, ContactPreferenceFactory, LearnerFactory
from learners.tests.threads import at_once
from nudges import bulk
from nudges.audience import Audience
from nudges.bulk import draft_batch, queue_batch, queue_chunk, start_batch
from nudges.models import Nudge, NudgeBatch
from nudges.planning import texts_of
from nudges.services import TextRefused
from nudges.tests.factories import FallbackTemplateFactory
from nudges.worker import work
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db


def drafted(coordinator, learners, *, language="en", channel="in-app") -> NudgeBatch:
    audience = Audience(uids=tuple(learner.uid for learner in learners))
    return draft_batch(audience=audience, channel=channel, type="reminder", language=language, by=coordinator)


def sent(batch, body=None) -> NudgeBatch:
    texts = texts_of(batch)
    if body is not None:
        texts = {code: text.with_words(subject="", body=body, channel=batch.channel) for code, text in texts.items()}
    start_batch(batch, texts=texts, by=batch.created_by)
    queue_batch(batch, max_chunks=10)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def template():
    return FallbackTemplateFactory(body="Hi {first_name}!")


def test_who_sends_a_batch_answers_for_it_not_who_drafted_it(coordinator, staff, template):
    batch = drafted(coordinator, [LearnerFactory()])
    start_batch(batch, texts=texts_of(batch), by=staff)
    queue_batch(batch, max_chunks=1)
    nudge = batch.nudges.get()
    assert (nudge.created_by, nudge.events.get().by) == (staff, staff)


def test_what_was_counted_is_what_is_queued(coordinator, template):
    learners = LearnerFactory.create_batch(4)
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    batch = sent(drafted(coordinator, learners))
    assert batch.finished_at is not None
    stored = {nudge.learner_id: nudge for nudge in batch.nudges.all()}
    assert [stored[learner.pk].state for learner in learners] == ["queued", "suppressed", "queued", "queued"]
    refused = stored[learners[1].pk]
    assert (refused.reason, refused.content, refused.queued_at) == ("no_consent", "", None)
    assert refused.events.get().reason == "no_consent"
    going = stored[learners[0].pk]
    assert going.content == f"Hi {learners[0].name.split()[0]}!"
    assert (going.template, going.source, going.created_by, going.edited) == (
        template,
        "template",
        coordinator,
        False,
    )
    assert going.events.get().state == "queued"


def test_sending_a_batch_twice_sends_it_once(coordinator, template):
    batch = sent(drafted(coordinator, LearnerFactory.create_batch(2)))
    stale = NudgeBatch.objects.get(pk=batch.pk)
    sent(stale, body="Another text")
    assert Nudge.objects.count() == 2
    assert not Nudge.objects.filter(edited=True).exists()


def test_draft_that_was_not_sent_queues_nothing(coordinator, template):
    batch = drafted(coordinator, LearnerFactory.create_batch(2))
    queue_chunk(batch.pk)
    work()
    assert not Nudge.objects.exists()


def test_learner_whose_facts_lack_a_placeholder_is_counted_and_skipped(coordinator, template):
    known, unknown = LearnerFactory(consecutive_missed_sessions=3), LearnerFactory(consecutive_missed_sessions=None)
    batch = sent(drafted(coordinator, [known, unknown]), body="You missed {missed_sessions} sessions")
    assert batch.nudges.get(learner=known).content == "You missed 3 sessions"
    assert batch.nudges.get(learner=known).edited
    assert batch.nudges.get(learner=unknown).reason == "fact_missing"


def test_learner_whose_text_grows_too_long_is_counted_and_skipped(coordinator, template):
    short, long = LearnerFactory(name="Riya"), LearnerFactory(name="A" * 40)
    batch = sent(drafted(coordinator, [short, long]), body="{first_name} " + "a" * 490)
    assert batch.nudges.get(learner=short).state == "queued"
    assert batch.nudges.get(learner=long).reason == "too_long"


def test_text_with_a_problem_starts_nothing(coordinator, template):
    batch = drafted(coordinator, [LearnerFactory()])
    with pytest.raises(TextRefused):
        sent(batch, body="You are at risk")
    batch.refresh_from_db()
    assert batch.started_at is None


def test_text_may_not_link_to_the_sample_course(coordinator, template):
    with pytest.raises(TextRefused):
        sent(drafted(coordinator, [LearnerFactory()]), body="Go on at https://learn.example.org/python")


def test_each_learner_reads_their_own_language(coordinator, template):
    FallbackTemplateFactory(language="bn", body="হ্যালো {first_name}!")
    english, bengali = LearnerFactory(language="en"), LearnerFactory(language="bn")
    batch = drafted(coordinator, [english, bengali], language="")
    assert list(batch.texts) == ["en", "bn"]
    sent(batch)
    assert batch.nudges.get(learner=english).content.startswith("Hi ")
    assert batch.nudges.get(learner=bengali).content.startswith("হ্যালো ")
    assert batch.nudges.get(learner=bengali).language == "bn"


def test_one_language_for_all_is_possible(coordinator, template):
    batch = sent(drafted(coordinator, [LearnerFactory(language="bn")], language="en"))
    assert batch.nudges.get().language == "en"


def test_where_a_language_has_no_template_english_stands_in(coordinator, template):
    batch = drafted(coordinator, [LearnerFactory(language="bn")], language="")
    assert list(batch.texts) == ["en"]
    assert sent(batch).nudges.get().language == "en"


def test_another_draft_takes_another_template(coordinator, template):
    other = FallbackTemplateFactory(body="Hello {first_name}!")
    audience = Audience(uids=(LearnerFactory().uid,))
    batch = draft_batch(
        audience=audience, channel="in-app", type="reminder", language="en", by=coordinator, not_again=(template.pk,)
    )
    assert batch.texts["en"]["template_id"] == other.pk


def test_template_that_names_numbers_is_not_taken_for_all(coordinator):
    FallbackTemplateFactory(slug="a", body="{missed_sessions} missed")
    general = FallbackTemplateFactory(slug="b", body="Hi {first_name}")
    assert drafted(coordinator, [LearnerFactory()]).texts["en"]["template_id"] == general.pk


def test_batch_goes_on_where_it_stopped(coordinator, template, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    batch = drafted(coordinator, LearnerFactory.create_batch(5))
    start_batch(batch, texts=texts_of(batch), by=batch.created_by)
    assert queue_batch(batch, max_chunks=1) is False
    assert Nudge.objects.count() == 2
    work()
    work()
    work()
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert Nudge.objects.filter(state="delivered").count() == 5


def test_batch_whose_filter_is_gone_ends_where_it_is(coordinator, template, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    cohort = CohortFactory()
    RiskScoreFactory.create_batch(3, learner__cohort=cohort)
    batch = draft_batch(
        audience=Audience(query=f"cohort={cohort.pk}"), channel="in-app", type="reminder", language="en", by=coordinator
    )
    start_batch(batch, texts=texts_of(batch), by=batch.created_by)
    queue_chunk(batch.pk)
    cohort.delete()
    work()
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert batch.nudges.filter(state="delivered").count() == 2


def test_chunk_takes_a_fixed_number_of_queries(coordinator, template, django_assert_num_queries):
    few = drafted(coordinator, LearnerFactory.create_batch(2))
    many = drafted(coordinator, LearnerFactory.create_batch(20))
    for batch in (few, many):
        start_batch(batch, texts=texts_of(batch), by=batch.created_by)
        with django_assert_num_queries(13):
            queue_chunk(batch.pk)


def test_automatic_batch_needs_data(coordinator, template):
    RiskScoreFactory(priority=9000, inputs_known=1)
    audience = Audience(above=7000)
    batch = sent(draft_batch(audience=audience, channel="in-app", type="reminder", language="en", by=coordinator))
    assert batch.nudges.get().reason == "not_enough_data"


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")  # in memory, SQLite's threads share one transaction
def test_of_two_that_queue_the_same_batch_each_learner_hears_once(monkeypatch):
    FallbackTemplateFactory()
    monkeypatch.setattr(bulk, "CHUNK", 3)
    batch = drafted(None, LearnerFactory.create_batch(10))
    start_batch(batch, texts=texts_of(batch), by=batch.created_by)
    start = threading.Barrier(3)

    def queue():
        start.wait()
        queue_batch(batch, max_chunks=10)

    at_once(queue, queue, queue)
    assert Nudge.objects.filter(state="queued").count() == 10
    assert Nudge.objects.values("learner").distinct().count() == 10
