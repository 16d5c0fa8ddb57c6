from datetime import timedelta

import pytest
from django.utils import timezone

from learners.api_keys import create_key, key_for, revoke_key
from learners.models import ApiKey

pytestmark = pytest.mark.django_db


def make_key():
    return create_key(name="LMS", can_write=False, by=None)


def test_token_finds_its_key_and_is_not_stored():
    key, token = make_key()
    assert token.startswith(f"eng_{key.prefix}_")
    assert key_for(token) == key
    assert token.split("_", 2)[2] not in str(ApiKey.objects.values().get())


def test_prefix_with_another_secret_is_refused():
    key, _token = make_key()
    assert key_for(f"eng_{key.prefix}_guess") is None


@pytest.mark.parametrize(
    "token", ["", "eng", "eng__", "eng_00000000_x", "eng_\x00_x", "other_a_b", "eng_ü_x", "eng_a_\ud800"]
)
def test_token_that_is_none_is_refused(token):
    assert key_for(token) is None


def test_revoked_key_is_refused_and_keeps_its_first_date():
    key, token = make_key()
    revoke_key(key)
    first = key.revoked_at
    revoke_key(key)
    assert key.revoked_at == first
    assert key_for(token) is None


def test_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    key, token = make_key()
    key_for(token)
    with django_assert_num_queries(1):
        key_for(token)
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    with django_assert_num_queries(2):
        key_for(token)
    key.refresh_from_db()
    assert timezone.now() - key.last_used_at < timedelta(minutes=1)
