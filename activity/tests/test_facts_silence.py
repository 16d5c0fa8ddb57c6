from datetime import date, timedelta

from activity.facts.silence import DAYS_AT_MOST, Silence, find_silences

LAST = date(2026, 11, 19)  # a Thursday
FIRST = LAST - timedelta(days=DAYS_AT_MOST - 1)


def before(days):
    return LAST - timedelta(days=days)


def activity(usually=10, weekends=10, **silent):
    """How many were active each day, over all the days that are looked at; `silent` days before the last: how many."""
    days = {LAST - timedelta(days=number) for number in range(DAYS_AT_MOST + 28)}
    active = {day: weekends if day.weekday() >= 5 else usually for day in days}
    for name, learners in silent.items():
        active[before(int(name.removeprefix("day")))] = learners
    return active


def silences(active):
    return list(find_silences(active, first=FIRST, last=LAST))


def test_activity_as_usual_is_no_silence():
    assert silences(activity()) == []


def test_nothing_ever_is_no_silence():
    assert silences({}) == []


def test_three_silent_days_are_one():
    assert silences(activity(day2=0, day1=0, day0=0)) == [Silence(before(2), LAST)]


def test_two_silent_days_are_none():
    assert silences(activity(day1=0, day0=0)) == []


def test_it_ends_with_the_first_day_of_activity():
    assert silences(activity(day5=0, day4=0, day3=0)) == [Silence(before(5), before(3))]


def test_a_tenth_of_the_usual_is_silence_and_more_is_not():
    assert silences(activity(day2=1, day1=1, day0=1)) == [Silence(before(2), LAST)]
    assert silences(activity(day2=1, day1=2, day0=1)) == []


def test_few_expected_learners_are_silent_by_chance():
    assert silences(activity(usually=3, weekends=3, day2=0, day1=0, day0=0)) == []
    assert silences(activity(usually=3, weekends=3, day3=0, day2=0, day1=0, day0=0)) == [Silence(before(3), LAST)]


def test_usual_is_of_the_same_weekday():
    """A quiet weekend follows two silent days: it belongs to them, and makes no third."""
    sunday = {"day5": 0, "day4": 0}  # Saturday 14 and Sunday 15 November
    assert silences(activity(weekends=0, day7=0, day6=0, **sunday)) == []
    assert silences(activity(weekends=0, day7=0, day6=0, day3=0, **sunday)) == [Silence(before(7), before(3))]


def test_a_run_does_not_end_on_a_quiet_weekend():
    friday = {"day8": 0, "day7": 0, "day6": 0}
    assert silences(activity(weekends=0, **friday)) == [Silence(before(8), before(6))]


def test_usual_is_what_it_was_before_the_silence_and_not_during_it():
    silent = {f"day{number}": 0 for number in range(40)}
    assert silences(activity(**silent)) == [Silence(before(39), LAST)]


def test_two_silences_are_two():
    assert silences(activity(day20=0, day19=0, day18=0, day2=0, day1=0, day0=0)) == [
        Silence(before(20), before(18)),
        Silence(before(2), LAST),
    ]


def test_one_that_has_lasted_since_the_first_day_has_its_full_length():
    silent = {f"day{number}": 0 for number in range(DAYS_AT_MOST)}
    assert silences(activity(**silent)) == [Silence(FIRST, LAST)]
