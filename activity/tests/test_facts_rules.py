from datetime import UTC, date, datetime, timedelta

from activity.facts.rules import Meeting, Pause, Share, Work, average_mark, missed_in_a_row, share_completed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()


def share(*lessons, is_heard_of=True, pauses=()):
    return share_completed(lessons, is_heard_of=is_heard_of, pauses=pauses, as_of=TODAY)


def days_ago(days):
    return TODAY - timedelta(days=days)


def test_lesson_with_a_date_is_due_from_that_day_on():
    assert share(Work(due_on=TODAY)) == Share(due=1, completed=0)
    assert share(Work(due_on=TODAY + timedelta(days=1))) == Share(due=0, completed=0)


def test_nothing_due_is_no_share():
    assert share().hundredths is None
    assert share(Work()).hundredths is None


def test_lesson_done_before_its_date_does_not_count_yet():
    early = Work(due_on=TODAY + timedelta(days=1), begun_on=TODAY, completed=True)
    assert share(early, Work(due_on=TODAY, begun_on=TODAY, completed=True)).hundredths == 10_000


def test_lesson_without_a_date_is_due_a_study_week_after_it_was_begun():
    assert share(Work(begun_on=days_ago(7)), Work()) == Share(due=1, completed=0)


def test_to_begin_a_lesson_makes_nobody_look_worse():
    assert share(Work(begun_on=days_ago(6))).hundredths is None
    assert share(Work(begun_on=TODAY), Work(begun_on=TODAY, completed=True)).hundredths == 10_000


def test_lesson_that_was_begun_before_a_holiday_waits_for_its_end():
    holiday = Pause(days_ago(5), days_ago(2))
    assert share(Work(begun_on=days_ago(10)), pauses=[holiday]).due == 0
    assert share(Work(begun_on=days_ago(11)), pauses=[holiday]).due == 1


def test_lesson_that_the_learner_went_past_is_due():
    assert share(Work(order=1), Work(order=2, begun_on=TODAY, completed=True), Work(order=3)) == Share(
        due=2, completed=1
    )


def test_lesson_with_a_date_is_not_due_because_a_later_one_is_begun():
    later = Work(order=2, begun_on=TODAY, completed=True)
    assert share(Work(order=1, due_on=TODAY + timedelta(days=1)), later) == Share(due=1, completed=1)


def test_lesson_that_does_not_count_is_not_due_but_others_before_it_are():
    assert share(Work(order=1), Work(order=2, counts=False, begun_on=TODAY)) == Share(due=1, completed=0)


def test_silence_of_a_program_that_never_sent_anything_says_nothing():
    assert share(Work(due_on=TODAY), is_heard_of=False) == Share(due=0, completed=0)


def test_share_is_rounded_half_up():
    assert Share(due=3, completed=1).hundredths == 3333
    assert Share(due=3, completed=2).hundredths == 6667
    assert Share(due=32, completed=1).hundredths == 313  # 3.125


def test_average_is_of_the_best_mark_of_each_activity():
    assert average_mark([("a", 2000), ("a", 8000), ("b", 5000)]) == 6500


def test_zero_is_a_mark_and_none_is_not():
    assert average_mark([("a", 0)]) == 0
    assert average_mark([]) is None
    assert average_mark([("a", 0), ("b", 1)]) == 1  # 0.5 hundredths


def meeting(days_ago, answer=None, **more):
    start = NOW - timedelta(days=days_ago, hours=2)
    return Meeting(start, start + timedelta(hours=1), answer=answer, **more)


def missed(*meetings, last_activity=None, pauses=(), joined_days_ago=100):
    return missed_in_a_row(
        meetings,
        joined_at=NOW - timedelta(days=joined_days_ago),
        last_activity=last_activity,
        pauses=pauses,
        moment=NOW,
        as_of=TODAY,
    )


def test_attended_session_ends_the_count():
    assert missed(meeting(1), meeting(2, "missed"), meeting(3, "attended"), meeting(4)) == 2
    assert missed(meeting(1, "attended"), meeting(2)) == 0


def test_booked_session_that_nobody_saw_them_at_was_missed():
    assert missed(meeting(1, "booked", recorded=False)) == 1


def test_excused_session_is_passed_over():
    assert missed(meeting(1), meeting(2, "excused"), meeting(3), meeting(4, "attended")) == 2


def test_session_without_a_record_or_cancelled_or_to_come_says_nothing():
    assert missed(meeting(1, recorded=False), meeting(2, cancelled=True), meeting(-1)) is None


def test_session_is_past_when_it_has_ended():
    def ends(at):
        return Meeting(at - timedelta(hours=1), at)

    assert missed(ends(NOW)) == 1
    assert missed(ends(NOW + timedelta(seconds=1))) is None


def test_session_before_the_learner_joined_is_passed_over_unless_they_were_expected():
    assert missed(meeting(5), meeting(1), joined_days_ago=3) == 1
    assert missed(meeting(5, "missed"), meeting(1), joined_days_ago=3) == 2


def test_session_in_a_pause_is_passed_over():
    day = (NOW - timedelta(days=2)).date()
    assert missed(meeting(1), meeting(2), meeting(3), pauses=[Pause(day, day)]) == 2


def test_without_sessions_study_weeks_count():
    assert missed(last_activity=TODAY - timedelta(days=6)) == 0
    assert missed(last_activity=TODAY - timedelta(days=7)) == 1
    assert missed(last_activity=TODAY - timedelta(days=20)) == 2
    assert missed(last_activity=TODAY + timedelta(days=1)) == 0
    assert missed() is None


def test_days_of_a_pause_are_no_study_days():
    last = TODAY - timedelta(days=14)
    assert missed(last_activity=last, pauses=[Pause(last, last)]) == 2  # a day on which they were active
    assert missed(last_activity=last, pauses=[Pause(TODAY, date(2027, 1, 1))]) == 1
    assert missed(last_activity=last, pauses=[Pause(last - timedelta(days=9), TODAY - timedelta(days=1))]) == 0
    assert missed(last_activity=last, pauses=[Pause(date(2026, 1, 1), date(2026, 1, 9))]) == 2
