import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from learners.importing import ImportRefused, import_learners, preview_import, service
from learners.models import Cohort, ContactPreference, Learner, Program
from learners.tests.factories import CohortFactory, LearnerFactory

pytestmark = pytest.mark.django_db
announced: list[tuple[date, list[str]]] = []


def hear(learners, *, as_of, **context):
    announced.append((as_of, sorted(learners.values_list("uid", flat=True))))


@pytest.fixture(autouse=True)
def heard(settings):
    settings.LEARNERS_CHANGED_RECEIVERS = ["learners.tests.test_importing.hear"]
    announced.clear()
    return announced


def csv_file(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text if isinstance(text, bytes) else text.encode())


def run(text: str | bytes, **options):
    return import_learners(csv_file(text), by=None, **options)


def sums(report):
    return report.new, report.changed, report.unchanged, report.bad


def reasons(report):
    return [(cell.line, cell.column, cell.reason) for cell in report.bad_cells]


FULL = (
    "id,name,email,phone,program,cohort,last_login,completed_percent,avg_quiz_score,consecutive_missed_sessions,as_of\n"
    "a,Aman,Aman@ex.org,+880 1712 345678,Python,P1,2024-01-10T12:00:00Z,85.555,78.2,1,2024-01-15\n"
    "b,Riya,riya@ex.org,,SQL,,,,,,2024-01-16\n"
)


def test_rows_become_learners_and_blank_is_no_data():
    assert sums(run(FULL)) == (2, 0, 0, 0)
    aman, riya = Learner.objects.order_by("uid")
    assert (aman.name, aman.email, aman.phone) == ("Aman", "aman@ex.org", "+8801712345678")
    assert (aman.program.name, aman.cohort.name) == ("Python", "P1")
    assert aman.last_login == datetime(2024, 1, 10, 12, tzinfo=UTC)
    assert (aman.completed_percent, aman.avg_quiz_score) == (Decimal("85.56"), Decimal("78.20"))
    assert (aman.language, aman.timezone) == ("en", "UTC")
    assert (riya.completed_percent, riya.avg_quiz_score, riya.consecutive_missed_sessions) == (None, None, None)
    assert (riya.last_login, riya.cohort, riya.phone) == (None, None, "")


def test_importing_twice_changes_nothing():
    run(FULL)
    before = Learner.objects.values_list("updated_at", flat=True).first()
    assert sums(run(FULL)) == (0, 0, 2, 0)
    assert Learner.objects.values_list("updated_at", flat=True).first() == before
    assert (Program.objects.count(), Cohort.objects.count()) == (2, 1)


def test_known_learner_is_changed_by_id_and_keeps_what_the_file_has_no_column_for():
    learner = LearnerFactory(uid="a", email="aman@ex.org", avg_quiz_score=70, completed_percent=10, language="bn")
    assert sums(run("id,completed_percent\na,45\n")) == (0, 1, 0, 0)
    stored = Learner.objects.get()
    assert (stored.pk, stored.name, stored.email) == (learner.pk, learner.name, "aman@ex.org")
    assert (stored.completed_percent, stored.avg_quiz_score, stored.language) == (45, 70, "bn")
    assert stored.updated_at > learner.updated_at


def test_blank_cell_takes_the_value_away_but_never_the_name():
    LearnerFactory(uid="a", name="Aman", email="aman@ex.org", avg_quiz_score=70, phone="+8801712345678")
    run("id,name,email,phone,avg_quiz_score,language\na,,,,,\n")
    stored = Learner.objects.get()
    assert (stored.name, stored.email, stored.phone, stored.avg_quiz_score) == ("Aman", None, "", None)
    assert stored.language == "en"


def test_row_without_an_id_is_the_learner_with_its_email_else_a_new_one():
    LearnerFactory(uid="a", email="aman@ex.org")
    assert sums(run("name,email\nAmanda,AMAN@ex.org\nRiya,riya@ex.org\n")) == (1, 1, 0, 0)
    assert Learner.objects.get(uid="a").name == "Amanda"
    assert len(Learner.objects.get(name="Riya").uid) == 36


