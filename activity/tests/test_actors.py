from hashlib import sha1

import pytest

from activity import actors, changes
from activity.actors import identify, meet, rematch
from activity.changes import announce_facts
from activity.folding import fold
from activity.identities import remove_identities, store_identity
from activity.models import Actor, Event, LearnerIdentity, NameChange, Unfolded
from activity.tests.factories import a_statement, an_account, store
from learners.models import Learner
from learners.services import create_learner, update_learner
from learners.tests.factories import LearnerFactory
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db

LMS = "https://lms.example.org"


def sign_up(**values):
    return create_learner(values={"name": "Riya"} | values, by=None, trigger="test")


def events_of(learner):
    return Event.objects.filter(learner=learner).count()


def fold_all():
    while fold():
        pass


def sha1_of(address):
    return {"mbox_sha1sum": sha1(f"mailto:{address}".encode(), usedforsecurity=False).hexdigest()}


@pytest.mark.parametrize(
    "actor",
    [
        {"mbox": "mailto:riya@example.org"},
        {"mbox": "mailto:RIYA@EXAMPLE.ORG"},
        sha1_of("riya@example.org"),
        an_account("learner_001"),
        an_account("learner_001", "https://another.example.org"),
        an_account("riya@example.org"),
    ],
)
def test_statements_of_a_stranger_become_events_when_the_learner_appears(actor):
    store(a_statement(actor=actor), a_statement(actor=actor, verb="initialized"))
    fold_all()
    assert not Event.objects.exists()
    learner = sign_up(uid="learner_001", email="Riya@example.org")
    fold_all()
    assert events_of(learner) == 2
    learner.refresh_from_db()
    assert learner.last_login is not None
    assert RiskScore.objects.get(learner=learner).inputs_known > 0


def test_statements_go_over_to_whom_the_address_goes_over():
    first = sign_up(email="riya@example.org")
    store(a_statement(score=1, type="http://adlnet.gov/expapi/activities/assessment"))
    fold_all()
    assert events_of(first) == 1
    update_learner(learner=first, values={"email": "new@example.org"}, by=None, trigger="test")
    fold_all()
    assert events_of(first) == 0
    first.refresh_from_db()
    assert (first.last_login, first.avg_quiz_score) == (None, None)
    second = sign_up(email="riya@example.org")
    fold_all()
    assert events_of(second) == 1
    second.refresh_from_db()
    assert second.avg_quiz_score == 100


def test_hashed_address_follows_its_learner():
    learner = sign_up(email="riya@example.org")
    store(a_statement(actor=sha1_of("riya@example.org")), a_statement(actor=sha1_of("new@example.org")))
    fold_all()
    assert events_of(learner) == 1
    update_learner(learner=learner, values={"email": "new@example.org"}, by=None, trigger="test")
    fold_all()
    assert Event.objects.get().learner == learner
    assert Actor.objects.get(learner=learner).identifier == "sha1:" + sha1_of("new@example.org")["mbox_sha1sum"]


def test_identity_brings_the_statements_and_takes_them_along():
    riya, ananya = sign_up(), sign_up()
    store(a_statement(actor=an_account("42")))
    fold_all()
    identity = LearnerIdentity(learner=riya, kind="account", value=f"{LMS}|42")
    store_identity(identity)
    fold_all()
    assert (events_of(riya), events_of(ananya)) == (1, 0)
    identity.learner = ananya
    store_identity(identity)
    fold_all()
    assert (events_of(riya), events_of(ananya)) == (0, 1)
    identity.value = f"{LMS}|43"
    store_identity(identity)
    fold_all()
    assert not Event.objects.exists()
    identity.value = f"{LMS}|42"
    store_identity(identity)
    fold_all()
    assert events_of(ananya) == 1
    remove_identities(LearnerIdentity.objects.all())
    fold_all()
    assert not Event.objects.exists()


