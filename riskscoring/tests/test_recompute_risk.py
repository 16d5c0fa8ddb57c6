from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from learners.tests.factories import LearnerFactory, ProgramFactory
from riskscoring.models import RiskScore, ScoringRun

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command("recompute_risk", *arguments, stdout=out)
    return out.getvalue()


def test_command_prints_counts_by_label_what_changed_and_how_long_it_took():
    LearnerFactory(completed_percent=0, avg_quiz_score=0)
    LearnerFactory()
    printed = run("--as-of", "2026-11-20")
    assert "Risk as of 2026-11-20" in printed
    assert [line.split() for line in printed.splitlines()[1:5]] == [
        ["High", "1"],
        ["Medium", "0"],
        ["Low", "0"],
        ["Not", "enough", "data", "1"],
    ]
    assert "2 of 2 learners changed, in 0." in printed


def test_command_is_recorded_as_such():
    run("--as-of", "2026-11-20")
    recorded = ScoringRun.objects.get()
    assert (recorded.trigger, recorded.started_by, recorded.as_of) == ("command", None, date(2026, 11, 20))


def test_without_a_day_it_is_today():
    run()
    assert ScoringRun.objects.get().as_of == timezone.now().date()


def test_dry_run_says_that_nothing_was_written():
    LearnerFactory()
    assert "1 of 1 learners would change; nothing was written" in run("--dry-run")
    assert not RiskScore.objects.exists()


def test_program_is_found_by_its_name_in_any_case():
    LearnerFactory(program=ProgramFactory(name="Data"))
    LearnerFactory(program=ProgramFactory(name="Web"))
    assert "1 of 1 learners changed" in run("--program", "data")


@pytest.mark.parametrize("name", ["Data", "data", "DATA"])
def test_program_that_is_named_exactly_goes_before_one_in_another_case(name):
    for other in ("Data", "data", "DATA"):
        ProgramFactory(name=other)
    run("--program", name)
    assert ScoringRun.objects.get().program.name == name


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", ""])
def test_day_that_is_none_is_refused(day):
    with pytest.raises(CommandError, match="Write it as year-month-day"):
        run("--as-of", day)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_day_that_leaves_no_room_for_a_trend_is_refused(day):
    with pytest.raises(CommandError, match="from 1900 to 2999"):
        run("--as-of", day)


def test_unknown_program_is_refused_and_the_known_are_named():
    with pytest.raises(CommandError, match="there are none yet"):
        run("--program", "Data")
    ProgramFactory(name="Web"), ProgramFactory(name="Python")
    with pytest.raises(CommandError, match="There are: Python, Web"):
        run("--program", "Data")


def test_long_list_of_programs_is_cut_short():
    for n in range(30):
        ProgramFactory(name=f"Program {n:02}")
    with pytest.raises(CommandError, match="Program 19, …"):
        run("--program", "Data")
