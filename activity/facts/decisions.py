"""What staff say of lessons, sessions and interruptions. The facts and the scores of the class follow at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from learners.models import Learner
from learners.querysets import LearnerQuerySet

from ..changes import announce_facts
from ..models import Attendance, Interruption, Lesson, Session
from .holding import take_turn
from .rebuilding import link_lesson, link_session
from .services import bring_up_to_date


def save_lesson(lesson: Lesson) -> None:
    """Store a lesson, new or changed. A new one gets the events that were there before it.

    The activity of a lesson changes only while nobody has got anywhere with it: else it would be found anew.
    """
    with _brought_up_to_date(Learner.objects.filter(program=lesson.program_id)):
        stored = Lesson.objects.filter(pk=lesson.pk).first()
        lesson.save()
        if stored is None or stored.activity_id != lesson.activity_id:
            link_lesson(lesson)


def delete_lesson(lesson: Lesson) -> None:
    """One with which nobody has got anywhere; another would be found anew. Those don't count, if staff say so."""
    with _brought_up_to_date(Learner.objects.filter(program=lesson.program_id)):
        lesson.delete()


def save_session(session: Session) -> None:
    """Store a session, new or changed. Who was there, by statements that came before it, is known at once."""
    with _brought_up_to_date(Learner.objects.filter(cohort=session.cohort_id)):
        stored = Session.objects.filter(pk=session.pk).first()
        session.save()
        if (stored.activity_id if stored else "") != session.activity_id:
            link_session(session.pk)


def cancel_session(session: Session) -> None:
    """It did not take place: nobody missed it."""
    if session.cancelled_at is None:
        session.cancelled_at = timezone.now()
        save_session(session)


def delete_session(session: Session) -> None:
    with _brought_up_to_date(Learner.objects.filter(cohort=session.cohort_id)):
        session.delete()


def record_attendance(*, session: Session, learner: Learner, answer: str, by: User | None) -> Attendance:
    """What staff know of one learner. It wins over statements, earlier and later ones."""
    with _brought_up_to_date(Learner.objects.filter(cohort=session.cohort_id)):
        attendance, _ = Attendance.objects.update_or_create(
            session=session, learner=learner, defaults={"answer": answer, "by_hand": True, "recorded_by": by}
        )
    return attendance


def withdraw_attendance(attendance: Attendance) -> None:
    """Staff take back what they said: statements count again."""
    with _brought_up_to_date(Learner.objects.filter(cohort=attendance.session.cohort_id)):
        attendance.delete()
        link_session(attendance.session_id)


def save_interruption(interruption: Interruption) -> None:
    """Days on which nothing is expected of a cohort. Those of one cohort don't overlap: the form sees to it."""
    with _brought_up_to_date(Learner.objects.filter(cohort=interruption.cohort_id)):
        interruption.save()


def decide_interruption(*, interruption: Interruption, decision: str, by: User | None) -> None:
    """Confirm that it is one, or dismiss it: then its days count, and it is not recognised again."""
    with _brought_up_to_date(Learner.objects.filter(cohort=interruption.cohort_id)):
        interruption.decision, interruption.decided_by = decision, by
        interruption.save(update_fields=["decision", "decided_by"])


def delete_interruption(interruption: Interruption) -> None:
    with _brought_up_to_date(Learner.objects.filter(cohort=interruption.cohort_id)):
        interruption.delete()


@contextmanager
def _brought_up_to_date(learners: LearnerQuerySet) -> Iterator[None]:
    """What happens inside, and all that follows from it for these learners, or nothing."""
    with transaction.atomic():
        take_turn(alone=True)
        yield
        announce_facts(bring_up_to_date(learners, moment=timezone.now()))
