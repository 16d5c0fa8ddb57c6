from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from activity.models import Lesson, LessonProgress
from learners.models import Learner
from learners.tests.factories import CohortFactory, ContactPreferenceFactory, ProgramFactory
from nudges.audience import Audience, AudienceInvalid
from nudges.campaigns.segments import NAMES, SegmentFilter, SegmentInvalid, query_of
from riskscoring.filters import BoardFilter
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def learner(name: str, *, priority: int = 5000, **fields) -> Learner:
    fields = {f"learner__{field}": value for field, value in fields.items()}
    return RiskScoreFactory(learner__name=name, priority=priority, **fields).learner


def names(query: str, **kwargs) -> set[str]:
    segment = SegmentFilter.of(query, now=NOW, user=kwargs.pop("user", None))
    assert segment.is_valid(), segment.problems
    return set(segment.qs.values_list("learner__name", flat=True))


def test_no_filter_is_everybody_as_on_the_board():
    learner("a"), learner("b")
    assert names("") == {"a", "b"}


def test_the_boards_filters_mean_the_same_here():
    cohort = CohortFactory(name="Autumn")
    learner("high", priority=9000, cohort=cohort, program=cohort.program)
    learner("low", priority=10, cohort=cohort, program=cohort.program)
    learner("elsewhere", priority=9000, program=ProgramFactory(name="Other"))
    for query in (
        "level=high",
        f"cohort={cohort.pk}",
        f"level=high&program={cohort.program_id}",
        "q=low",
        "owner=none",
    ):
        board = BoardFilter(QueryDict(query)).qs
        assert names(query) == set(board.values_list("learner__name", flat=True)), query


def test_days_without_a_sign_are_counted_between_dates():
    for days in (0, 6, 7, 30):
        learner(f"{days}", last_login=NOW - days * DAY)
    learner("this week's last minute", last_login=datetime(2026, 11, 14, 0, 0, tzinfo=UTC))
    learner("the minute before", last_login=datetime(2026, 11, 13, 23, 59, tzinfo=UTC))
    learner("unknown", last_login=None)
    assert names("unseen_days=7") == {"7", "30", "the minute before"}
    assert names("seen_days=7") == {"0", "6", "this week's last minute"}


def test_completed_below_and_from_leave_out_the_unknown():
    for percent in (0, 49.99, 50, 100):
        learner(f"{percent}", completed_percent=percent)
    learner("unknown", completed_percent=None)
    assert names("completed_below=50") == {"0", "49.99"}
    assert names("completed_from=50") == {"50", "100"}
    assert names("completed_from=0") == {"0", "49.99", "50", "100"}
    assert names("completed_below=0") == set()


def test_quiz_average_below():
    learner("poor", avg_quiz_score=59), learner("good", avg_quiz_score=60), learner("unknown", avg_quiz_score=None)
    assert names("quiz_below=60") == {"poor"}


def test_sessions_missed_in_a_row():
    learner("two", consecutive_missed_sessions=2), learner("three", consecutive_missed_sessions=3)
    learner("unknown", consecutive_missed_sessions=None)
    assert names("missed_from=3") == {"three"}


def test_unfinished_lesson_is_one_of_the_learners_own_program():
    done, begun, untouched = learner("done"), learner("begun"), learner("untouched")
    learner("other program", program=ProgramFactory(name="Other"))
    lesson = Lesson.objects.create(program=untouched.program, activity_id="https://example.org/1", title="Loops")
    for one, completed_at in ((done, NOW), (begun, None)):
        LessonProgress.objects.create(learner=one, lesson=lesson, begun_at=NOW, last_at=NOW, completed_at=completed_at)
    assert names(f"unfinished={lesson.pk}") == {"begun", "untouched"}


def test_who_was_never_nudged_was_not_nudged_lately():
    learner("today", last_contacted_at=NOW), learner("last week", last_contacted_at=NOW - 7 * DAY)
    learner("never", last_contacted_at=None)
    assert names("unnudged_days=7") == {"last week", "never"}


def test_status_and_language():
    learner("active"), learner("finished", status="finished"), learner("bengali", language="bn")
    assert names("status=finished") == {"finished"}
    assert names("status=active&speaks=bn") == {"bengali"}


