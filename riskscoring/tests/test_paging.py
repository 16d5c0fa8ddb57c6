import base64
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from learners.models import Learner
from learners.tests.factories import ProgramFactory
from riskscoring.models import RiskScore
from riskscoring.ordering import COLUMNS, parse_order
from riskscoring.paging import Cursor, CursorError, Position, page_of, position_of
from riskscoring.tests.factories import RiskScoreFactory

EVERY_ORDER = [sign + name for name in COLUMNS for sign in ("", "-")]


@pytest.fixture
def scores(db):
    """Eleven learners with ties and gaps in every column."""
    programs = [ProgramFactory(name="B"), ProgramFactory(name="A"), None]
    seen = [datetime(2026, 11, 1, tzinfo=UTC), None, datetime(2026, 11, 9, 8, 30, 0, 12, tzinfo=UTC)]
    return [
        RiskScoreFactory(
            priority=[9000, 500, -1][n % 3],
            change=[None, 40, -20, 40][n % 4],
            learner__name=["Ana", "Bo"][n % 2],
            learner__program=programs[n % 3],
            learner__completed_percent=[None, Decimal("12.50"), Decimal("12.50"), Decimal("99")][n % 4],
            learner__avg_quiz_score=[None, Decimal("70")][n % 2],
            learner__consecutive_missed_sessions=[3, None, 0][n % 3],
            learner__last_login=seen[n % 3],
            learner__last_contacted_at=seen[(n + 1) % 3],
        )
        for n in range(11)
    ]


def everyone(order):
    return list(RiskScore.objects.order_by(*order.by).values_list("learner_id", flat=True))


@pytest.mark.parametrize("text", EVERY_ORDER)
@pytest.mark.parametrize("size", [1, 3, 11, 20])
def test_pages_forward_show_everyone_once_in_order(scores, text, size):
    order, cursor, seen = parse_order(text), None, []
    while True:
        page = page_of(order.column.root.objects.all(), order=order, cursor=cursor, size=size)
        seen += page.learner_ids
        if page.next is None:
            break
        cursor = Cursor.decode(page.next.encode(order), order)
    assert seen == everyone(order)


@pytest.mark.parametrize("text", EVERY_ORDER)
def test_pages_backward_show_the_same(scores, text):
    order = parse_order(text)
    last = RiskScore.objects.get(learner=everyone(order)[-1])
    cursor, seen = Cursor(position_of(last, order), is_backward=True), [last.learner_id]
    while cursor:
        page = page_of(order.column.root.objects.all(), order=order, cursor=cursor, size=3)
        seen = page.learner_ids + seen
        cursor = page.previous and Cursor.decode(page.previous.encode(order), order)
    assert seen == everyone(order)


def test_first_page_has_nothing_before_it_and_the_last_nothing_after(scores):
    order = parse_order("-risk")
    first = page_of(order.column.root.objects.all(), order=order, size=6)
    last = page_of(order.column.root.objects.all(), order=order, cursor=first.next, size=6)
    assert (first.previous, last.next) == (None, None)
    assert (
        page_of(order.column.root.objects.all(), order=order, cursor=last.previous, size=6).learner_ids
        == first.learner_ids
    )


def test_cursor_that_leads_to_nothing_gives_the_first_page(scores):
    order = parse_order("risk")
    page = page_of(order.column.root.objects.all(), order=order, cursor=Cursor(Position(10_000, 10**9)), size=6)
    assert page.learner_ids == everyone(order)[:6]


def test_empty_list_is_an_empty_page(db):
    page = page_of(Learner.objects.all(), order=parse_order("-seen"))
    assert (page.learner_ids, page.next, page.previous) == ([], None, None)


@pytest.mark.parametrize("text", EVERY_ORDER)
def test_page_takes_three_queries_at_most(scores, text, django_assert_max_num_queries):
    order = parse_order(text)
    cursor = Cursor(position_of(RiskScore.objects.get(learner=everyone(order)[4]), order))
    with django_assert_max_num_queries(3):
        page_of(order.column.root.objects.all(), order=order, cursor=cursor, size=5)


@pytest.mark.parametrize("text", ["", "garbage", "é", "ab\0", "A" * 10_000, "W" * 5])
def test_cursor_from_elsewhere_is_refused(text):
    with pytest.raises(CursorError):
        Cursor.decode(text, parse_order("-risk"))


@pytest.mark.parametrize(
    ("order", "content"),
    [
        ("-risk", ["risk", False, 5, 1]),
        ("-risk", ["-risk", False, 5]),
        ("-risk", ["-risk", 0, 5, 1]),
        ("-risk", ["-risk", False, None, 1]),
        ("-risk", ["-risk", False, 10**30, 1]),
        ("-risk", ["-risk", False, 5, 10**30]),
        ("-risk", ["-risk", False, 5, "1"]),
        ("-risk", ["-risk", False, [5], 1]),
        ("-risk", {"a": 1, "b": 2, "c": 3, "d": 4}),
        ("learner", ["learner", False, "a\0b", 1]),
        ("quiz", ["quiz", False, "NaN", 1]),
        ("quiz", ["quiz", False, "1e999999", 1]),
        ("seen", ["seen", False, "2026-11-20T10:00:00", 1]),
        ("seen", ["seen", False, "yesterday", 1]),
    ],
)
def test_cursor_with_other_contents_is_refused(order, content):
    text = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    with pytest.raises(CursorError):
        Cursor.decode(text, parse_order(order))
