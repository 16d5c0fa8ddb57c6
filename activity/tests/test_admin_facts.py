from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.facts.services import apply_events
from activity.models import Attendance, Event, Interruption, Lesson, LessonProgress, Session
from activity.tests.factories import LessonFactory, SessionFactory
from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner():
    cohort = CohortFactory()
    learner = LearnerFactory(cohort=cohort, program=cohort.program)
    Learner.objects.update(created_at=timezone.now() - timedelta(days=400))
    return learner


@pytest.fixture
def past():
    """When a session was, as the form has it."""
    start = timezone.now() - timedelta(days=3)
    end = start + timedelta(hours=1)
    return {
        "starts_at_0": f"{start:%Y-%m-%d}",
        "starts_at_1": f"{start:%H:%M:%S}",
        "ends_at_0": f"{end:%Y-%m-%d}",
        "ends_at_1": f"{end:%H:%M:%S}",
    }


def missed(learner):
    learner.refresh_from_db()
    return learner.consecutive_missed_sessions


@pytest.mark.parametrize("model", ["lesson", "session", "attendance", "interruption", "learnerfacts"])
def test_lists_are_for_staff_to_write_and_for_operations_to_read(client, staff, ops, learner, model):
    listing = reverse(f"admin:activity_{model}_changelist")
    adding = reverse(f"admin:activity_{model}_add")
    client.force_login(staff)
    assert client.get(listing).status_code == 200
    assert client.get(adding).status_code == (403 if model == "learnerfacts" else 200)
    client.force_login(ops)
    assert client.get(listing).status_code == 200
    assert client.get(adding).status_code == 403


def test_lesson_is_defined_and_owed(staff_client, learner):
    event = Event.objects.create(position=1, learner=learner, occurred_at=timezone.now())
    apply_events([event])
    answer = staff_client.post(
        reverse("admin:activity_lesson_add"),
        {
            "program": learner.program_id,
            "activity_id": "https://example.org/a",
            "title": "Fractions",
            "due_on": "2026-01-01",
            "counts": "on",
        },
    )
    assert answer.status_code == 302
    learner.refresh_from_db()
    assert learner.completed_percent == 0
    lesson = Lesson.objects.get()
    staff_client.post(reverse("admin:activity_lesson_delete", args=[lesson.pk]), {"post": "yes"})
    learner.refresh_from_db()
    assert learner.completed_percent is None


def test_activity_of_a_lesson_with_progress_stays(staff_client, learner):
    lesson = LessonFactory(program=learner.program)
    LessonProgress.objects.create(learner=learner, lesson=lesson, begun_at=timezone.now(), last_at=timezone.now())
    page = reverse("admin:activity_lesson_change", args=[lesson.pk])
    staff_client.post(page, {"title": "Sums", "activity_id": "https://example.org/else", "counts": "on"})
    stored = Lesson.objects.get()
    assert (stored.title, stored.activity_id) == ("Sums", lesson.activity_id)
    assert staff_client.get(reverse("admin:activity_lesson_delete", args=[lesson.pk])).status_code == 403


def test_session_is_entered_recorded_and_cancelled(staff_client, staff, learner, past):
    values = {"cohort": learner.cohort_id, "title": "Kick-off", "activity_id": "", **past}
    assert staff_client.post(reverse("admin:activity_session_add"), values).status_code == 302
    session = Session.objects.get()
    record = {"session": session.pk, "learner": learner.pk, "answer": "missed"}
    assert staff_client.post(reverse("admin:activity_attendance_add"), record).status_code == 302
    assert missed(learner) == 1
    attendance = Attendance.objects.get()
    assert (attendance.by_hand, attendance.recorded_by) == (True, staff)
    change = reverse("admin:activity_attendance_change", args=[attendance.pk])
    assert staff_client.post(change, {"answer": "attended"}).status_code == 302
    assert missed(learner) == 0
    listing = reverse("admin:activity_session_changelist")
    staff_client.post(listing, {"action": "cancel", "_selected_action": [session.pk]})
    assert missed(learner) is None
    staff_client.post(reverse("admin:activity_attendance_delete", args=[attendance.pk]), {"post": "yes"})
    assert not Attendance.objects.exists()
    staff_client.post(reverse("admin:activity_session_delete", args=[session.pk]), {"post": "yes"})
    assert not Session.objects.exists()


def test_attendance_is_of_the_sessions_cohort(staff_client, learner):
    session = SessionFactory()
    record = {"session": session.pk, "learner": learner.pk, "answer": "missed"}
    answer = staff_client.post(reverse("admin:activity_attendance_add"), record)
    assert "not in the session’s cohort" in answer.content.decode()
    assert not Attendance.objects.exists()


def test_interruption_is_dismissed_and_confirmed_from_the_list(staff_client, staff, learner):
    session = SessionFactory(cohort=learner.cohort)
    Attendance.objects.create(session=session, learner=learner, answer="missed")
    day = session.starts_at.date()
    Interruption.objects.create(cohort=learner.cohort, first_day=day, last_day=day, recognised=True)
    listing = reverse("admin:activity_interruption_changelist")
    for action, expected in (("dismiss", 1), ("confirm", None)):
        staff_client.post(listing, {"action": action, "_selected_action": [Interruption.objects.get().pk]})
        assert missed(learner) == expected
    assert Interruption.objects.get().decided_by == staff


def test_interruptions_of_a_cohort_do_not_overlap(staff_client, learner):
    adding = reverse("admin:activity_interruption_add")
    values = {"cohort": learner.cohort_id, "first_day": "2026-11-01", "last_day": "2026-11-03", "reason": "Holiday"}
    assert staff_client.post(adding, values).status_code == 302
    entered = Interruption.objects.get()
    assert (entered.decision, entered.recognised) == ("confirmed", False)
    answer = staff_client.post(adding, {**values, "first_day": "2026-11-03", "last_day": "2026-11-04"})
    assert "has some of these days" in answer.content.decode()
    assert staff_client.post(adding, {**values, "first_day": "2026-11-04", "last_day": "2026-11-04"}).status_code == 302
    page = reverse("admin:activity_interruption_change", args=[entered.pk])
    answer = staff_client.post(page, {**values, "last_day": "2026-11-04"})
    assert "has some of these days" in answer.content.decode()
    staff_client.post(reverse("admin:activity_interruption_delete", args=[entered.pk]), {"post": "yes"})
    assert Interruption.objects.count() == 1