def test_reachable_by_email_needs_consent_and_an_address_that_is_theirs_and_works():
    ContactPreferenceFactory(learner=learner("yes"))
    ContactPreferenceFactory(learner=learner("no consent"), allowed=False)
    ContactPreferenceFactory(learner=learner("not verified"), verified_at=None)
    ContactPreferenceFactory(learner=learner("bounced"), bounced_at=NOW)
    ContactPreferenceFactory(learner=learner("no address", email=None))
    ContactPreferenceFactory(learner=learner("other channel"), channel="sms")
    learner("never asked")
    assert names("reachable=email") == {"yes"}


def test_reachable_by_phone_needs_a_number():
    ContactPreferenceFactory(learner=learner("yes", phone="+8801712345678"), channel="sms")
    ContactPreferenceFactory(learner=learner("no number"), channel="sms")
    assert names("reachable=sms") == {"yes"}


def test_in_the_product_everybody_is_reachable_who_did_not_refuse():
    ContactPreferenceFactory(learner=learner("refused"), channel="in-app", allowed=False)
    ContactPreferenceFactory(learner=learner("agreed"), channel="in-app")
    learner("never asked")
    assert names("reachable=in-app") == {"agreed", "never asked"}


def test_filters_add_up_and_the_board_can_be_walked_with_them():
    learner("both", last_login=NOW - 9 * DAY, completed_percent=10, priority=9000)
    learner("one", last_login=NOW - 9 * DAY, completed_percent=90)
    query = "unseen_days=7&completed_below=50&level=high&reachable=in-app&unnudged_days=1"
    assert names(query) == {"both"}
    looked_at = SegmentFilter.of(query, user=None, now=NOW).learners_to_look_at()
    assert set(looked_at.values_list("name", flat=True)) == {"both"}


@pytest.mark.parametrize(
    "query",
    [
        "unseen_days=0", "unseen_days=-1", "unseen_days=3651", "unseen_days=x", "unseen_days=1e3", "seen_days=7.5",
        "completed_below=101", "completed_below=NaN", "completed_from=Infinity", "quiz_below=-0.1", "missed_from=0",
        "missed_from=99999999999999999999", "unfinished=99", "unfinished=%00", "unfinished=1 OR 1=1", "status=gone",
        "speaks=xx", "reachable=pigeon", "level=bogus", "program=0", "owner=somebody", "compleeted_below=50",
        "learner__name=Riya", "q=" + 201 * "x",
    ],
)  # fmt: skip
def test_what_can_not_be_read_selects_nobody_and_says_why(query):
    learner("somebody")
    segment = SegmentFilter.of(query, user=None, now=NOW)
    assert not segment.is_valid()
    assert all(segment.problems)
    with pytest.raises(AudienceInvalid):
        Audience(query=query).learners(None)
    if query.split("=")[0] in NAMES:
        with pytest.raises(SegmentInvalid):
            query_of(QueryDict(query), user=None)


def test_what_is_kept_has_no_blanks_no_order_and_no_me(coordinator):
    params = QueryDict("order=name&q=&owner=me&level=high&level=low&cursor=x&unseen_days=7&nonsense=1")
    assert query_of(params, user=coordinator) == f"level=high&level=low&owner={coordinator.pk}&unseen_days=7"


def test_a_filter_too_long_to_keep_is_refused():
    with pytest.raises(SegmentInvalid):
        query_of(QueryDict("&".join(300 * ["level=high"])), user=None)


def test_an_audience_is_the_segments_learners():
    here, gone = learner("here", last_login=NOW), learner("gone", last_login=NOW - 3000 * DAY)
    assert set(Audience(query="unseen_days=2000").learners(None)) == {gone}
    assert set(Audience(query="").learners(None)) == {here, gone}
    assert Audience.from_query(QueryDict("all=1&unseen_days=7&foo=1")).query == "unseen_days=7"


def test_the_language_of_a_message_is_no_filter():
    learner("here")
    assert (
        Audience.from_query(QueryDict("all=1&language=bn&type=kudos&channel=sms&unseen_days=")).query == "unseen_days="
    )


def test_it_is_one_query_whatever_is_asked():
    query = "level=high&unseen_days=7&completed_below=50&quiz_below=50&missed_from=1&unnudged_days=3&reachable=email"
    segment = SegmentFilter.of(query, user=None, now=NOW)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        segment.qs.count()
    assert len(asked) == 1
