from decimal import Decimal

import pytest

from nudges.batches.rollout import SENTENCES, FirstStage, Limits, why_halt

LIMITS = Limits(opt_out_percent=Decimal(1), complaint_percent=Decimal("0.3"), failure_percent=Decimal(10))


def stage(*, tried=1000, opted_out=0, complained=0, failed=0) -> FirstStage:
    return FirstStage(tried=tried, opted_out=opted_out, complained=complained, failed=failed)


@pytest.mark.parametrize("counts", [{}, {"opted_out": 10}, {"complained": 3}, {"failed": 100}])
def test_within_its_limits_the_rest_may_go(counts):
    assert why_halt(stage(**counts), LIMITS) == ""


@pytest.mark.parametrize(
    ("counts", "code"),
    [({"opted_out": 11}, "opt_outs"), ({"complained": 4}, "complaints"), ({"failed": 101}, "failures")],
)
def test_one_more_than_a_limit_halts_it(counts, code):
    assert why_halt(stage(**counts), LIMITS) == code
    assert code in SENTENCES


def test_the_gravest_reason_is_told():
    assert why_halt(stage(opted_out=500, complained=500, failed=500), LIMITS) == "complaints"


def test_where_nothing_left_nothing_can_pass_a_limit():
    assert why_halt(stage(tried=0), LIMITS) == ""


def test_a_limit_of_zero_bears_nobody():
    none = Limits(opt_out_percent=Decimal(0), complaint_percent=Decimal(0), failure_percent=Decimal(0))
    assert why_halt(stage(tried=1_000_000, opted_out=1), none) == "opt_outs"
    assert why_halt(stage(tried=1_000_000), none) == ""
