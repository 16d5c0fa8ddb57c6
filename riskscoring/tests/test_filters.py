import pytest
from django.http import QueryDict

from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from riskscoring.filters import BoardFilter
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db


def names(query: str, **kwargs) -> list[str]:
    return [risk.learner.name for risk in BoardFilter(QueryDict(query), **kwargs).qs]


@pytest.mark.parametrize(
    ("priority", "level"),
    [(10_000, "high"), (7001, "high"), (7000, "medium"), (4001, "medium"), (4000, "low"), (0, "low"), (-1, "unknown")],
)
def test_level_is_a_range_of_priorities(priority, level):
    RiskScoreFactory(priority=priority, learner__name="Sana")
    others = "&".join(f"level={name}" for name in ("high", "medium", "low", "unknown") if name != level)
    assert names(f"level={level}") == ["Sana"]
    assert names(others) == []


def test_most_worrying_come_first_and_the_unknown_last():
    for name, priority in (("unknown", -1), ("low", 10), ("high", 9000)):
        RiskScoreFactory(priority=priority, learner__name=name)
    assert names("") == ["high", "low", "unknown"]


def test_learners_without_a_value_come_last_in_both_directions():
    for name, quiz in (("none", None), ("good", 90), ("poor", 20)):
        RiskScoreFactory(learner__name=name, learner__avg_quiz_score=quiz)
    assert names("order=quiz") == ["poor", "good", "none"]
    assert names("order=-quiz") == ["good", "poor", "none"]


def test_program_and_cohort_narrow_the_list():
    cohort = CohortFactory(name="Autumn")
    RiskScoreFactory(learner__name="in", learner__program=cohort.program, learner__cohort=cohort)
    RiskScoreFactory(learner__name="program only", learner__program=cohort.program)
    RiskScoreFactory(learner__name="elsewhere", learner__program=ProgramFactory(name="Other"))
    assert sorted(names(f"program={cohort.program_id}")) == ["in", "program only"]
    assert names(f"program={cohort.program_id}&cohort={cohort.id}") == ["in"]


def test_cohort_of_another_program_is_refused():
    cohort, other = CohortFactory(), ProgramFactory(name="Other")
    found = BoardFilter(QueryDict(f"program={other.id}&cohort={cohort.id}"))
    assert not found.is_valid()
    assert found.errors["cohort"] == ["This cohort belongs to another program."]


def test_owner_is_me_nobody_or_a_person(make_user):
    priya, mina = make_user(username="priya"), make_user(username="mina")
    RiskScoreFactory(learner__name="hers", learner__owner=priya)
    RiskScoreFactory(learner__name="nobody's", learner__owner=None)
    assert names("owner=me", user=priya) == ["hers"]
    assert names("owner=me", user=mina) == []
    assert names("owner=me") == []
    assert names("owner=none", user=mina) == ["nobody's"]
    assert names(f"owner={priya.pk}", user=mina) == ["hers"]


@pytest.mark.parametrize("q", ["garcía", "GARCÍA", "zoë gar", "gar zo", "arcí", "zoe@", "learner_7", "z", "%", '"'])
def test_search_finds_every_word_somewhere_in_name_email_or_id(q):
    LearnerFactory(name="unscored García")
    RiskScoreFactory(learner__name='Zoë "Z%" García', learner__email="zoe@example.org", learner__uid="learner_7")
    RiskScoreFactory(learner__name="Sana", learner__email="sana@example.org", learner__uid="learner_8")
    assert names(f"q={q.replace('%', '%25')}") == ['Zoë "Z%" García']


@pytest.mark.parametrize("q", ["zoe sana", "xx", "nobody", "*", "' OR 1", "a%25b", "😀😀😀", "NEAR(", "zoe%00y"])
def test_search_for_what_is_not_there_finds_nobody(q):
    RiskScoreFactory(learner__name="Zoë", learner__email="zoe@example.org")
    assert names(f"q={q}") == []


def test_search_follows_a_renamed_and_a_deleted_learner():
    learner = RiskScoreFactory(learner__name="Before").learner
    learner.name = "After"
    learner.save()
    assert names("q=before") == []
    assert names("q=after") == ["After"]
    learner.delete()
    assert names("q=after") == []


@pytest.mark.parametrize(
    "query",
    [
        "level=highest",
        "program=abc",
        "program=99999999999999999999999",
        "cohort=%00",
        "owner=-1",
        "owner=x",
        "order=%00x",
        "order=password",
        "q=" + "x" * 10_000,
    ],
)
def test_what_cannot_be_read_is_left_out_and_named(query):
    RiskScoreFactory(learner__name="Sana")
    found = BoardFilter(QueryDict(query))
    assert list(found.errors) == [query.partition("=")[0]]
    assert [risk.learner.name for risk in found.qs] == ["Sana"]


def test_narrowed_by_uses_only_the_filters_that_are_named():
    RiskScoreFactory(priority=9000, learner__name="Sana")
    RiskScoreFactory(priority=100, learner__name="Sana")
    found = BoardFilter(QueryDict("level=high&q=sana"))
    assert found.narrowed_by("q").count() == 2