def test_each_day_of_a_file_is_announced_with_its_learners(heard):
    report = run(FULL)
    assert heard == [(date(2024, 1, 15), ["a"]), (date(2024, 1, 16), ["b"])]
    assert report.days == ((date(2024, 1, 15), 1), (date(2024, 1, 16), 1))


def test_given_day_wins_and_without_any_it_is_today(heard):
    run(FULL, as_of=date(2024, 2, 1))
    run("id,as_of\na,\n")
    run("id,completed_percent\na,5\n")
    today = timezone.now().date()
    assert heard == [(date(2024, 2, 1), ["a", "b"]), (today, ["a"]), (today, ["a"])]


def test_unchanged_rows_are_announced_too_because_their_day_may_be_new(heard):
    run(FULL)
    run("id,as_of\na,2024-03-01\n")
    assert heard[-1] == (date(2024, 3, 1), ["a"])


def test_bad_rows_are_told_by_line_column_and_reason_and_the_good_go_in():
    report = run(
        "id,name,Email,completed_percent,last_login\n"
        "a,Aman,nope,abc,2024-13-45\n"
        "b,Riya,riya@ex.org,50,2024-01-31\n"
        ",Nobody,,1,\n"
        "c,,c@ex.org,1,\n"
    )
    assert sums(report) == (1, 0, 0, 3)
    assert reasons(report) == [
        (2, "Email", "“nope” is not an email address."),
        (2, "completed_percent", "“abc” is not a number."),
        (
            2,
            "last_login",
            "“2024-13-45” is not a date that can be read. Write it like 2024-01-31 or 2024-01-31T14:30:00Z.",
        ),
        (4, "", "The row has neither an id nor an email."),
        (5, "name", "is needed for a new learner."),
    ]
    assert Learner.objects.get().uid == "b"


def test_programs_of_bad_rows_are_not_made():
    run("id,name,program,email\na,Aman,Python,nope\n")
    assert not Program.objects.exists()


def test_out_of_range_is_kept_and_warned_about():
    report = run("id,name,completed_percent,consecutive_missed_sessions\na,Aman,130,-2\n")
    assert [(cell.column, cell.reason) for cell in report.warnings] == [
        ("completed_percent", "is 130.00, counted as 100."),
        ("consecutive_missed_sessions", "is -2, counted as 0."),
    ]
    stored = Learner.objects.get()
    assert (stored.completed_percent, stored.consecutive_missed_sessions) == (130, -2)


@pytest.mark.parametrize(
    ("rows", "clash"),
    [
        ("a,Aman,\na,Amanda,\n", (3, "id", "is the id of line 2, too.")),
        ("a,Aman,x@ex.org\nb,Amanda,X@ex.org\n", (3, "email", "is the email of line 2, too.")),
        (",Aman,x@ex.org\n,Amanda,x@ex.org\n", (3, "email", "is the email of line 2, too.")),
        ("known,Aman,\n,Amanda,known@ex.org\n", (3, "email", "belongs to the learner of line 2, too.")),
        (",Amanda,known@ex.org\nknown,Aman,\n", (3, "id", "is the id of line 2, too.")),
        ("ok,Ok,\na,Aman,known@ex.org\n", (3, "email", "belongs to another learner, known.")),
    ],
)
def test_row_that_clashes_is_refused_and_the_first_goes_in(rows, clash):
    LearnerFactory(uid="known", email="known@ex.org")
    report = run("id,name,email\n" + rows)
    assert reasons(report) == [clash]
    assert (report.bad, report.good) == (1, 1)


def test_quoted_cells_with_line_breaks_count_lines_as_editors_do():
    report = run('id,name,note\na,Aman,"two\nlines"\nb,Riya,\nc,"Kar\nan",\n')
    assert reasons(report) == [(5, "name", "holds a character that can't be stored, such as a line break.")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b,Riya", "The row has 2 cells, the header has 3."),
        ("b,Riya,b@ex.org,more", "The row has 4 cells, the header has 3."),
        ('b,"Ri"ya,b@ex.org', "The quotation marks don't match."),
        (
            "b," + "x" * 1_000_000 + ",",
            "A cell is longer than 131,072 characters, or a quotation mark is never closed.",
        ),
    ],
)
def test_row_that_is_no_row_is_refused_alone(row, reason):
    report = run(f"id,name,email\na,Aman,\n{row}\nc,Karan,\n")
    assert reasons(report) == [(3, "", reason)]
    assert report.new == 2


