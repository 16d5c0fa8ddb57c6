from learners.call_counts import count_once_more


def test_counting_goes_on_until_the_window_ends():
    assert count_once_more("calls:riya", seconds=60, now=1000.0) == (1, 20)
    assert count_once_more("calls:riya", seconds=60, now=1019.9) == (2, 1)
    assert count_once_more("calls:riya", seconds=60, now=1020.0) == (1, 60)


def test_each_is_counted_apart():
    count_once_more("calls:riya", seconds=60, now=1000.0)
    assert count_once_more("calls:arif", seconds=60, now=1000.0) == (1, 20)
