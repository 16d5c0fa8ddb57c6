import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.models import Interruption
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from riskscoring.models import RiskScore
from riskscoring.tests.factories import RiskScoreFactory, RiskSnapshotFactory, ScoringRunFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_board_shows_who_is_at_risk_and_why(coordinator_client):
    RiskScoreFactory(
        priority=8250,
        change=530,
        learner__name="Riya",
        learner__completed_percent=25,
        learner__avg_quiz_score=45,
        learner__consecutive_missed_sessions=5,
        learner__last_login=datetime(2026, 11, 8, tzinfo=UTC),
    )
    page = text_of(coordinator_client.get("/"))
    assert "Riya" in page
    assert "High <b>0.82</b>" in page
    assert "Handed in 25% of the work due · Missed 5 sessions in a row" in page
    assert "0.05 more than last week" in page
    assert ">12 days ago<" in page


def test_learner_with_too_little_data_has_no_score_on_the_board(coordinator_client):
    RiskScoreFactory(priority=-1, change=300)
    page = text_of(coordinator_client.get("/"))
    assert '<span class="level level-unknown">' in page
    assert "more than last week" not in page


def test_what_people_wrote_is_escaped(coordinator_client):
    RiskScoreFactory(learner__name="<script>alert(1)</script>", learner__uid='"><x')
    page = coordinator_client.get("/?q=%3Cscript%3E").content.decode()
    assert "<script>alert" not in page
    assert '"><x' not in page


def test_site_without_learners_leads_to_the_import(coordinator_client):
    assert reverse("learners:import") in text_of(coordinator_client.get("/"))


def test_site_with_learners_that_were_never_scored_says_so(coordinator_client):
    LearnerFactory()
    assert "Nobody is scored yet" in text_of(coordinator_client.get("/"))


def test_filter_that_matches_nobody_offers_to_clear_it(coordinator_client):
    RiskScoreFactory()
    page = text_of(coordinator_client.get("/?q=nobody-like-this"))
    assert "Nobody matches" in page
    assert "Clear filters" in page


def test_chips_count_by_level_whatever_level_is_chosen(coordinator_client):
    for priority in (9000, 8000, 100, -1):
        RiskScoreFactory(priority=priority)
    chips = coordinator_client.get("/?level=low").context["board"].chips
    assert [(chip.level, chip.count, chip.is_chosen) for chip in chips] == [
        ("", "4", False),
        ("high", "2", False),
        ("medium", "0", False),
        ("low", "1", True),
        ("unknown", "1", False),
    ]


def test_chips_count_what_the_search_finds(coordinator_client):
    RiskScoreFactory(priority=9000, learner__name="Sana")
    RiskScoreFactory(priority=9000, learner__name="Aman")
    assert coordinator_client.get("/?q=sana").context["board"].chips[0].count == "1"


def test_links_of_the_board_keep_the_filters(coordinator_client):
    program = ProgramFactory()
    RiskScoreFactory.create_batch(51, learner__program=program, priority=9000)
    board = coordinator_client.get(f"/?level=high&program={program.pk}&order=learner").context["board"]
    assert board.chips[2].url == f"/?program={program.pk}&order=learner&level=medium"
    assert board.export_url == f"/learners.csv?level=high&program={program.pk}&order=learner"
    assert board.next_url.startswith(f"/?level=high&program={program.pk}&order=learner&cursor=")
    assert board.rows[0].url.endswith(f"/?level=high&program={program.pk}&order=learner")


def test_next_page_goes_on_and_previous_comes_back(coordinator_client):
    RiskScoreFactory.create_batch(51)
    first = coordinator_client.get("/").context["board"]
    second = coordinator_client.get(first.next_url).context["board"]
    assert (len(first.rows), len(second.rows)) == (50, 1)
    assert second.next_url == ""
    back = coordinator_client.get(second.previous_url).context["board"]
    assert [row.uid for row in back.rows] == [row.uid for row in first.rows]


def test_heading_says_how_the_list_is_sorted_and_turns_it_round(coordinator_client):
    RiskScoreFactory()
    headings = {h.name: h for h in coordinator_client.get("/?order=quiz").context["board"].headings}
    assert (headings["quiz"].sorted, headings["quiz"].url) == ("ascending", "/?order=-quiz")
    assert (headings["risk"].sorted, headings["risk"].url) == ("", "/")
    assert (headings["missed"].sorted, headings["missed"].url) == ("", "/?order=-missed")


@pytest.mark.parametrize(
    "query",
    [
        "order=x",
        "program=abc",
        "cohort=-1",
        "owner=%F0%9F%98%80",
        "cursor=garbage",
        "level=x",
    ],
)
def test_address_that_cannot_be_read_is_answered_with_a_word_about_it(coordinator_client, query):
    RiskScoreFactory(learner__name="Sana")
    response = coordinator_client.get(f"/?{query}")
    assert response.status_code == 200
    assert "Sana" in text_of(response)
    assert "Part of the address was left out" in text_of(response)


@pytest.mark.parametrize("query", ["q=%F0%9F%98%80%FF", "q=" + "x" * 10_000, "q=%25", "q='%22\\", "x=y"])
def test_search_for_anything_is_answered(coordinator_client, query):
    RiskScoreFactory()
    assert coordinator_client.get(f"/?{query}").status_code == 200


def test_htmx_gets_the_rows_alone_and_the_address_to_show(coordinator_client):
    RiskScoreFactory(learner__name="Sana")
    response = coordinator_client.get("/?q=sana&program=&cohort=&owner=", headers=HTMX)
    assert "<html" not in response.content.decode()
    assert "Sana" in response.content.decode()
    assert response["HX-Push-Url"] == "/?q=sana"
    assert "HX-Request" in response["Vary"]


