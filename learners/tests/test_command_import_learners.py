from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from learners.models import Learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path):
    return tmp_path / "learners.csv"


def run(path, *options):
    out = StringIO()
    call_command("import_learners", str(path), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_command_prints_sums_ignored_columns_days_and_bad_rows(path):
    path.write_text("id,name,outcome,as_of,email\na,Aman,Pass,2024-01-15,\nb,Riya,Fail,2024-01-15,nope\n")
    assert run(path).splitlines() == [
        "Ignored columns: outcome",
        "As of 2024-01-15: 1 row",
        "Not imported: line 3, email: “nope” is not an email address.",
        "1 new, 0 changed, 0 unchanged, 1 bad.",
    ]


def test_command_as_of_is_the_day_of_all_rows(path):
    path.write_text("id,name,as_of\na,Aman,nonsense\n")
    assert "As of 2024-02-01: 1 row" in run(path, "--as-of", "2024-02-01")


def test_command_dry_run_prints_the_same_sums_and_stores_nothing(path):
    path.write_text("id,name\na,Aman\n")
    dry = run(path, "--dry-run")
    assert not Learner.objects.exists()
    assert dry == run(path) + "Nothing was stored: this was a dry run.\n"


def test_command_counts_the_bad_rows_that_it_does_not_list(path):
    path.write_text("id,name\n" + ",x\n" * 60)
    assert "Not imported: 10 more rows" in run(path)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04", b"a,b\n"])
def test_command_fails_clearly_on_a_file_that_is_none(path, content):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError):
        run(path)


def test_command_says_so_when_given_a_folder(tmp_path):
    with pytest.raises(CommandError, match="can't be read"):
        run(tmp_path)


@pytest.mark.parametrize("day", ["2024-13-45", "0001-01-01", "9999-12-31", ""])
def test_command_refuses_a_day_that_is_none(path, day):
    path.write_text("id,name\na,Aman\n")
    with pytest.raises(CommandError, match="as-of"):
        run(path, "--as-of", day)