def test_unclosed_quotation_mark_names_what_was_not_read():
    report = run('id,name\na,Aman\nb,"Riya\nc,Karan\n')
    assert reasons(report) == [(3, "", "A quotation mark is opened and never closed. Lines 3 to 4 were not read.")]


def test_empty_lines_and_empty_cells_beyond_the_header_are_nothing():
    assert sums(run("\n\nid,name,,\n\na,Aman,,\n,,,\nb,Riya\n  \n\n")) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffID,Name,Completed Percent,AVG-Quiz-Score\na,Aman,5,6\n",
        "id;name;completed_percent;avg_quiz_score\r\na;Aman;5;6\r\n",
        "id\tname\tcompleted_percent\tavg_quiz_score\na\tAman\t5\t6",
        '"id","name","completed_percent","avg_quiz_score"\r"a","Aman","5","6"\r',
    ],
)
def test_headers_delimiters_and_line_ends_of_all_kinds_are_read(text):
    assert sums(run(text)) == (1, 0, 0, 0)
    stored = Learner.objects.get()
    assert (stored.uid, stored.completed_percent, stored.avg_quiz_score) == ("a", 5, 6)


def test_demo_columns_work_and_risk_is_never_an_input():
    report = run(
        "id,name,email,phone,program,last_login,completed_percent,avg_quiz_score,consecutive_missed_sessions,"
        "risk_score,risk_label,gender\nlearner_001,Aman,a@ex.org,,Python,2024-01-15,85.5,78.2,1,0.9,high,M\n"
    )
    assert report.ignored_columns == ("risk_score", "risk_label", "gender")
    assert sums(report) == (1, 0, 0, 0)


def test_text_that_looks_like_a_formula_is_kept_as_text():
    run("id,name\na,=HYPERLINK(1)\n")
    assert Learner.objects.get().name == "=HYPERLINK(1)"


def test_apostrophes_of_an_export_are_taken_off_again():
    run("id,name,phone\na,'=SUM(1),'+8801712345678\nb,'Abd al-Rahman,\n")
    assert list(Learner.objects.order_by("uid").values_list("name", "phone")) == [
        ("=SUM(1)", "+8801712345678"),
        ("'Abd al-Rahman", ""),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n", "not a CSV file"),
        (b"id,name\x00\x01\x02\n", "not a CSV file"),
        ("id,name\na,Aman\n".encode("utf-16"), "UTF-16"),
        ("id,name\na,Aman\n".encode("utf-16-le"), "UTF-16"),
        ("id,name\na,Aman\nb,Zoë\n".encode("latin-1"), "Line 3 is not UTF-8"),
        ("naïve,name\n".encode("latin-1"), "Line 1 is not UTF-8"),
        (b"x" * 100_000, "no lines"),
        (b"Aman,Riya\n1,2\n", "No known column"),
        (b"name,program\nAman,Python\n", "no column id and no column email"),
        (b"id,name,ID\na,Aman,b\n", "column id is there twice"),
        (b'id,"name\n', "No known column"),
    ],
)
def test_file_that_is_none_is_refused_with_what_to_do(content, words):
    with pytest.raises(ImportRefused, match=words):
        run(content)


def test_encoding_error_late_in_the_file_stores_nothing():
    rows = "".join(f"l{n},Learner {n}\n" for n in range(12_000)).encode()
    with pytest.raises(ImportRefused, match="Line 12002 is not UTF-8"):
        run(b"id,name\n" + rows + b"z,Zo\xeb\n")
    assert not Learner.objects.exists()


def test_header_alone_is_an_import_of_nothing():
    assert sums(run("id,name\n")) == (0, 0, 0, 0)


def test_learner_who_changes_program_leaves_the_cohort():
    cohort = CohortFactory()
    LearnerFactory(uid="a", program=cohort.program, cohort=cohort)
    run(f"id,program\na,{cohort.program.name}\n")
    assert Learner.objects.get().cohort == cohort
    run("id,program\na,Another\n")
    assert Learner.objects.get().cohort is None


