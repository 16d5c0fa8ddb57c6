import pytest

from nudges.writers.breaker import CircuitBreaker


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return CircuitBreaker(failures_to_open=2, open_seconds=30, clock=clock)


def test_a_success_in_between_starts_the_count_anew(breaker):
    breaker.record_failure()
    breaker.record_success()
    breaker.record_failure()

    assert breaker.lets_through()


def test_it_opens_at_the_limit(breaker):
    breaker.record_failure()
    assert breaker.lets_through()
    breaker.record_failure()
    assert not breaker.lets_through()


def test_after_its_time_one_caller_may_try_and_the_others_wait(breaker, clock):
    breaker.record_failure()
    breaker.record_failure()
    clock.seconds = 29.9
    assert not breaker.lets_through()
    clock.seconds = 30
    assert breaker.lets_through()
    assert not breaker.lets_through()


def test_a_try_that_succeeds_closes_it(breaker, clock):
    breaker.record_failure()
    breaker.record_failure()
    clock.seconds = 30
    breaker.lets_through()
    breaker.record_success()

    assert breaker.lets_through()
    assert breaker.lets_through()


def test_a_try_that_fails_keeps_it_open_for_as_long_again(breaker, clock):
    breaker.record_failure()
    breaker.record_failure()
    clock.seconds = 30
    breaker.lets_through()
    breaker.record_failure()
    clock.seconds = 59
    assert not breaker.lets_through()
    clock.seconds = 60
    assert breaker.lets_through()
