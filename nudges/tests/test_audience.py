import pytest
from django.http import QueryDict

from nudges.audience import Audience, AudienceInvalid


def test_audience_reads_and_writes_the_query_string():
    named = Audience.from_query(QueryDict("learner=a&learner=b&learner=a&level=high"))
    assert named == Audience(uids=("a", "b"))
    everyone = Audience.from_query(QueryDict("all=1&level=high&level=low&q=a%26b&order=name&page=3"))
    assert everyone.query == "level=high&level=low&q=a%26b"
    assert everyone.pairs == [("all", "1"), ("level", "high"), ("level", "low"), ("q", "a&b")]
    for audience in (named, everyone):
        assert Audience.from_json(audience.as_json()) == audience


@pytest.mark.django_db
def test_filter_that_can_not_be_read_selects_nobody(coordinator):
    with pytest.raises(AudienceInvalid):
        Audience(query="level=bogus").learners(coordinator)
