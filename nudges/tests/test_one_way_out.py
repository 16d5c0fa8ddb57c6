"""There is one way to a learner: the gate, the queue, the delivery. Held by reading our own source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import nudges

APP = Path(nudges.__file__).parent
ROOT = APP.parent
APPS = ("jobs", "learners", "activity", "riskscoring", "nudges", "engagement")
TELLS_A_PAST = {"engagement/demo_nudges.py"}  # the demo's nudges are stored as they ended, and never wait to be sent


def modules() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/tests/" not in name and "/migrations/" not in name:
                yield name, ast.parse(path.read_text())


def modules_with(found) -> set[str]:
    return {name for name, tree in modules() if any(found(node) for node in ast.walk(tree))}


# Every code path that creates a delivery, by what it does. Whoever adds one says here how it passes the gate.
QUEUES = {
    "nudges/services.py",  # one nudge, of a person or the API: asks decide_for with the learner locked
    "nudges/planning/storing.py",  # a batch's, campaign's or reminders': rows that passed gate.expression
}
PUTS_BACK = {
    "nudges/delivery/outcomes.py",
    "nudges/delivery/stuck.py",
}  # what had left: to be claimed, and asked, again
MAKES_NUDGES = {"nudges/services.py"}  # drafts
INSERTS = {"nudges/planning/storing.py"}


def names_state(node, state):
    """`State.QUEUED` anywhere in an expression, also within an f-string of SQL."""
    return any(isinstance(part, ast.Attribute) and ast.unparse(part) == f"State.{state}" for part in ast.walk(node))


def puts_into(state):
    """The ways in which a nudge gets a state: `move(…, begin, State.X)`, `nudge.state = State.X`, `update(state=…)`,
    `Nudge(state=…)` or `create(state=…)`, and a column of an INSERT. Questions, such as `filter(state=…)`, are none.
    """
    writes = {"update", "create", "acreate", "update_or_create", "get_or_create", "Nudge", "bulk_create", "replace"}

    def found(node):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            if name == "move":
                return len(node.args) > 2 and names_state(node.args[2], state)
            return name in writes and any(
                word.arg == "state" and names_state(word.value, state) for word in node.keywords
            )
        if isinstance(node, ast.Assign):
            targets = [part for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
            return any(target.attr == "state" for target in targets) and names_state(node.value, state)
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            return any(
                isinstance(key, ast.Constant) and key.value == "state" and names_state(value, state)
                for key, value in pairs
            )
        return False

    return found


def is_call_of(*names):
    """A call such as `Attempt(…)`, `Attempt.objects.create(…)` or `transport.send(…)`."""

    def found(node):
        return isinstance(node, ast.Call) and ast.unparse(node.func) in names

    return found


def makes(model):
    """`Nudge(…)`, `Nudge.objects.create(…)` and its like, and `learner.nudges.create(…)`."""
    ways = ("create", "acreate", "bulk_create", "abulk_create", "get_or_create", "update_or_create")
    related = f"{model.lower()}s"

    def found(node):
        if not isinstance(node, ast.Call):
            return False
        name = ast.unparse(node.func)
        return name == model or any(
            name == f"{model}.objects.{way}" or name.endswith(f".{related}.{way}") for way in ways
        )

    return found


def writes_by_sql(table):
    """An INSERT into a table, or an UPDATE of its states, in the words of any string."""
    pattern = re.compile(rf"INSERT\s+INTO\s+\"?{table}\b|UPDATE\s+\"?{table}\"?\s+SET[^;]*\bstate\s*=", re.IGNORECASE)

    def found(node):
        return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(pattern.search(node.value))

    return found


def sets_a_state_in_words(node):
    """`state="queued"` somewhere: around the names that this test looks for."""
    words = {"queued", "sending"}
    if isinstance(node, ast.keyword) and node.arg == "state":
        return isinstance(node.value, ast.Constant) and node.value.value in words
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.value.value in words
        and any(isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets)
    )


def test_nudges_are_queued_only_where_the_gate_was_asked():
    assert modules_with(puts_into("QUEUED")) - TELLS_A_PAST == QUEUES | PUTS_BACK


def test_nudges_are_taken_for_sending_only_by_the_claim():
    assert modules_with(puts_into("SENDING")) - TELLS_A_PAST == {"nudges/delivery/claiming.py"}


def test_no_state_is_written_in_words():
    assert modules_with(sets_a_state_in_words) == {"nudges/models/messages.py"}  # the conditions of its indexes


def test_only_services_make_nudges_one_by_one():
    assert modules_with(makes("Nudge")) - TELLS_A_PAST == MAKES_NUDGES


@pytest.mark.parametrize("table", ["nudges_nudge", "nudges_attempt"])
def test_only_planning_writes_nudges_by_sql(table):
    assert modules_with(writes_by_sql(table)) == (INSERTS if table == "nudges_nudge" else set())


def test_only_the_delivery_calls_a_provider():
    assert modules_with(is_call_of("transport_for")) == {"nudges/delivery/running.py"}
    assert modules_with(is_call_of("transport.send")) == {"nudges/delivery/sending.py"}
    assert modules_with(makes("Attempt")) - TELLS_A_PAST == {"nudges/delivery/claiming.py"}


def test_one_nudge_is_queued_with_its_learner_locked_while_the_gate_is_asked():
    source = (APP / "services.py").read_text()
    locked = source.index("gate.lock(")
    asked = source.index("gate.decide_for(", locked)
    assert "State.QUEUED" in source[asked:]
    assert "State.QUEUED" not in source[:locked]


def test_what_planning_stores_was_decided_by_the_gates_expression():
    stating = (APP / "planning/stating.py").read_text()
    assert "answers(" in stating
    assert "code_of(" in stating
    assert modules_with(is_call_of("store")) & {
        name for name, _ in modules() if name.startswith("nudges/planning")
    } == {"nudges/planning/services.py"}


def test_whatever_was_queued_is_asked_about_again_when_it_leaves():
    source = (APP / "delivery/claiming.py").read_text()
    assert source.index("gate.lock(") < source.index("verdicts(", source.index("gate.lock("))
    assert "gate.decide_each(" in (APP / "delivery/deciding.py").read_text()


@pytest.mark.parametrize(
    "way_around",
    [
        "Nudge.objects.filter(pk=1).update(state=State.QUEUED)",
        "nudge.state = State.QUEUED",
        "nudge.state, nudge.due_at = State.QUEUED, now",
        "move(nudge.pk, State.DRAFT, State.QUEUED)",
        "Nudge.objects.create(learner=learner, state=State.QUEUED)",
        '{"state": f"CASE WHEN go THEN \'{State.QUEUED}\' END"}',
    ],
)
def test_this_test_would_see_a_way_around(way_around):
    assert any(puts_into("QUEUED")(node) for node in ast.walk(ast.parse(way_around)))


def test_this_test_would_see_sql_and_words():
    sql = ast.parse('execute(f"""INSERT INTO nudges_nudge ({names}) SELECT 1""")')
    assert any(writes_by_sql("nudges_nudge")(node) for node in ast.walk(sql))
    assert any(sets_a_state_in_words(node) for node in ast.walk(ast.parse('nudge.state = "queued"')))
    assert any(makes("Nudge")(node) for node in ast.walk(ast.parse("learner.nudges.create(body=body)")))
    assert not any(puts_into("QUEUED")(node) for node in ast.walk(ast.parse("waiting.filter(state=State.QUEUED)")))
