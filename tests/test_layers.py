"""The house keeps its shape: who may import whom, and what each app is made of."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "jobs": {"jobs"},
    "learners": {"learners", "jobs"},
    "activity": {"activity", "learners", "jobs"},
    "riskscoring": {"riskscoring", "activity", "learners", "jobs"},
    "nudges": {"nudges", "riskscoring", "activity", "learners", "jobs"},
    "engagement": {"engagement", "nudges", "riskscoring", "activity", "learners", "jobs"},
}
WITHIN_ACTIVITY = {  # the record knows neither Redis nor learners' facts, and nobody below the door knows HTTP
    "xapi": set(),
    "models": {"xapi"},
    "store": {"models", "xapi"},
    "streaming": {"modes", "models", "store", "xapi"},
    "facts": {"changes", "models", "xapi"},
    "completion": {"models"},
}
PURE = [
    "jobs/rules.py",
    "learners/charts.py",
    "learners/rules.py",
    "activity/events.py",
    "activity/words.py",
    "activity/streaming/promises.py",
    "activity/streaming/entries.py",
    "activity/facts/hours.py",
    "activity/facts/meaning.py",
    "activity/facts/rules.py",
    "activity/facts/silence.py",
    "activity/importing/reading.py",
    "activity/store/incoming.py",
    "activity/store/keys.py",
    "riskscoring/scoring.py",
    "riskscoring/reasons.py",
    "nudges/gate/rules.py",
    "nudges/gate/chance.py",
    "nudges/delivery/pacing.py",
    "nudges/delivery/retrying.py",
    "nudges/delivery/truth.py",
    "nudges/channels/statuses.py",
    "nudges/channels/twilio_errors.py",
    "nudges/channels/whatsapp_errors.py",
    "nudges/hooks/bounces.py",
    "nudges/hooks/signatures.py",
    "nudges/hooks/standing.py",
    "nudges/hooks/words.py",
    "nudges/tasks/rules.py",
    "nudges/tasks/opening.py",
    "nudges/answering/why.py",
    "nudges/answering/reading.py",
    "nudges/campaigns/recurrence.py",
    "nudges/deadlines.py",
    "nudges/batches/lifecycle.py",
    "nudges/batches/rollout.py",
    "nudges/placeholders.py",
    "nudges/reminders/rules.py",
    "nudges/quiz_rules.py",
    "nudges/writers/draft_rules.py",
    "nudges/writers/claims.py",
    "nudges/writers/links.py",
    "nudges/writers/reading.py",
    "nudges/writers/wording.py",
    "engagement/demo_history.py",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "activity/xapi").rglob("*.py"))),
]


def modules_of(app: str) -> Iterator[Path]:
    return (path for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts and "migrations" not in path.parts)


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, by their absolute names, wherever in the file it does so."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            beginning = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*beginning, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_app_imports_only_what_lies_below_it(app):
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_of(app)
        for name in imports_of(path)
        if (top := name.split(".")[0]) in MAY_IMPORT and top not in MAY_IMPORT[app]
    }
    assert not wrong


@pytest.mark.parametrize("package", WITHIN_ACTIVITY)
def test_package_of_activity_imports_only_what_lies_below_it(package):
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_of("activity")
        if path.relative_to(ROOT / "activity").parts[0] == package
        for name in imports_of(path)
        if name.startswith("activity.") and name.split(".")[1] not in WITHIN_ACTIVITY[package] | {package}
    }
    assert not wrong


@pytest.mark.parametrize("path", PURE)
def test_rules_and_scoring_know_neither_database_nor_clock(path):
    source = ROOT / path
    used = imports_of(source)
    orm = {name for name in used if name.startswith("django.db") or {"models", "querysets"} & set(name.split("."))}
    calls = {node.attr for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Attribute)}
    assert not orm
    assert not calls & {"now", "today", "utcnow", "objects"}


def test_only_the_openai_writer_imports_openai():
    users = {path.name for app in MAY_IMPORT for path in modules_of(app) if "openai" in imports_of(path)}
    assert users == {"openai_writer.py"}


def test_templates_hold_no_inline_script_style_or_handler():
    """The content security policy would refuse them, silently for the author and visibly for the reader."""
    forbidden = (" style=", "<style", "onclick=", "onchange=", "onsubmit=", "<script>", "javascript:")
    wrong = {
        f"{path.relative_to(ROOT)}: {bad}"
        for path in (ROOT / "templates").rglob("*.html")
        for bad in forbidden
        if bad in path.read_text() and path.parent.name != "email"  # no browser of ours shows letters
    }
    assert not wrong


def test_fragments_say_what_they_need():
    silent = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("_*.html")
        if not path.read_text().startswith("{# needs:")
    }
    assert not silent
