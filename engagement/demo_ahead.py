"""What lies ahead in the demo: lessons that are due and sessions that begin on each of the next days, so that there is
always something to be reminded of.

In two programs from which no statements have come: there what is due says nothing of anybody yet, so that the risk
stays what the made-up histories have it to be.
"""

from datetime import UTC, date, datetime, time, timedelta

from activity.models import Lesson, Session
from learners.models import Cohort, Program

LESSONS_OF, SESSIONS_OF = "Python Basics", "Web Development"
SITE = "https://learn.example.org/python-basics/lessons"
TOPICS = (
    ("Variables and names", 15), ("Numbers", 20), ("Text", 20), ("Lists", 25), ("Choices with if", 15), ("Loops", 30),
    ("Functions", 30), ("Files", 25), ("Dictionaries", 25), ("Errors, and how to read them", 15), ("Modules", 20),
    ("Tests", 30), ("Dates and times", 20), ("A small project", 45),
)  # fmt: skip


def plan_ahead(today: date) -> None:
    """For two weeks a lesson due each day, and a question hour at noon UTC for each cohort of the other program."""
    days = [today + timedelta(days=number) for number in range(len(TOPICS))]
    program = Program.objects.get(name=LESSONS_OF)
    Lesson.objects.bulk_create(
        Lesson(
            program=program,
            activity_id=f"{SITE}/{number + 1}",
            title=title,
            minutes=minutes,
            order=number + 1,
            due_on=day,
        )
        for number, (day, (title, minutes)) in enumerate(zip(days, TOPICS, strict=True))
    )
    Session.objects.bulk_create(
        Session(
            cohort=cohort,
            title="Question hour",
            starts_at=(noon := datetime.combine(day, time(12), tzinfo=UTC)),
            ends_at=noon + timedelta(hours=1),
        )
        for cohort in Cohort.objects.filter(program__name=SESSIONS_OF)
        for day in days
    )