def test_learner_who_is_deleted_leaves_a_stranger():
    learner = sign_up(email="riya@example.org")
    store(a_statement())
    fold_all()
    Learner.objects.filter(pk=learner.pk).delete()
    assert Actor.objects.get().learner is None
    again = sign_up(email="riya@example.org")
    fold_all()
    assert events_of(again) == 1


def test_many_learners_at_once_are_one_note_and_get_their_statements(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(actors, "MANY", 2)
    store(*[a_statement(email=f"riya{number}@example.org") for number in range(4)])
    fold_all()
    for number in range(3):
        LearnerFactory(email=f"riya{number}@example.org")
    with django_assert_num_queries(2):
        rematch(Learner.objects.all())
    assert NameChange.objects.get().learner is None
    fold_all()
    assert Event.objects.count() == 3
    assert not NameChange.objects.exists()


def test_note_of_few_learners_takes_as_many_queries_as_of_one(django_assert_num_queries):
    LearnerFactory()
    with django_assert_num_queries(2):
        rematch(Learner.objects.all())
    LearnerFactory()
    with django_assert_num_queries(2):
        rematch(Learner.objects.all())
    assert NameChange.objects.count() == 3


def test_change_by_facts_asks_about_nobody():
    learner = LearnerFactory()
    announce_facts({learner.pk})
    assert not NameChange.objects.exists()
    assert RiskScore.objects.get().learner == learner


def test_facts_of_very_many_are_told_as_a_run(monkeypatch):
    monkeypatch.setattr(changes, "MANY", 1)
    learners = [LearnerFactory() for _ in range(2)]
    announce_facts({learner.pk for learner in learners})
    assert RiskScore.objects.count() == 2
    assert not NameChange.objects.exists()


def test_nobody_changed_is_told_to_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        announce_facts(set())


def test_all_actors_are_asked_about_a_chunk_at_a_time(monkeypatch):
    monkeypatch.setattr(actors, "CHUNK", {"sqlite": 2, "postgresql": 2})
    meet([f"mbox:riya{number}@example.org" for number in range(3)])
    assert [identify(), identify(), identify()] == [2, 1, 0]


def test_meeting_the_same_actor_again_asks_nothing():
    meet(["mbox:riya@example.org"])
    identify()
    meet(["mbox:riya@example.org"])
    assert identify() == 0


def test_actor_never_answered_goes_before_those_that_are_asked_about_again(monkeypatch):
    meet([f"mbox:riya{number}@example.org" for number in range(3)])
    identify()
    NameChange.objects.create(learner=None)
    monkeypatch.setattr(actors, "CHUNK", {"sqlite": 1, "postgresql": 1})
    meet(["mbox:new@example.org"])
    identify()
    assert Actor.objects.exclude(actors.TO_IDENTIFY).get().identifier == "mbox:new@example.org"


def test_answer_that_somebody_overtook_does_not_count(monkeypatch):
    """Learners change, and somebody asks again, while this one still asks: its answer is old."""
    meet(["mbox:riya@example.org"])
    owners_of = actors.owners_of

    def slowly(identifiers):
        answer = owners_of(identifiers)
        if not Learner.objects.exists():
            sign_up(email="riya@example.org")
            actors._ask_again()
        return answer

    monkeypatch.setattr(actors, "owners_of", slowly)
    identify()
    assert Actor.objects.get().learner is None
    assert identify() == 1
    assert Actor.objects.get().learner == Learner.objects.get()


def test_statement_folded_between_a_learners_change_and_its_answer_comes_again():
    store(a_statement())
    fold_all()
    learner = sign_up(email="riya@example.org")
    store(a_statement(verb="initialized"))
    fold_all()
    assert events_of(learner) == 2
    assert not Unfolded.objects.exists()


def test_statement_about_the_learner_as_an_object_is_no_event_of_theirs():
    store(a_statement(email="teacher@example.org", object={"objectType": "Agent", "mbox": "mailto:riya@example.org"}))
    learner = sign_up(email="riya@example.org")
    fold_all()
    assert events_of(learner) == 0
