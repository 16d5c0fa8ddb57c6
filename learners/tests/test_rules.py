from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.core.validators import validate_email
from hypothesis import given
from hypothesis import strategies as st

from learners import rules


@pytest.mark.parametrize("reader", rules.READERS.values())
@pytest.mark.parametrize("raw", [None, "", "   ", "\t"])
def test_blank_is_no_data_for_every_field(reader, raw):
    assert reader(raw) == rules.BLANK


@pytest.mark.parametrize("reader", rules.READERS.values())
@given(raw=st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.binary(), st.datetimes()))
def test_no_reader_ever_raises_and_an_error_has_no_value(reader, raw):
    reading = reader(raw)
    assert reading.value is None or not reading.error
    reading.error.encode()


@pytest.mark.parametrize(
    ("raw", "percent"),
    [
        ("85.5", "85.50"),
        (" 85.5 % ", "85.50"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("-0.001", "0.00"),
        ("100", "100.00"),
        ("66.665", "66.67"),
        ("66.664999", "66.66"),
        (66.665, "66.67"),
        (45, "45.00"),
        (Decimal("45"), "45.00"),
        ("4.5e1", "45.00"),
        ("1e-999999", "0.00"),
    ],
)
def test_percent_has_two_places_rounded_half_up(raw, percent):
    reading = rules.read_percent(raw)
    assert str(reading.value) == percent
    assert not reading.warning


@pytest.mark.parametrize(("raw", "counted"), [("130", "100"), ("100.01", "100"), ("-5", "0"), ("99998.99", "100")])
def test_percent_out_of_range_is_kept_and_warned_about(raw, counted):
    reading = rules.read_percent(raw)
    assert reading.value == Decimal(raw)
    assert reading.warning.endswith(f"counted as {counted}.")


@pytest.mark.parametrize(
    "raw",
    ["abc", "%", "NaN", "inf", "-Infinity", "1e999", "1" * 5000, "85,5", "1_0", "8\x005", True, float("nan"), "99999"],
)
def test_percent_that_cannot_be_read_is_an_error(raw):
    assert rules.read_percent(raw).error


@pytest.mark.parametrize(("raw", "missed"), [("3", 3), ("3.0", 3), (0, 0), ("-2", -2), ("1e1", 10)])
def test_missed_sessions_is_a_whole_number(raw, missed):
    assert rules.read_missed_sessions(raw).value == missed


def test_missed_sessions_below_zero_are_warned_about():
    assert rules.read_missed_sessions("-2").warning == "is -2, counted as 0."


@pytest.mark.parametrize("raw", ["2.5", "many", "1e999", "9999999", "NaN", False])
def test_missed_sessions_that_cannot_be_read_are_an_error(raw):
    assert rules.read_missed_sessions(raw).error


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2024-01-15", datetime(2024, 1, 15, tzinfo=UTC)),
        ("2024-01-15T12:30:00Z", datetime(2024, 1, 15, 12, 30, tzinfo=UTC)),
        ("2024-01-15 12:30", datetime(2024, 1, 15, 12, 30, tzinfo=UTC)),
        ("2024-01-15T02:00:00+06:00", datetime(2024, 1, 14, 20, 0, tzinfo=UTC)),
        (date(2024, 1, 15), datetime(2024, 1, 15, tzinfo=UTC)),
        (datetime(2024, 1, 15, tzinfo=timezone(timedelta(hours=6))), datetime(2024, 1, 14, 18, tzinfo=UTC)),
    ],
)
def test_time_is_read_with_any_zone_and_none_is_utc(raw, moment):
    assert rules.read_time(raw).value == moment
    assert rules.read_time(raw).value.tzinfo is UTC


@pytest.mark.parametrize(
    "raw", ["2024-13-45", "yesterday", "15/01/2024", "0001-01-01T00:00:00+14:00", "2024-01-15\x00"]
)
def test_time_that_cannot_be_read_is_an_error(raw):
    assert rules.read_time(raw).error


def test_day_is_the_utc_date():
    assert rules.read_day("2024-01-15T02:00:00+06:00").value == date(2024, 1, 14)


@pytest.mark.parametrize("raw", ["1899-12-31", "0001-01-01", "3000-01-01", date.max])
def test_day_that_leaves_no_room_for_a_trend_is_an_error(raw):
    assert "from 1900 to 2999" in rules.read_day(raw).error


@pytest.mark.parametrize(
    ("raw", "email"), [(" Aman@Example.ORG ", "aman@example.org"), ("o'neil@ex.org", "o'neil@ex.org")]
)
def test_email_is_lower_case(raw, email):
    assert rules.read_email(raw).value == email


@pytest.mark.parametrize("raw", ["aman", "a@b", "a@b..org", "a b@ex.org", "a@ex.org\x00", "a" * 250 + "@ex.org"])
def test_email_that_is_none_is_an_error(raw):
    assert rules.read_email(raw).error


@given(st.from_regex(rules.PLAIN_EMAIL, fullmatch=True))
def test_every_plain_email_is_an_email_to_django_too(address):
    if len(address) <= 254:
        validate_email(address)


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("+880 1712-345678", "+8801712345678"),
        ("008801712345678", "+8801712345678"),
        ("+1 (212) 555.1234", "+12125551234"),
        ("8801712345678", "+8801712345678"),
    ],
)
def test_phone_is_a_plus_and_digits(raw, phone):
    assert rules.read_phone(raw).value == phone


def test_phone_without_its_plus_is_warned_about():
    assert rules.read_phone("8801712345678").warning


@pytest.mark.parametrize("raw", ["01712345678", "2125551234", "+12", "call me", "+1234567890123456"])
def test_phone_without_a_country_code_is_an_error(raw):
    assert rules.read_phone(raw).error


@pytest.mark.parametrize("raw", ["a" * 201, "two\nlines", "nul\x00", "half \ud800"])
def test_name_that_cannot_be_stored_is_an_error(raw):
    assert rules.read_name(raw).error


def test_name_may_be_bengali_with_joiners_or_look_like_a_formula():
    assert rules.read_name(" র‍্যাহান ").value == "র‍্যাহান"
    assert rules.read_name("=1+1").value == "=1+1"


@pytest.mark.parametrize("raw", ["import", "2013/001", "..", "a" * 65])
def test_id_that_cannot_stand_in_an_address_is_an_error(raw):
    assert rules.read_uid(raw).error


def test_language_and_time_zone_are_known_ones():
    assert rules.read_language("BN").value == "bn"
    assert rules.read_language("xx").error
    assert rules.read_timezone("Asia/Dhaka").value == "Asia/Dhaka"
    assert rules.read_timezone("../etc").error
