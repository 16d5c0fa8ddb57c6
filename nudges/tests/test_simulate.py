from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.models import ContactPreference, Learner
from learners.tests.factories import LearnerFactory
from nudges.models import Nudge
from nudges.simulate import run_simulation
from nudges.tests.factories import FallbackTemplateFactory
from nudges.writers import WriterFailed
from riskscoring.models import RiskScore, ScoringRun

pytestmark = pytest.mark.django_db

HIGH = {"completed_percent": 5, "avg_quiz_score": 10, "consecutive_missed_sessions": 7}
LOW = {"completed_percent": 95, "avg_quiz_score": 90, "consecutive_missed_sessions": 0}


@pytest.fixture
def _template(db):
    FallbackTemplateFactory(channel="in-app", type="reminder", language="en")


def simulate(**changes):
    given = {
        "as_of": date.today(),
        "auto_nudge": True,
        "risk_threshold": Decimal("0.7"),
        "channel": "in-app",
        "by": None,
    }
    return run_simulation(**{**given, **changes})


def nudged() -> set[str]:
    return set(Nudge.objects.filter(state="queued").values_list("learner__uid", flat=True))


def test_everyone_is_scored_and_counted():
    LearnerFactory(**HIGH)
    LearnerFactory(**LOW)
    LearnerFactory()
    done = simulate(auto_nudge=False)
    assert done.summary.counts == {"high": 1, "medium": 0, "low": 1, "unknown": 1}
    assert (done.above_threshold, done.nudged, done.suppressed) == (1, 0, {})
    assert ScoringRun.objects.get().trigger == "api"
    assert not Nudge.objects.exists()


@pytest.mark.usefixtures("_template")
def test_only_those_above_the_threshold_are_nudged():
    LearnerFactory(uid="high", **HIGH)
    LearnerFactory(uid="low", **LOW)
    done = simulate()
    assert (done.nudged, done.suppressed) == (1, {})
    assert nudged() == {"high"}


@pytest.mark.usefixtures("_template")
def test_a_score_that_equals_the_threshold_is_not_above_it():
    learner = LearnerFactory(**HIGH)
    simulate(auto_nudge=False)
    score = RiskScore.objects.get(learner=learner).score
    assert simulate(risk_threshold=score).nudged == 0
    assert simulate(risk_threshold=score - Decimal("0.0001")).nudged == 1


@pytest.mark.usefixtures("_template")
def test_those_of_whom_too_little_is_known_are_left_alone():
    LearnerFactory(completed_percent=0)
    done = simulate(risk_threshold=Decimal(0))
    assert (done.above_threshold, done.nudged) == (0, 0)


@pytest.mark.usefixtures("_template")
def test_the_gate_stops_whom_it_would_stop_anyway():
    said_no = LearnerFactory(**HIGH)
    ContactPreference.objects.create(
        learner=said_no, channel="in-app", allowed=False, decided_at=timezone.now(), source="phone call"
    )
    LearnerFactory(**HIGH)
    assert simulate().suppressed == {"no_consent": 1}
    assert simulate().suppressed == {"no_consent": 1, "capped_day": 1}


@pytest.mark.usefixtures("_template")
def test_the_number_of_queries_does_not_depend_on_the_learners(django_assert_num_queries):
    LearnerFactory(**HIGH)
    with CaptureQueriesContext(connection) as for_one:
        simulate()
    for _ in range(30):
        LearnerFactory(**HIGH)
    with django_assert_num_queries(len(for_one)):
        simulate()


def test_without_a_text_nobody_is_nudged_and_the_scores_stay():
    LearnerFactory(**HIGH)
    with pytest.raises(WriterFailed):
        simulate()
    assert not Nudge.objects.exists()
    assert RiskScore.objects.exists()


@pytest.mark.usefixtures("_template")
def test_the_api_answers_with_the_counts(staff_client):
    LearnerFactory(**HIGH)
    response = staff_client.post("/api/simulate/run", {"auto_nudge": True}, content_type="application/json")
    assert response.status_code == 200, response.content
    assert response.json() == {
        "learners": 1,
        "high": 1,
        "medium": 0,
        "low": 0,
        "unknown": 0,
        "changed": 1,
        "above_threshold": 1,
        "nudged": 1,
        "suppressed": {},
        "waiting": 0,
    }


def test_the_api_needs_no_body(staff_client):
    assert staff_client.generic("POST", "/api/simulate/run").json()["learners"] == 0


@pytest.mark.parametrize(
    "body",
    [{"risk_threshold": 1.1}, {"risk_threshold": -0.1}, {"risk_threshold": "0.7"}, {"auto_nudge": "yes"}, {"x": 1}],
)
def test_the_api_refuses_what_makes_no_sense(staff_client, body):
    response = staff_client.post("/api/simulate/run", body, content_type="application/json")
    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == list(body)


def test_coordinators_do_not_run_it(coordinator_client):
    assert coordinator_client.post("/api/simulate/run").status_code == 403
    assert not Learner.objects.exists()
