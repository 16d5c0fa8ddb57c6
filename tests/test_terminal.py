"""The database terminal: what can be asked, what is refused, and that it can't write."""

import csv
import io
from dataclasses import replace

import pytest
from django.utils import timezone

from activity.models import Lesson
from engagement.terminal import connection as reading
from engagement.terminal import running
from engagement.terminal.queries import QUERIES
from engagement.terminal.query import Query
from engagement.terminal.running import QueryRefused, run_query
from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db(transaction=True)  # it reads what is committed, on a connection of its own


def ask(name, **given):
    return run_query(name, given, now=timezone.now())


@pytest.fixture
def registered(monkeypatch):
    """registered(sql) is a query that somebody added to the registry."""

    def register(sql, **more):
        query = Query("added", "Test", "Added", "Test", sql, **more)
        monkeypatch.setitem(QUERIES, "added", query)
        return query

    return register


@pytest.fixture
def ops_client(client, ops):
    client.force_login(ops)
    return client


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_answered(name):
    answer = ask(name)
    assert answer.columns
    assert set(answer.query.chart or ()) <= set(answer.columns)


def test_rows_are_what_is_stored():
    cohort = CohortFactory(name="Mornings")
    LearnerFactory.create_batch(3, program=cohort.program, cohort=cohort)
    answer = ask("learners-by-program")
    assert answer.columns == ["program", "cohort", "learners", "never_seen"]
    assert answer.rows == [("Python Basics", "Mornings", 3, 3)]


def test_lessons_are_those_of_all_programs_until_one_is_named():
    for program in ProgramFactory(name="Python Basics"), ProgramFactory(name="Data Analysis"):
        Lesson.objects.create(program=program, activity_id="https://lms.example.org/1", title="Loops")
    assert [row[0] for row in ask("lesson-completion").rows] == ["Data Analysis", "Python Basics"]
    assert [row[0] for row in ask("lesson-completion", program="Python Basics").rows] == ["Python Basics"]


def test_learners_are_named_by_their_ids_alone():
    RiskScoreFactory(change=500, learner__uid="learner_7", learner__name="Aman", learner__email="aman@example.org")
    for name in ("risk-moves", "learner"):
        answer = ask(name, **({"learner": "learner_7"} if name == "learner" else {}))
        assert "learner_7" in answer.rows[0]
        assert not {"Aman", "aman@example.org"} & set(answer.rows[0])


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM learners_learner",
        "UPDATE learners_learner SET name = 'x'",
        "INSERT INTO learners_program (name, course_url, open_for_signup) VALUES ('x', '', true)",
        "DROP TABLE learners_note",
        "CREATE TABLE x (y integer)",
    ],
)
def test_even_a_registered_query_that_writes_is_refused(registered, sql):
    LearnerFactory(name="Aman")
    registered(sql)
    with pytest.raises(QueryRefused, match="The database refused"):
        ask("added")
    assert Learner.objects.get().name == "Aman"


def test_a_second_statement_behind_the_first_is_refused(registered):
    LearnerFactory()
    registered("SELECT 1; DELETE FROM learners_learner")
    with pytest.raises(QueryRefused):
        ask("added")
    assert Learner.objects.exists()


def test_what_takes_long_is_stopped(registered, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.2)
    registered("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
    with pytest.raises(QueryRefused, match="was stopped"):
        ask("added")


def test_more_rows_than_the_limit_are_cut(monkeypatch, registered):
    monkeypatch.setattr(running, "ROW_LIMIT", 10)
    registered("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT i FROM n")
    answer = ask("added")
    assert (len(answer.rows), answer.is_cut) == (10, True)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("DROP TABLE learners_learner", {}, "no query of this name"),
        ("", {}, "no query of this name"),
        ("new-learners", {"days": "0"}, "from 1 to 366"),
        ("new-learners", {"days": "367"}, "from 1 to 366"),
        ("new-learners", {"days": "1; DROP TABLE x"}, "whole number"),
        ("new-learners", {"days": ""}, "whole number"),
        ("new-learners", {"sql": "SELECT 1"}, "no parameter “sql”"),
        ("learner", {"learner": "x" * 201}, "at most 200"),
    ],
)
def test_anything_else_is_refused_in_words(name, given, words):
    with pytest.raises(QueryRefused, match=words):
        ask(name, **given)


def test_what_is_asked_for_never_becomes_sql():
    LearnerFactory(uid="learner_1")
    assert ask("learner", learner="' OR 1=1 --").rows == []


def test_page_lists_the_questions_and_shows_one_as_table_and_chart(ops_client):
    cohorts = [CohortFactory(name=name) for name in ("Mornings", "Evenings")]
    for cohort in cohorts:
        LearnerFactory(program=cohort.program, cohort=cohort)
    empty = ops_client.get("/ui/db-terminal").content.decode()
    assert all(str(query.title).replace("’", "’") in empty for query in QUERIES.values())
    page = ops_client.get("/ui/db-terminal?query=learners-by-program").content.decode()
    assert "<td>Mornings</td>" in page
    assert page.count('class="fill-plain"') == 2
    assert "learners by cohort; the numbers are in the table" in page


def test_page_refuses_with_400_and_says_why(ops_client):
    for query, words in (("query=x", "no query of this name"), ("query=new-learners&days=x", "whole number")):
        response = ops_client.get(f"/ui/db-terminal?{query}")
        assert response.status_code == 400
        assert words in response.content.decode()
    assert ops_client.get("/ui/db-terminal?sql=SELECT+1").status_code == 400
    assert ops_client.post("/ui/db-terminal", {"query": "new-learners"}).status_code == 405


def test_csv_is_safe_for_spreadsheets(ops_client):
    cohort = CohortFactory(name="=cmd|' /C calc'!A0")
    LearnerFactory(program=cohort.program, cohort=cohort)
    response = ops_client.get("/ui/db-terminal?query=learners-by-program&format=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="learners-by-program-')
    [header, row] = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header == ["program", "cohort", "learners", "never_seen"]
    assert row[1] == "'=cmd|' /C calc'!A0"


def test_coordinators_stay_outside(coordinator_client):
    assert coordinator_client.get("/ui/db-terminal").status_code == 403


def test_queries_have_titles_of_their_own():
    assert len({str(query.title) for query in QUERIES.values()}) == len(QUERIES)
    assert replace(QUERIES["learner"]) == QUERIES["learner"]
