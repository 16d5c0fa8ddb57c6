from hypothesis import given
from hypothesis import strategies as st

from engagement.today.ranking import Reach, Standing, ranked


def standing(learner_id=1, priority=6_000, before=6_000, reach=Reach.DIRECTLY):
    return Standing(learner_id, priority, before, reach)


def ids(*standings):
    return [one.learner_id for one in ranked(list(standings))]


def test_the_more_at_risk_comes_first():
    assert ids(standing(1, 5_000, 5_000), standing(2, 9_000, 9_000)) == [2, 1]


def test_who_got_worse_overtakes_who_stands_still_higher_up():
    assert ids(standing(1, 9_000, 9_000), standing(2, 6_500, 4_500)) == [2, 1]


def test_getting_better_is_no_worse_than_standing_still():
    assert standing(before=9_000).rank == standing(before=6_000).rank


def test_who_can_be_reached_inside_alone_comes_after_who_can_be_called():
    assert ids(standing(1, reach=Reach.INSIDE_ONLY), standing(2)) == [2, 1]


def test_who_cannot_be_reached_is_not_in_the_queue():
    assert ids(standing(1, reach=Reach.NOT_AT_ALL)) == []


def test_a_learner_without_a_score_of_before_counts_as_unchanged_and_is_new():
    one = standing(before=None)
    assert (one.worsened, one.is_new) == (0, True)


def test_equals_stand_in_a_fixed_order():
    assert ids(standing(2), standing(1), standing(3)) == [1, 2, 3]


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 10_000))
def test_no_record_however_odd_counts_as_more_than_three_times_its_risk(priority, before, other):
    assert standing(priority=priority, before=before).rank <= 3 * standing(priority=priority, before=priority).rank
