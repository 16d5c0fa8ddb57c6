from activity.xapi.contexts import context_activities

ONE, OTHER = {"id": "https://example.org/1"}, {"id": "https://example.org/2"}


def test_one_activity_alone_is_read_as_a_list_of_one():
    context = {"contextActivities": {"parent": ONE, "grouping": [ONE, OTHER], "other": []}}
    assert context_activities(context) == {"parent": [ONE], "grouping": [ONE, OTHER], "other": []}


def test_a_context_without_activities_has_none():
    assert context_activities({}) == {}
