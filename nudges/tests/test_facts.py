from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from activity.models import Lesson, Session
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from nudges.facts import facts_for, first_name_of, render, sample_facts
from nudges.goals import aims_of
from nudges.placeholders import PLACEHOLDERS, FactMissing
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "first_name"),
    [
        ("Riya", "Riya"),
        ("Riya Sen", "Riya"),
        ("Sen, Riya", "Riya"),
        ("Sen,", "Sen"),
        ("Md. Karim Uddin", "Karim"),
        ("MD Karim", "Karim"),
        ("Dr", "Dr"),
        ("মোঃ করিম উদ্দিন", "করিম"),
        ("  Anne-Marie   O’Neil ", "Anne-Marie"),
        ("Riya\u202e gpj", "Riya"),
        ("Ri\x00ya", "Ri"),
        ("{link}", "{link}"),
        ("", ""),
        (" \u200b ", ""),
        ("x" * 41, ""),
    ],
)
def test_the_first_name_is_the_word_to_greet_with(name, first_name):
    assert first_name_of(name) == first_name


def test_a_joiner_stays_in_a_bengali_name():
    assert first_name_of("র\u200d্যাব") == "র\u200d্যাব"


@pytest.mark.django_db
class TestFactsFor:
    def test_facts_come_from_the_learner_as_of_now(self):
        learner = LearnerFactory(
            name="Riya Sen",
            program=ProgramFactory(name="Algebra", course_url="https://learn.example.org/algebra"),
            owner=User.objects.create(username="m", first_name="Mitali", last_name="Sen"),
            last_login=NOW - timedelta(days=3, hours=2),
            completed_percent=Decimal("99.96"),
            avg_quiz_score=Decimal("70.00"),
            consecutive_missed_sessions=2,
        )

        facts = facts_for(learner, NOW)

        assert facts.values == {
            "first_name": "Riya",
            "program": "Algebra",
            "coordinator": "Mitali Sen",
            "link": "https://learn.example.org/algebra",
            "completed_percent": "99.9",
            "quiz_average": "70",
            "missed_sessions": "2",
            "days_since_seen": "4",  # dates in UTC, not spans of 24 hours
            "task": None,
            "deadline": None,
            "minutes": None,
        }

    def test_every_placeholder_has_a_fact_and_every_fact_a_placeholder(self):
        assert facts_for(LearnerFactory(), NOW).values.keys() == PLACEHOLDERS.keys()

    def test_what_is_not_known_has_a_stand_in_for_words_and_nothing_for_numbers(self, settings):
        settings.SITE_URL = "https://engage.example.org"

        facts = facts_for(LearnerFactory(name="\u200b", program=None), NOW)

        assert (facts.first_name, facts.program, facts.coordinator) == ("there", "your course", "Your learning team")
        assert facts.link == "https://engage.example.org"
        assert set(facts.numbers.values()) == {None}

    def test_stand_ins_speak_the_language_of_the_text(self):
        learner = LearnerFactory(program=None, language="bn")

        assert facts_for(learner, NOW).program == "আপনার কোর্স"
        assert facts_for(learner, NOW, language="en").program == "your course"

    def test_values_out_of_range_are_brought_into_it(self):
        learner = LearnerFactory(
            completed_percent=Decimal("140"),
            avg_quiz_score=Decimal("-3"),
            consecutive_missed_sessions=-1,
            last_login=NOW + timedelta(days=5),
        )

        assert facts_for(learner, NOW).numbers == {
            "completed_percent": 100,
            "quiz_average": 0,
            "missed_sessions": 0,
            "days_since_seen": 0,
            "minutes": None,
        }

    def test_a_course_address_that_is_no_web_address_is_not_linked(self, settings):
        learner = LearnerFactory(program=ProgramFactory(name="F", course_url="ftp://files.example.org/"))

        assert facts_for(learner, NOW).link == settings.SITE_URL

    def test_a_very_long_program_name_is_shortened(self):
        assert len(facts_for(LearnerFactory(program=ProgramFactory(name="x" * 200)), NOW).program) == 60

    def test_templates_of_the_last_two_weeks_are_remembered_the_latest_first(self):
        learner, old, older = LearnerFactory(), FallbackTemplateFactory(), FallbackTemplateFactory()
        for template in (older, old):
            NudgeFactory(learner=learner, template=template, state="sent")
        NudgeFactory(learner=learner, template=older, state="draft")
        NudgeFactory(template=older, state="sent")

        now = datetime.now(UTC)
        assert facts_for(learner, now).recent_templates == (old.pk, older.pk)
        assert facts_for(learner, now + timedelta(days=15)).recent_templates == ()

    def test_task_is_the_lesson_that_the_goal_names(self):
        learner = LearnerFactory(timezone="Asia/Dhaka")
        lesson = Lesson.objects.create(
            program=learner.program, activity_id="https://tool.example/1", title="Loops", due_on=NOW.date(), minutes=20
        )

        facts = facts_for(learner, NOW, goal=f"lesson:{lesson.pk}")

        assert (facts.task, facts.deadline, facts.minutes) == ("Loops", "today", 20)

    def test_task_is_the_session_that_the_goal_names_at_the_hour_of_the_learners_clock(self):
        learner = LearnerFactory(timezone="Asia/Dhaka", language="bn", cohort=CohortFactory())
        session = Session.objects.create(
            cohort=learner.cohort,
            title="Class 5",
            starts_at=NOW + timedelta(hours=2),
            ends_at=NOW + timedelta(hours=3),
        )

        facts = facts_for(learner, NOW, goal=f"session:{session.pk}")

        assert (facts.task, facts.minutes) == ("Class 5", 60)
        assert facts.deadline == f"আজ, {NOW.hour + 8:02}:{NOW.minute:02}"

    def test_goal_that_is_a_word_names_no_task(self):
        facts = facts_for(LearnerFactory(), NOW, goal="reminder")

        assert (facts.task, facts.deadline, facts.minutes) == (None, None, None)

    @pytest.mark.parametrize(
        ("activity", "link"),
        [
            ("https://learn.example.org/lessons/1", "https://learn.example.org/lessons/1"),
            ("https://LEARN.example.org/lessons/1", "https://LEARN.example.org/lessons/1"),
            ("https://lti.example.net/lessons/1", "https://lti.example.net/lessons/1"),
            ("https://elsewhere.example/lessons/1", "https://learn.example.org/algebra"),
            ("https://learn.example.org@elsewhere.example/", "https://learn.example.org/algebra"),
            ("https://learn.example.org/a lesson", "https://learn.example.org/algebra"),
            ("urn:lesson:1", "https://learn.example.org/algebra"),
            ("http://[", "https://learn.example.org/algebra"),
        ],
    )
    def test_link_is_the_tasks_own_where_that_may_be_linked(self, settings, activity, link):
        settings.NUDGE_LINK_HOSTS = ["lti.example.net"]
        program = ProgramFactory(name="Algebra", course_url="https://learn.example.org/algebra")
        lesson = Lesson.objects.create(program=program, activity_id=activity, title="Loops")

        assert facts_for(LearnerFactory(program=program), NOW, goal=f"lesson:{lesson.pk}").link == link

    def test_title_that_is_an_address_is_no_task(self):
        learner = LearnerFactory()
        lesson = Lesson.objects.create(program=learner.program, activity_id="urn:x", title="see https://evil.example")

        assert facts_for(learner, NOW, goal=f"lesson:{lesson.pk}").task is None

    def test_many_learners_share_what_was_read_of_their_goals(self, django_assert_num_queries):
        learner = type(LearnerFactory()).objects.select_related("program", "owner").get()
        lesson = Lesson.objects.create(program=learner.program, activity_id="urn:x", title="Loops")
        aims = aims_of([f"lesson:{lesson.pk}"])

        with django_assert_num_queries(0):
            facts = facts_for(learner, NOW, recent_templates=(), goal=f"lesson:{lesson.pk}", aims=aims)
        assert facts.task == "Loops"

    def test_one_query_when_program_and_owner_came_along(self, django_assert_num_queries):
        learner = type(LearnerFactory()).objects.select_related("program", "owner").get()

        with django_assert_num_queries(1):
            facts_for(learner, NOW)


def test_an_absent_number_is_an_error_and_never_the_word_none():
    facts = sample_facts()

    assert render("{missed_sessions}", facts) == "3"
    with pytest.raises(FactMissing):
        render("{missed_sessions}", type(facts)(first_name="a", program="b", coordinator="c", link="https://d.example"))
