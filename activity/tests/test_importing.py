import gzip
import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.importing import HistoryUnreadable, import_statements, reading, service
from activity.models import AccessKey, Statement, StatementImport, Unfolded
from activity.store.reading import find_statement
from activity.tests.statements import BEN, statement_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(tmp_path):
    """history([statement, "{broken"]) is a file with these, one on each line."""

    def write(entries, name="history.jsonl"):
        path = tmp_path / name
        path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in entries))
        return path

    return write


def some(count):
    return [statement_of(id=str(uuid.uuid4()), activity=f"https://example.org/{n}") for n in range(count)]


def stored_ids():
    return {str(id_) for id_ in Statement.objects.values_list("statement_id", flat=True)}


def ids_of(statements):
    return {one["id"] for one in statements}


def test_every_line_is_stored_as_it_is(history):
    statements = some(3)
    report = import_statements(history(statements))
    assert (report.read, report.stored, report.duplicates, report.refused) == (3, 3, 0, 0)
    assert set(Statement.objects.values_list("raw", flat=True)) == set(map(json.dumps, statements))
    assert Unfolded.objects.count() == 3


def test_statement_keeps_its_time_and_its_authority(history):
    [one] = [statement_of(id=str(uuid.uuid4()), timestamp="2019-01-01T00:00:00Z", authority=BEN)]
    import_statements(history([one]))
    exact = find_statement(one["id"]).exact()
    assert (exact["timestamp"], exact["authority"]) == ("2019-01-01T00:00:00Z", BEN)


def test_key_is_the_authority_when_one_is_named(history):
    key = AccessKey.objects.create(name="LMS", username="lms")
    [one] = some(1)
    import_statements(history([one]), key=key)
    assert find_statement(one["id"]).exact()["authority"]["account"]["name"] == "lms"


@pytest.mark.parametrize(
    ("said", "expected"),
    [({}, "1.0.3"), ({"version": "1.0.1"}, "1.0.3"), ({"version": "2.0.0"}, "2.0.0")],
)
def test_statement_is_held_to_the_version_that_it_names(history, said, expected):
    import_statements(history([{**statement_of(), **said}]))
    assert Statement.objects.get().version == expected


def test_lines_that_are_no_statements_are_left_out_and_named(history):
    good = some(2)
    report = import_statements(history(["{broken", good[0], "", {"actor": 1}, good[1], "42"]))
    assert stored_ids() == ids_of(good)
    assert (report.read, report.stored, report.refused) == (5, 2, 3)
    assert [one.number for one in report.refused_first] == [1, 4, 6]
    assert all(one.reason for one in report.refused_first)


def test_only_the_first_of_many_faults_are_named(history):
    report = import_statements(history(["no"] * 25))
    assert (report.refused, len(report.refused_first)) == (25, 20)


def test_duplicates_never_hold_up_the_rest(history):
    one, two, three = some(3)
    import_statements(history([one]))
    report = import_statements(history([one, two, two, three], "more.jsonl"))
    assert (report.stored, report.duplicates, report.refused) == (2, 2, 0)


def test_conflicts_are_named_and_never_hold_up_the_rest(history):
    one, two = some(2)
    import_statements(history([one]))
    report = import_statements(history([two, {**one, "actor": BEN}], "more.jsonl"))
    assert (report.stored, report.refused) == (1, 1)
    [refused] = report.refused_first
    assert refused.number == 2
    assert one["id"] in refused.reason


def test_several_statements_on_a_line_are_stored(history):
    statements = some(4)
    import_statements(history([statements[0], json.dumps(statements[1:])]))
    assert stored_ids() == ids_of(statements)


def test_packed_file_is_read(tmp_path):
    statements = some(3)
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, statements)).encode()))
    import_statements(path)
    assert stored_ids() == ids_of(statements)


def test_packed_file_that_breaks_off_is_named_as_such(tmp_path):
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(some(1)[0]).encode())[:-9])
    with pytest.raises(HistoryUnreadable):
        import_statements(path)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("block", [7, 100, 1 << 20])
def test_array_is_read_whatever_its_form(tmp_path, monkeypatch, indent, block):
    monkeypatch.setattr(reading, "BLOCK", block)
    statements = [{**one, "result": {"response": "été, [ৰ] 😀"}} for one in some(5)]
    path = tmp_path / "history.json"
    path.write_text("\ufeff  " + json.dumps(statements, indent=indent, ensure_ascii=False) + "\n")
    report = import_statements(path)
    assert (report.read, report.stored) == (5, 5)
    assert stored_ids() == ids_of(statements)


def test_faulty_element_of_an_array_is_left_out_alone(tmp_path):
    one, two = some(2)
    path = tmp_path / "history.json"
    path.write_text(json.dumps([one, {"actor": None}, two]))
    report = import_statements(path)
    assert (report.stored, [refused.number for refused in report.refused_first]) == (2, [2])


