import json

from hypothesis import given
from hypothesis import strategies as st

from activity.xapi.splicing import splice

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
objects = st.dictionaries(st.text(), values)


def spliced(text, over=None, under=None, changes=None) -> str:
    return splice(text, over=over or {}, under=under or {}, changes=changes or {})


@given(objects, objects, objects, st.booleans())
def test_members_over_win_and_those_under_give_way(own, over, under, indented):
    text = json.dumps(own, indent=2 if indented else None)
    found = spliced(
        text,
        over={name: json.dumps(value) for name, value in over.items()},
        under={name: json.dumps(value) for name, value in under.items()},
    )
    assert json.loads(found) == {**under, **own, **over}


def test_what_is_kept_is_kept_to_the_letter():
    text = '\n { "number" : 1.10e+2 ,"text":"\\u09ac\\/", "deep": { "a" :[ 1,2 ] } } '
    found = spliced(text, over={"id": '"x"'})
    assert found == '{"number" : 1.10e+2,"text":"\\u09ac\\/","deep": { "a" :[ 1,2 ] },"id":"x"}'


def test_value_is_written_anew_only_when_it_changes():
    text = '{"a": 1.0, "b": [1.50]}'
    assert spliced(text, changes={"a": lambda a: a, "b": lambda b: [*b, "ব"]}) == '{"a": 1.0,"b":[1.5,"ব"]}'


def test_empty_object_takes_members():
    assert spliced(" {} ") == "{}"
    assert spliced("{ }", over={"a": "1"}, under={"a": "2", "b": "3"}) == '{"b":3,"a":1}'
