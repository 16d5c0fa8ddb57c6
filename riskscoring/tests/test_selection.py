import pytest
from django.http import QueryDict

from learners.tests.factories import ProgramFactory
from riskscoring import selection
from riskscoring.filters import BoardFilter
from riskscoring.models import RiskScore
from riskscoring.ordering import COLUMNS, parse_order
from riskscoring.selection import select
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def scores():
    program = ProgramFactory(pk=7)
    return [
        RiskScoreFactory(
            priority=[9000, 5000, 100, -1][n % 4],
            learner__name=["Ana", "Bo", "Anabel"][n % 3],
            learner__program=program if n % 2 else None,
        )
        for n in range(12)
    ]


@pytest.mark.parametrize("most", [0, 3, 2000])
@pytest.mark.parametrize("order", list(COLUMNS))
@pytest.mark.parametrize(
    "query", ["", "level=high&level=low", "q=ana", "q=an", "q=bo&level=low", "program=7", "program=7&q=ana", "q=zzz"]
)
def test_page_holds_what_the_filter_means_however_it_is_found(scores, monkeypatch, query, order, most):
    monkeypatch.setattr(selection, "FEW", most)
    filters = BoardFilter(QueryDict(f"{query}&order={order}"))
    found = select(filters).page(parse_order(order), size=50)
    assert found.learner_ids == list(filters.qs.values_list("pk", flat=True))


def test_those_among_whom_levels_are_counted_do_not_depend_on_the_level(scores):
    assert select(BoardFilter(QueryDict("level=high&q=ana"))).among.count() == 8


def test_learner_without_a_score_is_not_on_the_board(scores):
    RiskScore.objects.filter(pk=scores[0].pk).delete()
    found = select(BoardFilter(QueryDict(""))).page(parse_order("learner"), size=50)
    assert len(found.learner_ids) == 11


def test_a_selection_takes_two_queries_at_most(scores, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(selection, "FEW", 1)
    filters = BoardFilter(QueryDict("q=ana&program=7"))
    assert filters.is_valid()
    with django_assert_max_num_queries(2):
        select(filters)


@pytest.mark.parametrize("order", ["-risk", "quiz", "-program"])
def test_neighbours_are_those_before_and_after_in_the_list(scores, order):
    filters = BoardFilter(QueryDict(f"order={order}"))
    listed = list(filters.qs)
    found = [select(filters).neighbours(score, filters.ordering) for score in listed]
    ids = [score.pk for score in listed]
    assert found == list(zip([None, *ids[:-1]], [*ids[1:], None], strict=True))


def test_learner_outside_the_selection_has_neighbours_inside(scores):
    outside = RiskScoreFactory(priority=6000, learner__name="Zed")
    filters = BoardFilter(QueryDict("q=ana"))
    before, after = select(filters).neighbours(outside, filters.ordering)
    assert RiskScore.objects.get(pk=before).priority == 9000
    assert RiskScore.objects.get(pk=after).priority == 5000


@pytest.mark.parametrize("most", [0, 2000])
@pytest.mark.parametrize("q", ["élodie", "ÉLODIE", "lodie"])
def test_capital_letters_beyond_ascii_are_found_however_many_match(monkeypatch, most, q):
    monkeypatch.setattr(selection, "FEW", most)
    score = RiskScoreFactory(learner__name="Élodie")
    found = select(BoardFilter(QueryDict(f"q={q}"))).page(parse_order("risk"), size=50)
    assert found.learner_ids == [score.pk]
