from datetime import UTC, date, datetime

import pytest

from activity.completion import tallies
from activity.models import LearnerFacts, Lesson, LessonProgress
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 12, 9, tzinfo=UTC)


@pytest.fixture
def cohort():
    return CohortFactory(name="Mornings")


def lesson_of(program, title, **values):
    return Lesson.objects.create(program=program, activity_id=f"https://lms.example.org/{title}", title=title, **values)


def member(cohort, name, *completed, begun=()):
    learner = LearnerFactory(program=cohort.program, cohort=cohort, name=name, uid=name.lower())
    for lesson in (*completed, *begun):
        done = AT if lesson in completed else None
        LessonProgress.objects.create(learner=learner, lesson=lesson, begun_at=AT, last_at=AT, completed_at=done)
    return learner


def test_completions_of_a_cohort_count_each_lesson_and_list_its_learners(coordinator_client, cohort):
    second = lesson_of(cohort.program, "Loops", order=2)
    first = lesson_of(cohort.program, "Names", order=1, due_on=date(2026, 11, 1))
    aman = member(cohort, "Aman", first, second)
    member(cohort, "Riya", first, begun=[second])
    member(CohortFactory(program=cohort.program), "Elsewhere", first)
    LearnerFacts.objects.create(learner=aman, lessons_due=2, lessons_completed=2, as_of=date(2026, 11, 20))
    answer = coordinator_client.get(f"/api/cohorts/{cohort.pk}/completions").json()
    assert answer == {
        "cohort": {"id": cohort.pk, "name": "Mornings", "program": "Python Basics"},
        "total": 2,
        "lessons": [
            {"id": first.pk, "title": "Names", "due_on": "2026-11-01", "completed": 2, "incomplete": 0},
            {"id": second.pk, "title": "Loops", "due_on": None, "completed": 1, "incomplete": 1},
        ],
        "learners": [
            {"id": "aman", "name": "Aman", "lessons_due": 2, "lessons_completed": 2, "last_activity_at": None},
            {"id": "riya", "name": "Riya", "lessons_due": None, "lessons_completed": None, "last_activity_at": None},
        ],
        "next_after": None,
    }


def test_incomplete_lists_who_has_not_finished_and_since_when_they_try(coordinator_client, cohort):
    lesson = lesson_of(cohort.program, "Names")
    member(cohort, "Aman", lesson)
    member(cohort, "Riya", begun=[lesson])
    member(CohortFactory(program=cohort.program, name="Evenings"), "Sana")
    LearnerFactory(program=ProgramFactory(name="Other"))
    answer = coordinator_client.get(f"/api/lessons/{lesson.pk}/incomplete").json()
    assert (answer["lesson"]["title"], answer["total"], answer["next_after"]) == ("Names", 2, None)
    assert [(one["name"], one["cohort"], one["begun_at"]) for one in answer["learners"]] == [
        ("Riya", "Mornings", "2026-11-12T09:00:00Z"),
        ("Sana", "Evenings", None),
    ]
    narrowed = coordinator_client.get(f"/api/lessons/{lesson.pk}/incomplete?cohort={cohort.pk}").json()
    assert (narrowed["total"], [one["id"] for one in narrowed["learners"]]) == (1, ["riya"])


@pytest.mark.parametrize("what", ["completions", "incomplete"])
def test_pages_follow_one_another_to_the_end_without_a_gap_or_a_repetition(coordinator_client, cohort, what):
    lesson = lesson_of(cohort.program, "Names")
    for number in range(5):
        LearnerFactory(program=cohort.program, cohort=cohort, name=f"Same {number // 3}")
    address = {"completions": f"cohorts/{cohort.pk}/completions", "incomplete": f"lessons/{lesson.pk}/incomplete"}[what]
    seen, after = [], ""
    while after is not None:
        page = coordinator_client.get(f"/api/{address}?limit=2&after={after}").json()
        seen += [one["id"] for one in page["learners"]]
        after = page["next_after"]
    assert len(seen) == len(set(seen)) == 5


@pytest.fixture
def _one_is_many(monkeypatch):
    monkeypatch.setattr(tallies, "MANY", 0)
    yield
    tallies._remembered.clear()


@pytest.mark.usefixtures("_one_is_many")
def test_a_lesson_that_came_after_the_counting_is_counted(coordinator_client, cohort):
    member(cohort, "Aman")
    coordinator_client.get(f"/api/lessons/{lesson_of(cohort.program, 'Names').pk}/incomplete")
    late = lesson_of(cohort.program, "Loops")
    assert coordinator_client.get(f"/api/lessons/{late.pk}/incomplete").json()["total"] == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("cohorts/0/completions", 404),
        (f"cohorts/{10**30}/completions", 404),
        ("cohorts/x/completions", 400),
        ("cohorts/{cohort}/completions?limit=0", 400),
        ("cohorts/{cohort}/completions?limit=201", 400),
        ("cohorts/{cohort}/completions?after=nobody", 400),
        ("lessons/0/incomplete", 404),
        ("lessons/{lesson}/incomplete?after=nobody", 400),
        ("lessons/{lesson}/incomplete?cohort=0", 400),
        (f"lessons/{{lesson}}/incomplete?cohort={10**30}", 400),
        ("lessons/{lesson}/incomplete?cohort={other}", 400),
    ],
)
def test_what_is_not_there_or_out_of_range_is_refused(coordinator_client, cohort, address, status):
    lesson, other = lesson_of(cohort.program, "Names"), CohortFactory(program=ProgramFactory(name="Other"))
    path = address.format(cohort=cohort.pk, lesson=lesson.pk, other=other.pk)
    assert coordinator_client.get(f"/api/{path}").status_code == status


def test_cohorts_and_lessons_are_listed_with_their_ids(coordinator_client, cohort):
    lesson = lesson_of(cohort.program, "Names")
    CohortFactory(program=ProgramFactory(name="Other"))
    assert [one["id"] for one in coordinator_client.get("/api/cohorts?program=Python Basics").json()["cohorts"]] == [
        cohort.pk
    ]
    first = coordinator_client.get("/api/cohorts?limit=1").json()
    assert len(first["cohorts"]) == 1
    assert len(coordinator_client.get(f"/api/cohorts?after={first['next_after']}").json()["cohorts"]) == 1
    [found] = coordinator_client.get("/api/lessons").json()["lessons"]
    assert (found["id"], found["program"], found["activity_id"]) == (
        lesson.pk, "Python Basics", "https://lms.example.org/Names"
    )  # fmt: skip


def test_a_hundred_learners_take_as_many_queries_as_one(coordinator_client, cohort, django_assert_max_num_queries):
    lesson = lesson_of(cohort.program, "Names")
    for number in range(60):
        member(cohort, f"Learner {number:03}", *([lesson] if number % 2 else []))
    for address in (f"cohorts/{cohort.pk}/completions?limit=100", f"lessons/{lesson.pk}/incomplete?limit=100"):
        with django_assert_max_num_queries(11):
            coordinator_client.get(f"/api/{address}")
