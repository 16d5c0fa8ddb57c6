"""There is one way to a learner: the gate, the queue, the delivery. Held by reading our own source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nudges

APP = Path(nudges.__file__).parent
ROOT = APP.parent
DECLARES = {
    "nudges/states.py",
    "nudges/models/messages.py",
    "nudges/querysets.py",
}  # what the states are, and questions
TELLS_A_PAST = {"engagement/demo_nudges.py"}  # the demo's nudges are stored as they ended, and never wait to be sent


def modules() -> Iterator[tuple[str, ast.Module]]:
    for app in ("learners", "riskscoring", "nudges", "engagement"):
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/tests/" not in name and "/migrations/" not in name:
                yield name, ast.parse(path.read_text())


def modules_with(found) -> set[str]:
    return {name for name, tree in modules() if any(found(node) for node in ast.walk(tree))}


def puts_into(*states):
    """`state=State.QUEUED` in a call, or `move(…, State.QUEUED, …)`."""

    def names_one(node):
        return any(
            isinstance(part, ast.Attribute) and ast.unparse(part) in {f"State.{state}" for state in states}
            for part in ast.walk(node)
        )

    def found(node):
        if isinstance(node, ast.keyword) and node.arg == "state":
            return names_one(node.value)
        # move(nudge, from, to): only the third is where it goes
        return isinstance(node, ast.Call) and ast.unparse(node.func) == "move" and names_one(node.args[2])

    return found


def is_call_of(*names):
    """A call such as `Attempt(…)`, `Attempt.objects.create(…)` or `transport.send(…)`."""

    def found(node):
        return isinstance(node, ast.Call) and any(
            ast.unparse(node.func) == name or ast.unparse(node.func).startswith(f"{name}.objects.") for name in names
        )

    return found


def sets_a_state_in_words(node):
    """`state="queued"` somewhere: around the names that this test looks for."""
    return (
        isinstance(node, ast.keyword)
        and node.arg == "state"
        and isinstance(node.value, ast.Constant)
        and node.value.value in {"queued", "sending"}
    )


def test_nudges_are_queued_only_by_the_services_behind_the_gate():
    assert modules_with(puts_into("QUEUED")) - DECLARES == {"nudges/services.py", "nudges/bulk.py"}


def test_nudges_are_taken_for_sending_only_by_the_delivery():
    assert modules_with(puts_into("SENDING")) - DECLARES == {"nudges/delivery.py"}


def test_no_state_is_written_in_words():
    assert modules_with(sets_a_state_in_words) - DECLARES == set()


def test_only_the_delivery_calls_a_provider():
    assert modules_with(is_call_of("transport_for", "transport.send")) == {"nudges/delivery.py"}
    assert modules_with(is_call_of("Attempt")) - TELLS_A_PAST == {"nudges/delivery.py"}


def test_both_ways_into_the_queue_ask_the_gate_with_the_learner_locked():
    for name, question in (("services.py", "gate.decide_for("), ("bulk.py", "outcomes(batch")):
        source = (APP / name).read_text()
        locked = source.index("gate.lock(")
        asked = source.index(question, locked)
        assert "State.QUEUED" in source[asked:]
        assert "State.QUEUED" not in source[:locked]
    assert "gate.decide_for(" in (APP / "planning.py").read_text()