def test_cohort_without_a_program_is_a_bad_row():
    assert reasons(run("id,name,cohort\na,Aman,C1\n")) == [(2, "cohort", "belongs to a program: give its program too.")]


def test_new_address_takes_back_the_verification():
    now = timezone.now()
    for uid in ("moved", "stays"):
        learner = LearnerFactory(uid=uid, email=f"{uid}@ex.org", phone="+8801712345678")
        for channel in ("email", "sms"):
            ContactPreference.objects.create(
                learner=learner, channel=channel, allowed=True, source="form", decided_at=now, verified_at=now
            )
    run("id,email,phone\nmoved,new@ex.org,+8801712345678\nstays,STAYS@ex.org,\n")
    unverified = ContactPreference.objects.filter(verified_at=None).values_list("learner__uid", "channel")
    assert sorted(unverified) == [("moved", "email"), ("stays", "sms")]


def test_preview_says_the_same_and_stores_nothing(heard):
    LearnerFactory(uid="a", name="Aman", email="aman@ex.org", completed_percent=50)
    text = FULL + "x,,,,,,,,,,\n"
    preview = preview_import(csv_file(text))
    assert heard == []
    assert Learner.objects.get().completed_percent == 50
    assert not Program.objects.filter(name="SQL").exists()
    assert preview == run(text)
    assert sums(preview) == (1, 1, 0, 1)


def test_preview_shows_what_would_change():
    LearnerFactory(uid="a", name="Aman", program=None, completed_percent=50)
    preview = preview_import(csv_file("id,name,program,completed_percent\na,,Python,45\nb,Riya,,\n"))
    (changed,), (new,) = preview.examples_changed, preview.examples_new
    assert changed.differences == (
        ("program", None, "Python"),
        ("completed_percent", Decimal("50.00"), Decimal("45.00")),
    )
    assert (new.line, new.uid, new.name) == (3, "b", "Riya")


def test_listed_bad_rows_are_capped_and_counted():
    report = run("id,name\n" + ",x\n" * 60 + "a,\n" * 60)
    assert report.bad == 120
    assert len(report.bad_cells) == 50


def test_progress_is_told_in_batches():
    heard_rows = []
    run("id,name\n" + "".join(f"l{n},N\n" for n in range(20_000)), on_progress=heard_rows.append)
    assert heard_rows == [10_000, 20_000]


def test_queries_do_not_grow_with_rows(django_assert_max_num_queries):
    text = "id,name,program\n" + "".join(f"l{n},N,P{n % 7}\n" for n in range(500))
    with django_assert_max_num_queries(35):
        run(text)


def test_learner_who_appears_meanwhile_with_the_same_email_stops_the_import(monkeypatch):
    def refuse_and_then_somebody_comes(header, bad):
        LearnerFactory(uid="other", email="a@ex.org")

    monkeypatch.setattr(service, "refuse_clashes", refuse_and_then_somebody_comes)
    with pytest.raises(ImportRefused, match="meanwhile"):
        run("id,name,email\na,Aman,a@ex.org\n")
    assert not Learner.objects.exists()


def test_status_comes_by_file_and_stays_where_it_is_blank():
    LearnerFactory(uid="a", name="Aman", status="left")
    report = run("id,name,status\na,Aman,\nb,Riya,Finished\nc,Sana,\nd,Omar,gone\n")
    assert sums(report) == (2, 0, 1, 1)
    assert dict(Learner.objects.values_list("uid", "status")) == {"a": "left", "b": "finished", "c": "active"}


def test_file_without_a_status_changes_none():
    LearnerFactory(uid="a", name="Aman", status="finished")
    assert sums(run("id,name\na,Aman K\nb,Riya\n")) == (1, 1, 0, 0)
    assert dict(Learner.objects.values_list("uid", "status")) == {"a": "finished", "b": "active"}


def test_new_address_in_a_file_takes_back_that_messages_came_back():
    learner = LearnerFactory(uid="a", name="Aman", email="old@example.org")
    ContactPreference.objects.create(
        learner=learner, channel="email", allowed=True, decided_at=timezone.now(), bounced_at=timezone.now()
    )
    run("id,name,email\na,Aman,new@example.org\n")
    assert ContactPreference.objects.get().bounced_at is None
