import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.tests.xapi_samples import ADA, BY_ACCOUNT, BY_HASH, BY_OPENID, NAMED_TEAM, TEAM
from activity.xapi.identity import identifier_of


@pytest.mark.parametrize(
    ("actor", "identifier"),
    [
        (ADA, "mbox:ada@example.org"),
        ({"mbox": "mailto:Ada@Example.ORG"}, "mbox:ada@example.org"),
        (BY_HASH, f"sha1:{BY_HASH['mbox_sha1sum']}"),
        ({"mbox_sha1sum": BY_HASH["mbox_sha1sum"].upper()}, f"sha1:{BY_HASH['mbox_sha1sum']}"),
        (BY_OPENID, "openid:https://ada.example.org/"),
        (BY_ACCOUNT, "account:17|https://lms.example.org"),
        ({"account": {"name": "A|b", "homePage": "urn:x"}}, "account:A|b|urn:x"),
        (NAMED_TEAM, "mbox:blue@example.org"),
        (TEAM, None),
    ],
)
def test_identifier_is_one_text_for_one_identity(actor, identifier):
    assert identifier_of(actor) == identifier


@given(names=st.tuples(st.text(), st.text()), pages=st.tuples(st.sampled_from(["urn:a", "urn:b"]), st.just("urn:a")))
def test_two_accounts_never_share_an_identifier(names, pages):
    one, other = ({"account": {"name": name, "homePage": page}} for name, page in zip(names, pages, strict=True))
    assert (identifier_of(one) == identifier_of(other)) == (one == other)
