"""The API's list of learners with their risk, and its door for new ones."""

from collections.abc import Iterable
from typing import Annotated, Any

from ninja import Query, Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import AfterValidator, Field

from learners.models import Cohort, Program
from learners.services import create_learner
from learners.whole_numbers import whole_number

from .api_schemas import LearnerOut, NewLearnerIn
from .filters import LONGEST_SEARCH, BoardFilter
from .levels import Level
from .models import RiskScore
from .ordering import DEFAULT_ORDER, ORDERS
from .overview import latest_run
from .paging import PAGE_SIZE, Cursor, CursorError
from .selection import select

router = Router(tags=["Learners"])

ORDER_NAMES: list[Any] = [name for name, _title in ORDERS]


def known_order(name: str) -> str:
    if name not in ORDER_NAMES:
        raise ValueError(f"Choose one of: {', '.join(ORDER_NAMES)}.")
    return name


class LearnersQuery(Schema):
    """The same filters as the board's."""

    risk_level: list[Level] = Field([], description="Repeat it for several")
    program: str | None = Field(None, description="Its name or its id")
    cohort: str | None = Field(None, description="Its name or its id")
    q: str = Field("", max_length=LONGEST_SEARCH, description="Words in the name, email or id")
    order: Annotated[str, AfterValidator(known_order)] = Field(DEFAULT_ORDER, json_schema_extra={"enum": ORDER_NAMES})
    limit: int = Field(PAGE_SIZE, ge=1, le=200)
    cursor: str | None = Field(None, description="The next_cursor of the page before; keep the filters as they were")


class LearnersOut(Schema):
    learners: list[LearnerOut]
    next_cursor: str | None = Field(description="Null on the last page")


@router.get("/learners", response=LearnersOut)
def list_learners(request: Any, query: Query[LearnersQuery]) -> LearnersOut:
    """Learners with their risk and its reasons, the most worrying first, a page at a time."""
    refuse_unknown(request.GET)
    board = board_filter(query)
    page = select(board).page(board.ordering, cursor_of(query, board), size=query.limit, starts_over=False)
    found, run = RiskScore.objects.with_learners().in_bulk(page.learner_ids), latest_run()
    scores = [found[learner_id] for learner_id in page.learner_ids if learner_id in found]  # or deleted a moment ago
    return LearnersOut(
        learners=[LearnerOut.of(score.learner, run=run) for score in scores],
        next_cursor=page.next.encode(board.ordering) if page.next else None,
    )


@router.post("/learners", response={201: LearnerOut})
def add_learner(request: Any, payload: NewLearnerIn) -> Any:
    """A new learner, scored at once. An id or email that another learner has is a 400."""
    learner = create_learner(values=payload.values(), by=request.auth.user, trigger="api")
    return Status(201, LearnerOut.of(learner, run=latest_run()))


def refuse_unknown(given: Iterable[str]) -> None:
    """A filter that is misspelt would otherwise be passed over, and everybody found."""
    for name in given:
        if name not in LearnersQuery.model_fields:
            raise wrong(name, f"Choose one of: {', '.join(LearnersQuery.model_fields)}.")


def board_filter(query: LearnersQuery) -> BoardFilter:
    """The board's filter that this query means. Raises ValidationError by field."""
    program = program_id(query.program) if query.program else None
    cohort = cohort_id(query.cohort, program) if query.cohort else None
    given = {
        "level": [level.value for level in query.risk_level],
        "program": program,
        "cohort": cohort,
        "q": query.q,
        "order": query.order,
    }
    board = BoardFilter({name: value for name, value in given.items() if value}, RiskScore.objects.all())
    for name, (reason, *_more) in board.errors.items():
        raise wrong("risk_level" if name == "level" else name, reason)
    return board


def program_id(text: str) -> int:
    found = Program.objects.filter(name=text).first() or Program.objects.filter(pk=whole_number(text) or 0).first()
    if found is None:
        raise wrong("program", "No program has this name or id.")
    return found.pk


def cohort_id(text: str, program: int | None) -> int:
    cohorts = Cohort.objects.filter(program=program) if program else Cohort.objects.all()
    found = list(cohorts.filter(name=text)[:2]) or list(cohorts.filter(pk=whole_number(text) or 0))
    if not found:
        raise wrong("cohort", "No cohort has this name or id (in this program).")
    if len(found) > 1:
        raise wrong("cohort", "Several programs have a cohort of this name: give the program, too.")
    return found[0].pk


def cursor_of(query: LearnersQuery, board: BoardFilter) -> Cursor | None:
    if not query.cursor:
        return None
    try:
        return Cursor.decode(query.cursor, board.ordering)
    except CursorError as error:
        raise wrong("cursor", "This is not a next_cursor of a list in this order. Start without one.") from error


def wrong(field: str, reason: str) -> ValidationError:
    return ValidationError([{"type": "value", "loc": ("query", field), "msg": reason}])
