"""An open board follows the scores: the version that it asks for, and the rows that it then puts in place."""

from datetime import date

import pytest

from learners.services import create_learner, update_learner
from learners.tests.factories import LearnerFactory
from riskscoring.services import recompute_risk
from riskscoring.tests.factories import RiskScoreFactory
from riskscoring.version import scores_version

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def test_version_grows_when_a_score_changes_and_not_otherwise(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        learner = create_learner(values={"name": "Aman", "completed_percent": 50}, by=None, trigger="test")
    first = scores_version()
    with django_capture_on_commit_callbacks(execute=True):
        update_learner(learner=learner, values={"name": "Aman Gill"}, by=None, trigger="test")
    assert scores_version() == first > 0
    with django_capture_on_commit_callbacks(execute=True):
        update_learner(learner=learner, values={"completed_percent": 100}, by=None, trigger="test")
    assert scores_version() == first + 1


def test_version_grows_with_a_run_that_wrote_something(django_capture_on_commit_callbacks):
    LearnerFactory(completed_percent=50)
    versions = [scores_version()]
    for dry_run in (True, False, False):
        with django_capture_on_commit_callbacks(execute=True):
            recompute_risk(as_of=TODAY, dry_run=dry_run, trigger="test")
        versions.append(scores_version())
    assert versions == [0, 0, 1, 1]


def test_version_waits_for_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():
        create_learner(values={"name": "Aman", "completed_percent": 50}, by=None, trigger="test")
        assert scores_version() == 0


def test_version_is_one_query_for_anyone_and_never_kept(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/board/version")
    assert (response.content, response["Cache-Control"]) == (b"0", "no-store")
    assert "Set-Cookie" not in response


def test_live_rows_are_the_boards_with_the_same_filters(coordinator_client):
    RiskScoreFactory(priority=9000, learner__name="Riya")
    RiskScoreFactory(priority=100, learner__name="Sana")
    page = coordinator_client.get("/board/rows?level=high", headers={"HX-Request": "true"})
    assert "Riya" in page.content.decode()
    assert "Sana" not in page.content.decode()
    assert 'id="overview"' in page.content.decode()
    assert "HX-Push-Url" not in page


def test_page_brings_the_version_that_its_rows_have_at_least(coordinator_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        create_learner(values={"name": "Aman", "completed_percent": 50}, by=None, trigger="test")
    assert f'data-version="{scores_version()}"' in coordinator_client.get("/").content.decode()
