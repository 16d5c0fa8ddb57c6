"""Which nudges the limits count, in SQL: what NudgeQuerySet.counted() says, of a row `n` of nudges_nudge."""

from ..states import COUNTED, UNSURE, State


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


IS_COUNTED = f"(n.state IN ({_listed(COUNTED)}) OR n.state = '{State.FAILED}' AND n.reason IN ({_listed(UNSURE)}))"
HAS_LEFT = f"n.state <> '{State.QUEUED}'"
