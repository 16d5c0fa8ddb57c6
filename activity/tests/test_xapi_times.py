from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.xapi.times import in_utc, read_duration, read_timestamp

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T12:00:00Z", NOON),
        ("2026-11-20t12:00:00z", NOON),
        ("2026-11-20 12:00:00.000+00:00", NOON),  # RFC 3339, as the suite for 2.0 sends it
        ("2026-11-20T18:00:00+06:00", NOON),
        ("2026-11-20T18:00:00+06", NOON),
        ("2026-11-20T06:30:00-0530", NOON),
        ("20261120T120000Z", NOON),
        ("20261120T180000+0600", NOON),
        ("2026-11-20T12:00Z", NOON),
        ("2026-11-20T12Z", NOON),
        ("2026-11-20T12:00:00", NOON),
        ("2026-11-20", NOON - timedelta(hours=12)),
        ("2026-11-20T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2026-11-20T12:00:00,123456789Z", NOON + timedelta(microseconds=123456)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2017-01-01T05:59:60.5+06:00", None),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_timestamp_is_read_to_its_moment(text, moment):
    if moment is None:
        with pytest.raises(ValueError, match=r"second|timestamp"):
            read_timestamp(text)
    else:
        assert read_timestamp(text) == moment
        assert read_timestamp(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "", "should fail", "01/011/2015", "2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000",
        "2008-09-15T15:53:00.601-00:00", "2026", "2026-11", "2026-W47-5", "2026-324", "20261120", "26-11-20T12:00:00Z",
        "2026-11-20T12:00:00+24:00", "2026-11-20T24:01:00Z", "2026-11-20T12:60:00Z", "2025-02-29T00:00:00Z",
        "2026-11-20T12:00:00.Z", "2026-11-20T12:00:00 Z", "2026-11-20T", "2026-11-20TZ", "2026-11-20Z", "T12:00:00Z",
        " 2026-11-20", "2026-11-20T12:00:00Z\n", "0000-01-01T00:00:00Z", "২০২৬-১১-২০", "2026-11-20_12:00:00Z",
        "1792152000",
    ],
)  # fmt: skip
def test_what_is_no_timestamp_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_timestamp(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_moment_beyond_the_calendar_in_utc_is_refused(text):
    with pytest.raises(OverflowError):
        read_timestamp(text)


@given(
    moment=st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),
    zone=st.timedeltas(timedelta(hours=-12), timedelta(hours=14)),
)
def test_what_python_writes_is_read_again(moment, zone):
    minutes = timedelta(minutes=zone // timedelta(minutes=1))
    aware = moment.replace(tzinfo=timezone(minutes))
    assert read_timestamp(aware.isoformat()) == aware
    assert read_timestamp(in_utc(aware.isoformat())) == aware
    assert in_utc(aware.isoformat()).endswith("Z")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-11-20T12:00:00.123456789Z", "2026-11-20T12:00:00.123456789Z"),
        ("2026-11-20T12:00:00z", "2026-11-20T12:00:00z"),
        ("2026-11-20T18:00:00+06:00", "2026-11-20T12:00:00.000Z"),
        ("2026-11-20T18:00:00.1234+06:00", "2026-11-20T12:00:00.123400Z"),
        ("2026-11-20 12:00", "2026-11-20T12:00:00.000Z"),
    ],
)
def test_time_in_utc_keeps_its_precision_of_milliseconds_at_least_xapi_00122(text, same):
    assert in_utc(text) == same


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT4H35M59.14S", 4 * 3600 + 35 * 60 + 59.14),
        ("PT16559.14S", 16559.14),
        ("P3Y1M29DT4H35M59.14S", (3 * 365 + 30 + 29) * 86400 + 4 * 3600 + 35 * 60 + 59.14),
        ("P3Y", 3 * 365 * 86400),
        ("P4W", 28 * 86400),
        ("P0.5W", 3.5 * 86400),
        ("PT1H0M0.1S", 3600.1),
        ("PT0,5H", 1800),
        ("PT0S", 0),
        ("P0Y0M0DT0H0M5S", 5),
        ("PT90M", 5400),
    ],
)
def test_duration_is_read_in_seconds_xapi_00124(text, seconds):
    assert read_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    ["", "should fail", "PA1H0M0S", "P4W1D", "P1DT4W", "P", "PT", "P1DT", "P1H", "PT1D", "PT1S1M", "-PT1S", "P-1D",
     "pt1s", "PT0.5H1M", "P1.5DT1S", "PT.5S", "PT5.S", "P2026-11-20T00:00:00", "P16559.14S", "PT1S ", "1", "P১D"],
)  # fmt: skip
def test_what_is_no_duration_has_no_seconds(text):
    assert read_duration(text) is None


@given(text=st.text("PYMWDTHS0123456789.,", max_size=12))
def test_duration_is_never_negative_whatever_is_written(text):
    seconds = read_duration(text)
    assert seconds is None or seconds >= 0
