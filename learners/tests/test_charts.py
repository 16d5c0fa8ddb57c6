from datetime import date

from learners import charts

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 11)


def test_line_runs_from_the_left_to_the_right_and_higher_is_further_up():
    line = charts.line([(FIRST, 0.0), (LAST, 1.0)], first=FIRST, last=LAST, width=100, height=20)
    assert line == charts.Line("0,20 100,0", "0,20 0,20 100,0 100,20", ("100", "0"))


def test_days_without_a_value_leave_room():
    line = charts.line([(date(2026, 11, 6), 0.5), (LAST, 0.5)], first=FIRST, last=LAST, width=100, height=20)
    assert line.points == "50,10 100,10"


def test_one_value_is_no_line():
    assert charts.line([(FIRST, 0.5)], first=FIRST, last=LAST, width=100, height=20) is None


def test_tallest_bar_is_as_high_as_the_chart():
    bars = charts.histogram([("a", 5, "low"), ("b", 10, "high"), ("c", 0, "high")], width=30, height=40, gap=2)
    assert [(bar.x, bar.y, bar.width, bar.height) for bar in bars] == [
        ("1", "20", "8", "20"),
        ("11", "0", "8", "40"),
        ("21", "40", "8", "0"),
    ]


def test_histogram_of_nothing_is_flat():
    assert [bar.height for bar in charts.histogram([("a", 0, "low")], width=10, height=40)] == ["0"]
