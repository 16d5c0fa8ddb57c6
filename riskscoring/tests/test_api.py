from decimal import Decimal

import pytest
from django.utils import timezone

from learners.changes import announce
from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory

pytestmark = pytest.mark.django_db

INPUTS = {  # level → inputs that give it
    "high": {"completed_percent": 5, "avg_quiz_score": 10, "consecutive_missed_sessions": 7},
    "medium": {"completed_percent": 45, "avg_quiz_score": 65, "consecutive_missed_sessions": 3},
    "low": {"completed_percent": 95, "avg_quiz_score": 90, "consecutive_missed_sessions": 0},
    "unknown": {"completed_percent": 5},
}


@pytest.fixture
def learner(db):
    def make(level: str = "low", **fields) -> Learner:
        made = LearnerFactory(**{**INPUTS[level], "last_login": None, **fields})
        announce(Learner.objects.filter(pk=made.pk))
        return made

    return make


def get(client, **query):
    return client.get("/api/learners", query)


def ids(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["learners"]]


def fields_of_error(response) -> dict:
    assert response.status_code == 400
    return response.json()["error"]["fields"]


def test_a_learner_is_shown_with_their_risk_and_its_reasons(coordinator_client, learner):
    cohort = CohortFactory(name="Spring")
    learner("high", uid="riya", name="Riya", email="riya@example.org", cohort=cohort, program=cohort.program)
    (shown,) = get(coordinator_client).json()["learners"]
    assert shown["id"] == "riya"
    assert shown["program"] == "Python Basics"
    assert shown["cohort"] == "Spring"
    assert shown["completed_percent"] == 5.0
    assert shown["risk_label"] == "high"
    assert shown["inputs_known"] == 3
    assert shown["as_of"] == timezone.now().date().isoformat()
    assert shown["reasons"][0] == {
        "code": "completed_percent",
        "sentence": "Handed in 5% of the work due",
        "contribution": 0.475,
    }
    total = sum(Decimal(str(reason["contribution"])) for reason in shown["reasons"])
    assert total == Decimal(str(shown["risk_score"]))


def test_nobody_is_an_empty_list(coordinator_client):
    assert get(coordinator_client).json() == {"learners": [], "next_cursor": None}


def test_too_little_data_is_unknown(coordinator_client, learner):
    learner("unknown")
    assert get(coordinator_client).json()["learners"][0]["risk_label"] == "unknown"


def test_the_most_worrying_come_first_and_the_unknown_last(coordinator_client, learner):
    for level in ("low", "unknown", "high", "medium"):
        learner(level, uid=level)
    assert ids(get(coordinator_client)) == ["high", "medium", "low", "unknown"]


def test_levels_can_be_repeated(coordinator_client, learner):
    for level in INPUTS:
        learner(level, uid=level)
    assert ids(get(coordinator_client, risk_level=["high", "unknown"])) == ["high", "unknown"]


def test_a_program_is_found_by_name_or_id(coordinator_client, learner):
    ours = ProgramFactory(name="Ours")
    learner(uid="a", program=ours)
    learner(uid="b")
    assert ids(get(coordinator_client, program="Ours")) == ids(get(coordinator_client, program=ours.pk)) == ["a"]


def test_a_cohort_of_two_programs_needs_the_program(coordinator_client, learner):
    spring = CohortFactory(name="Spring")
    other = CohortFactory(name="Spring", program=ProgramFactory(name="Other"))
    learner(uid="a", cohort=spring, program=spring.program)
    learner(uid="b", cohort=other, program=other.program)
    assert "cohort" in fields_of_error(get(coordinator_client, cohort="Spring"))
    assert ids(get(coordinator_client, cohort="Spring", program="Other")) == ["b"]
    assert ids(get(coordinator_client, cohort=spring.pk)) == ["a"]


def test_words_are_searched(coordinator_client, learner):
    learner(name="Aman Gupta", uid="a")
    learner(name="Riya", uid="b")
    assert ids(get(coordinator_client, q="gup")) == ["a"]


def test_pages_together_are_the_whole_list_each_learner_once(coordinator_client, learner):
    expected = {learner(level, uid=f"{level}-{n}").uid for level in INPUTS for n in range(3)}
    seen, cursor = [], None
    while True:
        page = get(coordinator_client, limit=5, **({"cursor": cursor} if cursor else {})).json()
        seen += [row["id"] for row in page["learners"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(expected)
    assert set(seen) == expected


def test_a_walk_ends_when_those_who_were_left_have_gone(coordinator_client, learner):
    for level in ("high", "low"):
        learner(level, uid=level)
    cursor = get(coordinator_client, limit=1).json()["next_cursor"]
    Learner.objects.get(uid="low").delete()
    assert get(coordinator_client, cursor=cursor).json() == {"learners": [], "next_cursor": None}


def test_a_page_costs_the_same_however_long(coordinator_client, learner, django_assert_max_num_queries):
    for _ in range(12):
        learner("high")
    with django_assert_max_num_queries(8):
        get(coordinator_client, limit=12)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("risk_level", "awful"),
        ("program", "nowhere"),
        ("program", "9" * 30),
        ("cohort", "nowhere"),
        ("q", "x" * 201),
        ("order", "shoe_size"),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "9" * 500),
        ("cursor", "x"),
        ("cursor", "WyItcmlzayIsZmFsc2UsIlx1ZDgwMCIsMV0"),
        ("shoe_size", "43"),
    ],
)
def test_what_can_not_be_understood_is_refused_by_name(coordinator_client, field, value):
    assert list(fields_of_error(get(coordinator_client, **{field: value}))) == [field]


def test_a_cursor_with_half_a_character_is_refused(coordinator_client):
    cursor = "WyJsZWFybmVyIixmYWxzZSwiXHVkODAwIiwxXQ"  # ["learner",false,"\ud800",1]
    assert "cursor" in fields_of_error(get(coordinator_client, order="learner", cursor=cursor))


def test_a_wrong_level_is_told_the_right_ones(coordinator_client):
    reasons = fields_of_error(get(coordinator_client, risk_level="awful"))["risk_level"]
    assert reasons == ["Choose one of: high, medium, low, unknown."]


def test_a_new_learner_is_stored_and_scored(staff_client):
    response = staff_client.post(
        "/api/learners", {"name": "Sana", **INPUTS["high"], "program": "New"}, content_type="application/json"
    )
    assert response.status_code == 201
    assert response.json()["risk_label"] == "high"
    assert Learner.objects.get(uid=response.json()["id"]).program.name == "New"


def test_an_id_or_email_that_is_taken_is_refused_by_name(staff_client):
    LearnerFactory(uid="sana", email="sana@example.org")
    for field, value in (("id", "sana"), ("email", "SANA@example.org")):
        body = {"name": "Sana", field: value}
        response = staff_client.post("/api/learners", body, content_type="application/json")
        assert list(fields_of_error(response)) == [field]
