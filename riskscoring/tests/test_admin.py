import pytest
from django.urls import reverse

from riskscoring.models import RiskScore, ScoringRun
from riskscoring.tests.factories import RiskScoreFactory, ScoringRunFactory

pytestmark = pytest.mark.django_db
LISTS = ["admin:riskscoring_scoringrun_changelist", "admin:riskscoring_riskscore_changelist"]


@pytest.mark.parametrize("role", ["staff", "ops"])
@pytest.mark.parametrize("name", LISTS)
def test_staff_and_ops_may_look(client, make_user, role, name):
    ScoringRunFactory(), RiskScoreFactory()
    client.force_login(make_user(role))
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_the_same_number_of_queries_however_long(staff_client, name, django_assert_max_num_queries):
    for _ in range(12):
        ScoringRunFactory(), RiskScoreFactory()
    with django_assert_max_num_queries(10):
        staff_client.get(reverse(name))


@pytest.mark.parametrize(("model", "factory"), [(ScoringRun, ScoringRunFactory), (RiskScore, RiskScoreFactory)])
def test_nobody_writes_them_by_hand(staff_client, model, factory):
    row = factory()
    route = f"admin:riskscoring_{model._meta.model_name}"
    assert staff_client.get(reverse(f"{route}_change", args=[row.pk])).status_code == 200
    assert staff_client.post(reverse(f"{route}_change", args=[row.pk]), {}).status_code == 403
    assert staff_client.post(reverse(f"{route}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert staff_client.get(reverse(f"{route}_add")).status_code == 403


def test_learner_is_found_by_id_or_email(staff_client):
    risk, other = RiskScoreFactory(), RiskScoreFactory()
    for words in (risk.learner.uid, risk.learner.email):
        page = staff_client.get(reverse(LISTS[1]), {"q": words})
        assert list(page.context["cl"].queryset) == [risk]
        assert other.learner.name not in page.text
