from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from learners import services
from learners.channels import Channel
from learners.models import Cohort, ContactPreference, Learner, Program
from learners.tests.factories import CohortFactory, ContactPreferenceFactory, LearnerFactory

pytestmark = pytest.mark.django_db
announced: list[list[str]] = []


def hear(learners, **about):
    announced.append(sorted(learners.values_list("uid", flat=True)))


@pytest.fixture(autouse=True)
def heard(settings):
    settings.LEARNERS_CHANGED_RECEIVERS = ["learners.tests.test_services.hear"]
    announced.clear()
    return announced


def create(**values):
    return services.create_learner(values=values, by=None, trigger="test")


def update(learner, **values):
    return services.update_learner(learner=learner, values=values, by=None, trigger="test")


def preference(learner, channel):
    return ContactPreference.objects.create(
        learner=learner,
        channel=channel,
        allowed=True,
        source="form",
        decided_at=timezone.now(),
        verified_at=timezone.now(),
    )


def test_created_learner_is_normalised_and_announced(heard):
    learner = create(
        uid="l1", name=" Aman ", email="Aman@Example.org", completed_percent="85.555", last_login="2024-01-15"
    )
    learner.refresh_from_db()
    assert (learner.name, learner.email, learner.completed_percent) == ("Aman", "aman@example.org", Decimal("85.56"))
    assert learner.last_login == datetime(2024, 1, 15, tzinfo=UTC)
    assert learner.avg_quiz_score is None
    assert heard == [["l1"]]


def test_created_learner_without_an_id_gets_one():
    assert len(create(name="Aman").uid) == 36
    assert len(create(name="Riya", uid=" ").uid) == 36


def test_program_and_cohort_are_made_by_name_once():
    first = create(name="Aman", program="Python Basics", cohort="2024 A")
    second = create(name="Riya", program="Python Basics", cohort="2024 A")
    assert first.cohort == second.cohort
    assert (Program.objects.count(), Cohort.objects.count()) == (1, 1)


def test_cohort_without_a_program_is_refused():
    with pytest.raises(services.InvalidLearner) as refusal:
        create(name="Aman", cohort="2024 A")
    assert refusal.value.errors == {"cohort": ["belongs to a program: give its program too."]}


def test_all_errors_are_told_at_once_and_nothing_is_stored(heard):
    with pytest.raises(services.InvalidLearner) as refusal:
        create(name="", email="nope", completed_percent="abc", risk_score="0.9")
    assert set(refusal.value.errors) == {"name", "email", "completed_percent", "risk_score"}
    assert not Learner.objects.exists()
    assert heard == []


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("uid", "l1", "Another learner has this id."),
        ("email", "AMAN@example.org", "Another learner has this email address."),
    ],
)
def test_id_or_email_of_another_learner_is_refused(field, value, reason):
    LearnerFactory(uid="l1", email="aman@example.org")
    other = LearnerFactory()
    for door in (lambda: create(name="Riya", **{field: value}), lambda: update(other, **{field: value})):
        with pytest.raises(services.InvalidLearner) as refusal:
            door()
        assert refusal.value.errors == {field: [reason]}


def test_update_changes_only_what_is_given(heard):
    learner = LearnerFactory(name="Aman", avg_quiz_score=70)
    stored = update(learner, completed_percent=45)
    assert (stored.name, stored.avg_quiz_score, stored.completed_percent) == ("Aman", 70, 45)
    assert heard == [[learner.uid]]


def test_update_to_blank_is_no_data():
    assert update(LearnerFactory(avg_quiz_score=70), avg_quiz_score="").avg_quiz_score is None


def test_update_that_changes_nothing_writes_nothing(heard, django_assert_num_queries):
    learner = LearnerFactory(completed_percent=45)
    with django_assert_num_queries(3):  # a savepoint around one SELECT
        update(learner, completed_percent="45.00")
    assert heard == []


def test_update_keeps_what_somebody_else_changed_meanwhile():
    learner = LearnerFactory(name="Aman")
    Learner.objects.update(name="Amanda")
    assert update(learner, completed_percent=45).name == "Amanda"


def test_name_cannot_be_taken_away():
    with pytest.raises(services.InvalidLearner):
        update(LearnerFactory(), name=" ")


def test_changing_program_leaves_the_old_cohort():
    cohort = CohortFactory()
    learner = LearnerFactory(program=cohort.program, cohort=cohort)
    assert update(learner, program=cohort.program.name).cohort == cohort
    assert update(learner, program="Another").cohort is None


def test_new_email_takes_back_the_verification_of_email_only():
    learner = LearnerFactory(email="old@example.org", phone="+8801712345678")
    for channel in (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP):
        preference(learner, channel)
    update(learner, email="OLD@example.org")
    assert learner.preferences.filter(verified_at=None).count() == 0
    update(learner, email="new@example.org")
    assert [p.channel for p in learner.preferences.filter(verified_at=None)] == [Channel.EMAIL]
    update(learner, phone="+8801812345678")
    assert learner.preferences.filter(verified_at=None).count() == 3


def test_history_says_who_and_through_which_door(staff):
    learner = services.create_learner(values={"name": "Aman"}, by=staff, trigger="api")
    services.update_learner(learner=learner, values={"name": "Amanda"}, by=staff, trigger="admin")
    latest = learner.history.first()
    assert (latest.history_user, latest.history_change_reason, latest.name) == (staff, "admin", "Amanda")


def test_preference_is_recorded_with_its_source_and_changed_in_place(staff):
    learner = LearnerFactory()
    first = services.set_preference(
        learner=learner, channel="email", allowed=True, source="form", by=staff, verified=True
    )
    second = services.set_preference(learner=learner, channel="email", allowed=False, source="phone call", by=staff)
    stored = learner.preferences.get()
    assert (stored.allowed, stored.source, stored.verified_at) == (False, "phone call", first.verified_at)
    assert second.history.first().history_user == staff


def test_note_keeps_its_author(coordinator):
    note = services.add_note(learner=LearnerFactory(), author=coordinator, text="Called her.")
    assert note.author == coordinator


def test_learner_starts_active_and_a_status_is_one_of_three():
    learner = services.create_learner(values={"name": "Riya"}, by=None, trigger="api")
    assert learner.status == "active"
    assert (
        services.update_learner(learner=learner, values={"status": "Finished"}, by=None, trigger="api").status
        == "finished"
    )
    with pytest.raises(services.InvalidLearner) as refused:
        services.update_learner(learner=learner, values={"status": "gone"}, by=None, trigger="api")
    assert "active, finished, left" in refused.value.errors["status"][0]


def test_learner_always_has_a_status():
    learner = LearnerFactory(status="left")
    assert services.update_learner(learner=learner, values={"status": None}, by=None, trigger="api").status == "left"


def test_new_address_takes_back_that_messages_came_back():
    preference = ContactPreferenceFactory(channel="email", bounced_at=timezone.now())
    services.update_learner(learner=preference.learner, values={"email": "new@example.org"}, by=None, trigger="api")
    preference.refresh_from_db()
    assert (preference.bounced_at, preference.verified_at) == (None, None)


def test_new_verification_takes_back_that_messages_came_back():
    preference = ContactPreferenceFactory(channel="email", bounced_at=timezone.now())
    said = {"learner": preference.learner, "channel": "email", "allowed": True, "source": "phone call", "by": None}
    assert services.set_preference(**said).bounced_at is not None
    checked = services.set_preference(**said, verified=True)
    assert checked.bounced_at is None
    assert checked.verified_at > preference.verified_at
