from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from activity.models import LearnerFacts, Lesson, LessonProgress
from activity.tests.factories import LessonFactory
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def cohort():
    return CohortFactory(name="Mornings")


def lesson_of(program, title, **values):
    return Lesson.objects.create(program=program, activity_id=f"https://lms.example.org/{title}", title=title, **values)


def completes(learner, lesson, *, only_begins=False):
    at = timezone.now() - timedelta(days=3)
    done = None if only_begins else at
    LessonProgress.objects.create(learner=learner, lesson=lesson, begun_at=at, last_at=at, completed_at=done)


def test_cohorts_say_how_many_are_there_and_how_far_they_are(coordinator_client, cohort):
    now = timezone.now()
    LearnerFactory(cohort=cohort, program=cohort.program, completed_percent=50, last_login=now)
    LearnerFactory(cohort=cohort, program=cohort.program, completed_percent=100, last_login=now - timedelta(days=8))
    LearnerFactory(cohort=cohort, program=cohort.program)
    [row] = coordinator_client.get("/cohorts/").context["page"].rows
    assert (row.name, row.learners, row.seen_lately, row.progress_words) == ("Mornings", "3", "1", "75%")


def test_cohorts_are_chosen_by_program_and_paged(coordinator_client, cohort, monkeypatch):
    monkeypatch.setattr("activity.completion.summaries.PAGE_SIZE", 2)
    for name in ("Evenings", "Nights"):
        CohortFactory(program=cohort.program, name=name)
    CohortFactory(program=ProgramFactory(name="Zoology"), name="A")
    first = coordinator_client.get("/cohorts/").context["page"]
    second = coordinator_client.get(f"/cohorts/{first.next_query}").context["page"]
    assert [row.name for row in first.rows + second.rows] == ["Evenings", "Mornings", "Nights", "A"]
    assert not second.has_next
    chosen = coordinator_client.get(f"/cohorts/?program={cohort.program_id}").context["page"]
    assert [row.program for row in chosen.rows] == ["Python Basics"] * 2
    assert f"program={cohort.program_id}" in chosen.next_query


def test_cohort_shows_its_lessons_as_a_chart_and_its_learners(coordinator_client, cohort):
    names = lesson_of(cohort.program, "Names", order=1, due_on=date(2020, 1, 1))
    loops = lesson_of(cohort.program, "Loops", order=2, due_on=date(2999, 1, 1), discovered=True)
    aman, riya, _sana = (
        LearnerFactory(cohort=cohort, program=cohort.program, name=n) for n in ("Aman", "Riya", "Sana")
    )
    completes(aman, names)
    completes(aman, loops)
    completes(riya, names, only_begins=True)
    LearnerFacts.objects.create(learner=aman, lessons_due=1, lessons_completed=1, as_of=date(2026, 11, 20))
    LearnerFacts.objects.create(learner=riya, lessons_due=0, as_of=date(2026, 11, 20))
    response = coordinator_client.get(f"/cohorts/{cohort.pk}/")
    page = response.context["page"]
    assert [(row.title, row.is_due, row.completed, row.share) for row in page.lessons] == [
        ("Names", True, "1 of 3", 33),
        ("Loops", False, "1 of 3", 33),
    ]
    assert [(bar.css, bar.height) for bar in page.bars] == [("due", "39.6"), ("ahead", "39.6")]
    assert [row.progress_words for row in page.learners] == ["1 of 1", "nothing due yet", "no data"]
    assert "found in statements" in text_of(response)
    assert f"/lessons/{names.pk}/?cohort={cohort.pk}" in text_of(response)


def test_cohort_without_lessons_says_how_they_come(coordinator_client, cohort):
    page = text_of(coordinator_client.get(f"/cohorts/{cohort.pk}/"))
    assert "No lessons yet" in page
    assert "Nobody is in this cohort yet" in page


def test_lesson_shows_who_has_not_completed_it(coordinator_client, cohort):
    lesson = lesson_of(cohort.program, "Names", due_on=date(2020, 1, 1))
    aman, riya, sana = (LearnerFactory(cohort=cohort, program=cohort.program, name=n) for n in ("Aman", "Riya", "Sana"))
    other = CohortFactory(program=cohort.program, name="Evenings")
    LearnerFactory(cohort=other, program=cohort.program, name="Zoe")
    completes(aman, lesson)
    completes(riya, lesson, only_begins=True)
    page = coordinator_client.get(f"/lessons/{lesson.pk}/").context["page"]
    assert [(row.name, row.begun) for row in page.learners] == [
        ("Riya", "begun 3 days ago"),
        ("Sana", "not begun"),
        ("Zoe", "not begun"),
    ]
    assert page.completed_words == "1 of 4 have completed it"
    assert page.due_words == "was due on 1 Jan 2020"
    narrowed = coordinator_client.get(f"/lessons/{lesson.pk}/?cohort={cohort.pk}").context["page"]
    assert [row.uid for row in narrowed.learners] == [riya.uid, sana.uid]


