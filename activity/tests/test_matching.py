from hashlib import sha1

import pytest

from activity.matching import keys_of_learners, name_key_of, owners_of
from activity.models import LearnerIdentity
from activity.store.keys import agent_key
from activity.tests.factories import LearnerIdentityFactory
from learners.tests.factories import LearnerFactory

pytestmark = pytest.mark.django_db

LMS = "https://lms.example.org"
Kind = LearnerIdentity.Kind


@pytest.fixture
def riya(db):
    return LearnerFactory(uid="riya_1", email="Riya@Example.org")


def digest(address):
    return sha1(f"mailto:{address}".encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "mbox:riya@example.org",
        "sha1:" + digest("Riya@Example.org"),
        "sha1:" + digest("riya@example.org"),
        f"account:riya_1|{LMS}",
        "account:riya_1|https://another.example.org",
        f"account:riya@example.org|{LMS}",
        f"account:RIYA@example.ORG|{LMS}",
    ],
)
def test_learner_is_known_by_email_and_id(riya, name):
    LearnerFactory()
    assert owners_of({name}) == {name: riya.pk}


@pytest.mark.parametrize(
    "name",
    [
        "mbox:other@example.org",
        "sha1:" + digest("other@example.org"),
        f"account:RIYA_1|{LMS}",
        f"account:Riya|{LMS}",
        "openid:https://id.example.org/riya",
    ],
)
def test_others_are_nobody(riya, name):
    LearnerFactory(email=None)
    assert owners_of({name}) == {}


@pytest.mark.parametrize(
    ("kind", "value", "name"),
    [
        (Kind.ACCOUNT, f"{LMS}|42", f"account:42|{LMS}"),
        (Kind.ACCOUNT, f"{LMS}|a|b", f"account:a|b|{LMS}"),
        (Kind.OPENID, "https://id.example.org/riya", "openid:https://id.example.org/riya"),
        (Kind.MBOX, "old@example.org", "mbox:old@example.org"),
        (Kind.MBOX, "old@example.org", "sha1:" + digest("old@example.org")),
        (Kind.MBOX, "old@example.org", f"account:Old@example.org|{LMS}"),
    ],
)
def test_learner_is_known_by_other_names(riya, kind, value, name):
    LearnerIdentityFactory(learner=riya, kind=kind, value=value)
    assert owners_of({name}) == {name: riya.pk}
    agents, account_names = keys_of_learners([riya.pk])
    assert agent_key(name) in agents or name_key_of(name) in account_names


def test_account_of_another_home_page_is_another(riya):
    LearnerIdentityFactory(learner=riya, value=f"{LMS}|42")
    assert owners_of({"account:42|https://another.example.org"}) == {}


def test_own_email_goes_before_another_ones_second_address(riya):
    LearnerIdentityFactory(kind=Kind.MBOX, value="riya@example.org")
    names = {"mbox:riya@example.org", "sha1:" + digest("riya@example.org")}
    assert owners_of(names) == dict.fromkeys(names, riya.pk)


def test_account_that_somebody_entered_goes_before_a_like_named_id(riya):
    other = LearnerIdentityFactory(value=f"{LMS}|riya_1").learner
    assert owners_of({f"account:riya_1|{LMS}"}) == {f"account:riya_1|{LMS}": other.pk}


def test_a_fixed_number_of_queries_however_many(django_assert_num_queries):
    learners = [LearnerFactory() for _ in range(5)]
    names = {
        name
        for learner in learners
        for name in (
            f"mbox:{learner.email}",
            f"account:{learner.uid}|{LMS}",
            f"sha1:{digest(learner.email)}",
            f"openid:https://id.example.org/{learner.pk}",
        )
    }
    with django_assert_num_queries(6):
        assert len(owners_of(names)) == 15


def test_keys_of_a_learner_are_those_of_all_names(riya):
    agents, account_names = keys_of_learners([riya.pk])
    assert {agent_key("mbox:riya@example.org"), agent_key("sha1:" + digest("riya@example.org"))} <= agents
    assert name_key_of(f"account:Riya_1|{LMS}") in account_names
    assert name_key_of(f"account:riya@example.org|{LMS}") in account_names
    assert name_key_of("mbox:riya@example.org") is None
