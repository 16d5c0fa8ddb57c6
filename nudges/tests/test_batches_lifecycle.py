import pytest

from nudges.batches import lifecycle
from nudges.batches.lifecycle import (
    ACTIONS,
    CANCEL,
    FINAL,
    PAUSE,
    RESUME,
    SWITCHED_OFF,
    UNDO,
    WHY_NOT,
    may,
    offered,
    why_not,
)
from nudges.models import NudgeBatch

STATUSES = set(NudgeBatch.Status.values)


def test_the_statuses_are_those_of_the_model():
    assert set(WHY_NOT) == STATUSES
    assert {action.ends for action in ACTIONS} | set.union(*(set(action.begins) for action in ACTIONS)) == STATUSES


def test_nothing_follows_what_is_final():
    assert {status for status in STATUSES if not any(may(action, status) for action in ACTIONS)} == FINAL


def test_every_status_can_be_reached_from_a_draft():
    reached = {"draft"}
    for _ in STATUSES:
        reached |= {action.ends for action in ACTIONS if action.begins & reached}
    assert reached == STATUSES


@pytest.mark.parametrize("status", sorted(STATUSES - {"scheduled"}))
def test_only_what_has_not_started_can_be_taken_back(status):
    assert not may(UNDO, status)
    assert str(why_not(UNDO, status)) == str(WHY_NOT[status])


def test_what_can_be_done_needs_no_excuse():
    assert why_not(lifecycle.SCHEDULE, "draft") == ""


def test_a_draft_is_discarded_and_not_cancelled():
    assert not may(CANCEL, "draft")


@pytest.mark.parametrize(
    ("status", "halted_because", "actions"),
    [
        ("draft", "", []),
        ("scheduled", "", [UNDO]),
        ("running", "", [PAUSE, CANCEL]),
        ("paused", "", [RESUME, CANCEL]),
        ("paused", "opt_outs", [RESUME, CANCEL]),
        ("paused", SWITCHED_OFF, [CANCEL]),
        ("done", "", []),
        ("cancelled", "audience_gone", []),
    ],
)
def test_what_people_are_offered(status, halted_because, actions):
    assert offered(status, halted_because=halted_because) == actions