def test_lesson_that_everybody_completed_says_so(coordinator_client, cohort):
    lesson = lesson_of(cohort.program, "Names")
    completes(LearnerFactory(cohort=cohort, program=cohort.program), lesson)
    assert "Everybody has completed it" in text_of(coordinator_client.get(f"/lessons/{lesson.pk}/"))


def test_lessons_are_of_the_first_program_that_has_any_unless_one_is_chosen(coordinator_client, cohort):
    ProgramFactory(name="Art")
    other = lesson_of(ProgramFactory(name="Zoology"), "Bees")
    lesson_of(cohort.program, "Names")
    assert [row.title for row in coordinator_client.get("/lessons/").context["page"].lessons] == ["Names"]
    chosen = coordinator_client.get(f"/lessons/?program={other.program_id}").context["page"]
    assert [row.title for row in chosen.lessons] == ["Bees"]


def test_site_without_lessons_says_how_they_come(coordinator_client):
    assert "Lessons come by themselves" in text_of(coordinator_client.get("/lessons/"))
    assert "No cohorts yet" in text_of(coordinator_client.get("/cohorts/"))


def test_more_learners_than_a_page_are_reached_by_next_with_and_without_htmx(coordinator_client, cohort):
    lesson = lesson_of(cohort.program, "Names")
    for number in range(60):
        LearnerFactory(cohort=cohort, program=cohort.program, name=f"Learner {number:02}")
    for address in (f"/cohorts/{cohort.pk}/", f"/lessons/{lesson.pk}/"):
        first = coordinator_client.get(address).context["page"]
        second = coordinator_client.get(address + first.next_query, headers=HTMX)
        assert "<html" not in second.content.decode()
        assert "HX-Request" in second["Vary"]
        names = [row.name for row in first.learners + second.context["page"].learners]
        assert names == [f"Learner {number:02}" for number in range(60)]


@pytest.mark.parametrize("query", ["after=gone", "after=%F0%9F%98%80", "cohort=x", "cohort=999999", "program=x"])
def test_address_that_leads_nowhere_shows_the_first_page(coordinator_client, cohort, query):
    lesson = lesson_of(cohort.program, "Names")
    LearnerFactory(cohort=cohort, program=cohort.program, name="Aman")
    for path in ("/cohorts/", "/lessons/", f"/cohorts/{cohort.pk}/", f"/lessons/{lesson.pk}/"):
        assert coordinator_client.get(f"{path}?{query}").status_code == 200
    assert "Aman" in text_of(coordinator_client.get(f"/lessons/{lesson.pk}/?{query}"))


@pytest.mark.parametrize("path", ["/cohorts/0/", "/lessons/0/", f"/lessons/{10**30}/"])
def test_what_is_not_there_is_404(coordinator_client, path):
    assert coordinator_client.get(path).status_code == 404


def test_what_people_wrote_is_escaped(coordinator_client, cohort):
    lesson = lesson_of(cohort.program, "<script>alert(1)</script>")
    lesson_of(cohort.program, "<b>")
    LearnerFactory(cohort=cohort, program=cohort.program, name="<script>x</script>")
    for path in ("/lessons/", f"/cohorts/{cohort.pk}/", f"/lessons/{lesson.pk}/"):
        assert "<script>alert" not in text_of(coordinator_client.get(path))
        assert "<script>x" not in text_of(coordinator_client.get(path))


def test_pages_take_as_many_queries_for_fifty_as_for_one(coordinator_client, cohort, django_assert_max_num_queries):
    lessons = [lesson_of(cohort.program, f"Lesson {number}") for number in range(30)]
    for number in range(60):
        learner = LearnerFactory(cohort=cohort, program=cohort.program, name=f"Learner {number:02}")
        completes(learner, lessons[0], only_begins=bool(number % 2))
        LearnerFacts.objects.create(learner=learner, lessons_due=1, as_of=datetime(2026, 11, 20, tzinfo=UTC).date())
    for path in ("/cohorts/", "/lessons/", f"/cohorts/{cohort.pk}/", f"/lessons/{lessons[0].pk}/"):
        with django_assert_max_num_queries(12):
            coordinator_client.get(path)


def test_lessons_of_the_program_with_most_come_first(coordinator_client):
    LessonFactory(program__name="Algebra", title="Only mentioned")
    LessonFactory.create_batch(2, program=ProgramFactory(name="Zoology"))
    page = coordinator_client.get("/lessons/")
    assert page.context["page"].program.name == "Zoology"
