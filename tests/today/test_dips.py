from datetime import date

import pytest

from engagement.today.dips import Dip, dips_of, find_dips
from learners.tests.factories import CohortFactory
from riskscoring.models import LabelCount

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def test_a_fifth_of_a_class_that_became_high_is_one_dip():
    assert dips_of({7: {"high": 1, "low": 19}}, {7: {"high": 6, "low": 14}}) == [Dip(7, more=5, high=6, learners=20)]


def test_few_of_a_large_class_are_no_dip():
    assert dips_of({7: {"high": 0, "low": 100}}, {7: {"high": 19, "low": 81}}) == []


def test_four_learners_are_no_dip_however_small_the_class():
    assert dips_of({7: {"low": 4}}, {7: {"high": 4}}) == []


def test_a_class_that_was_not_counted_before_has_no_dip():
    assert dips_of({}, {7: {"high": 20}}) == []


def test_the_class_with_most_comes_first():
    before = {1: {"low": 20}, 2: {"low": 20}}
    assert [dip.cohort_id for dip in dips_of(before, {1: {"high": 5, "low": 15}, 2: {"high": 9, "low": 11}})] == [2, 1]


@pytest.mark.django_db
def test_dips_are_found_between_the_counted_days(django_assert_num_queries):
    cohort = CohortFactory()

    def count(day, level, learners):
        LabelCount.objects.create(day=day, program=cohort.program, cohort=cohort, level=level, learners=learners)

    count(MONDAY, "low", 20)
    count(TUESDAY, "high", 8)
    count(TUESDAY, "low", 12)
    with django_assert_num_queries(1):
        found = find_dips(since=MONDAY, until=TUESDAY)
    assert found == [Dip(cohort.pk, more=8, high=8, learners=20)]
    assert find_dips(since=TUESDAY, until=TUESDAY) == []