def test_another_program_brings_its_cohorts_and_its_numbers(coordinator_client):
    cohort = CohortFactory(name="Autumn")
    RiskScoreFactory(learner__program=cohort.program)
    asked = f"/?program={cohort.program_id}"
    response = coordinator_client.get(asked, headers=HTMX | {"HX-Current-URL": "http://testserver/?level=low"})
    assert "Autumn" in response.content.decode()
    assert 'id="overview"' in response.content.decode()
    same = coordinator_client.get(f"{asked}&level=low", headers=HTMX | {"HX-Current-URL": f"http://testserver{asked}"})
    assert 'id="overview"' not in same.content.decode()


def test_age_of_the_data_is_shown_and_old_data_warned_of(coordinator_client):
    RiskScoreFactory()
    ScoringRunFactory()
    assert "Scores from today" in text_of(coordinator_client.get("/"))
    assert "These scores are old" not in text_of(coordinator_client.get("/"))


@pytest.mark.parametrize("days", [{"as_of": 3, "run": 0}, {"as_of": 3, "run": 3}])
def test_scores_older_than_two_days_are_warned_of(coordinator_client, days):
    now = timezone.now()
    RiskScoreFactory()
    ScoringRunFactory(as_of=now.date() - timedelta(days=days["as_of"]), started_at=now - timedelta(days=days["run"]))
    assert "These scores are old" in text_of(coordinator_client.get("/"))


def test_a_silent_cohort_is_one_line_and_no_alarm_for_each_learner(coordinator_client):
    today = timezone.now().date()
    cohort = CohortFactory(name="Mornings")
    for n in range(3):
        RiskScoreFactory(learner__program=cohort.program, learner__cohort=cohort, learner__name=f"Ana {n}")
    since = today - timedelta(days=4)
    Interruption.objects.create(cohort=cohort, first_day=since, last_day=today, recognised=True)
    words = f"Mornings: hardly anybody has been active since {since:%-d %b}. Probably a holiday or an outage."
    assert text_of(coordinator_client.get("/")).count(words) == 1
    assert words in text_of(coordinator_client.get(f"/?program={cohort.program_id}&cohort={cohort.pk}"))
    assert words not in text_of(coordinator_client.get(f"/?program={ProgramFactory(name='Other').pk}"))


def test_interruption_of_which_staff_know_the_reason_says_it_and_a_dismissed_one_is_not_shown(coordinator_client):
    today = timezone.now().date()
    for name, more in {"Eid": {"reason": "Eid"}, "None": {"decision": "dismissed", "reason": "nothing"}}.items():
        Interruption.objects.create(cohort=CohortFactory(name=name), first_day=today, last_day=today, **more)
    page = text_of(coordinator_client.get("/"))
    assert f"Eid: a break from {today:%-d %b} to {today:%-d %b} (Eid)." in page
    assert "(nothing)" not in page


def test_board_takes_as_many_queries_for_fifty_learners_as_for_one(coordinator_client, django_assert_max_num_queries):
    cohort = CohortFactory()
    for n in range(60):
        score = RiskScoreFactory(learner__program=cohort.program, learner__cohort=cohort, learner__name=f"Ana {n}")
        RiskSnapshotFactory(learner=score.learner)
    ScoringRunFactory()
    for query in ("", f"level=medium&q=ana&program={cohort.program_id}&cohort={cohort.id}&owner=none&order=quiz"):
        with django_assert_max_num_queries(20):
            coordinator_client.get(f"/?{query}")


def test_export_has_all_rows_that_the_filter_shows(coordinator_client):
    RiskScoreFactory.create_batch(60, priority=9000)
    RiskScoreFactory(priority=100)
    response = coordinator_client.get("/learners.csv?level=high")
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert len(rows) == 60
    assert (rows[0]["risk_score"], rows[0]["risk_label"]) == ("0.9000", "high")
    assert response["Content-Disposition"].startswith('attachment; filename="learners-')


def test_export_of_a_filter_that_cannot_be_read_exports_nobody(coordinator_client):
    response = coordinator_client.get("/learners.csv?program=none-such", follow=True)
    assert "Nothing was exported" in response.content.decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_exported_cell_never_runs_in_a_spreadsheet(coordinator_client, start):
    score = RiskScoreFactory()
    RiskScore.objects.filter(pk=score.pk).update(as_of=date(2026, 11, 20))
    type(score.learner).objects.filter(pk=score.pk).update(name=f"{start}cmd|'/c calc'!A0")
    rows = list(csv.DictReader(io.StringIO(b"".join(coordinator_client.get("/learners.csv")).decode("utf-8-sig"))))
    assert rows[0]["name"] == f"'{start}cmd|'/c calc'!A0"


def test_runs_tell_staff_what_was_scored_when(staff_client, staff):
    ScoringRunFactory(started_by=staff, learners=1234, changed=56, counts={"high": 7, "medium": 1227})
    page = text_of(staff_client.get("/runs/"))
    assert "1,234" in page
    assert "3.0 s" in page
    assert "staff" in page


def test_runs_page_without_runs_says_how_they_come(staff_client):
    assert "recompute_risk" in text_of(staff_client.get("/runs/"))


def test_coordinators_do_not_open_the_runs_page(coordinator_client):
    assert coordinator_client.get("/runs/").status_code == 403


def test_ops_begin_at_the_runs(client, ops):
    client.force_login(ops)
    assert client.get("/")["Location"] == "/runs/"