@pytest.mark.parametrize("broken", ['[{"a": 1}, {"b": ', '[{"a": 1}, }]', "["])
def test_array_that_is_broken_says_where(tmp_path, broken):
    path = tmp_path / "history.json"
    path.write_text(broken)
    with pytest.raises(HistoryUnreadable, match="is broken after element"):
        import_statements(path)


def test_endless_element_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 10)
    monkeypatch.setattr(reading, "LONGEST", 50)
    path = tmp_path / "history.json"
    path.write_text('["' + "x" * 500)
    with pytest.raises(HistoryUnreadable, match="after element 0"):
        import_statements(path)


def test_file_that_was_imported_is_not_read_again_unless_asked(history):
    path = history(some(2))
    import_statements(path)
    assert import_statements(path).was_finished
    report = import_statements(path, again=True)
    assert (report.read, report.duplicates) == (2, 2)


def test_empty_file_is_an_import_of_nothing(history):
    assert import_statements(history([])).read == 0


class Killed(BaseException):
    pass


@pytest.mark.parametrize("packed", [False, True])
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kills=st.lists(st.integers(1, 5), max_size=4), is_array=st.booleans())
def test_broken_off_import_goes_on_where_it_stopped(tmp_path_factory, monkeypatch, packed, kills, is_array):
    """However often it is killed, the same rows come of it, and no batch is read twice once it was committed."""
    Statement.objects.all().delete()
    StatementImport.objects.all().delete()
    monkeypatch.setattr(service, "BATCH", 3)
    monkeypatch.setattr(reading, "BLOCK", 300)
    statements = some(17)
    text = json.dumps(statements) if is_array else "\n".join(map(json.dumps, statements))
    path = tmp_path_factory.mktemp("history") / "history"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    done = 0
    for kill_at in kills:
        calls = 0

        def die(entries, kill_at=kill_at):
            nonlocal calls, done
            calls, done = calls + 1, entries
            if calls == kill_at:
                raise Killed

        try:
            assert import_statements(path, on_progress=die).resumed_after <= done
        except Killed:
            continue
    last = import_statements(path)
    assert last.resumed_after == done
    assert last.duplicates == 0
    assert stored_ids() == ids_of(statements)
    progress = StatementImport.objects.get()
    assert (progress.lines, progress.stored, progress.duplicates) == (17, 17, 0)
    assert progress.finished_at is not None


def test_crash_before_the_commit_stores_nothing_of_its_batch(history, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 2)
    path = history(some(4))
    store = service.store_statements
    monkeypatch.setattr(service, "store_statements", lambda batch, **more: (store(batch, **more), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        import_statements(path)
    assert not Statement.objects.exists()
    assert StatementImport.objects.get().offset == 0


def test_two_imports_of_one_file_do_not_run_at_once(history, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 2)
    path = history(some(6))

    def somebody_else(entries):
        StatementImport.objects.update(offset=1)

    with pytest.raises(HistoryUnreadable, match="Another process"):
        import_statements(path, on_progress=somebody_else)


class TestCommand:
    def run(self, *args):
        output, errors = StringIO(), StringIO()
        call_command("import_statements", *map(str, args), stdout=output, stderr=errors)
        return output.getvalue(), errors.getvalue()

    def test_summary_ends_the_report(self, history):
        output, _ = self.run(history([*some(2), "no"]))
        assert "Left out: line 3: " in output
        assert output.endswith("3 read: 2 stored, 0 there already, 1 left out.\n")

    def test_rest_of_many_faults_is_counted(self, history):
        output, _ = self.run(history([*some(1), *["no"] * 22]))
        assert "Left out: 2 more" in output

    def test_progress_goes_where_errors_go(self, history, monkeypatch):
        monkeypatch.setattr("activity.management.commands.import_statements.PROGRESS_EVERY", 1)
        output, errors = self.run(history(some(2)))
        assert errors == "Read 2\n"
        assert "Read" not in output

    def test_nothing_but_faults_is_a_failure(self, history):
        with pytest.raises(CommandError, match="none of its 2 entries"):
            self.run(history(["no", "never"]))

    def test_finished_and_resumed_imports_say_so(self, history):
        path = history(some(1))
        self.run(path)
        assert "imported before" in self.run(path)[0]
        StatementImport.objects.update(finished_at=None)
        assert "Went on after line 1." in self.run(path)[0]

    def test_key_has_to_exist(self, history):
        with pytest.raises(CommandError, match="no access key nobody"):
            self.run(history(some(1)), "--key", "nobody")

    def test_file_has_to_exist(self, tmp_path):
        with pytest.raises(CommandError, match="can't be read"):
            self.run(tmp_path / "missing.jsonl")

    def test_broken_file_says_what_became_of_it(self, tmp_path):
        path = tmp_path / "broken.json"
        path.write_text("[")
        with pytest.raises(CommandError, match="What was read until there is stored"):
            self.run(path)
