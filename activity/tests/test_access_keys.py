from datetime import timedelta

import pytest
from django.utils import timezone

from activity.access_keys import create_access_key, find_access_key, revoke_access_key, seed_access_key
from activity.models import AccessKey

pytestmark = pytest.mark.django_db


def make(**given) -> tuple[AccessKey, str]:
    chosen = {
        "name": "Moodle", "can_read": True, "can_write": True, "version": "1.0.3", "calls_per_minute": None, "by": None,
    }  # fmt: skip
    return create_access_key(**{**chosen, **given})


def test_key_is_found_by_its_name_and_secret_alone():
    key, secret = make()
    assert find_access_key(key.username, secret) == key
    assert find_access_key(key.username, secret + "x") is None
    assert find_access_key(key.username, "") is None
    assert find_access_key("", secret) is None
    assert find_access_key("nobody\x00", secret) is None


def test_secret_is_not_stored():
    key, secret = make()
    assert secret not in {str(value) for value in vars(AccessKey.objects.get(pk=key.pk)).values()}


def test_revoked_key_opens_nothing_and_stays_revoked_at_its_time():
    key, secret = make()
    revoke_access_key(key)
    revoked_at = key.revoked_at
    revoke_access_key(key)
    assert find_access_key(key.username, secret) is None
    assert AccessKey.objects.get(pk=key.pk).revoked_at == revoked_at is not None


def test_use_is_noted_once_a_minute(django_assert_num_queries):
    key, secret = make()
    with django_assert_num_queries(2):
        find_access_key(key.username, secret)
    with django_assert_num_queries(1):
        find_access_key(key.username, secret)
    AccessKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    with django_assert_num_queries(2):
        find_access_key(key.username, secret)


class TestFromTheEnvironment:
    @pytest.fixture(autouse=True)
    def _named(self, settings):
        settings.PUBLIC_PEM, settings.SECRET_PEM = "public", "secret"

    def test_key_is_made_when_it_is_first_used(self):
        key = find_access_key("public", "secret")
        assert key is not None
        assert (key.can_read, key.can_write, key.calls_per_minute) == (True, True, None)
        assert find_access_key("public", "secret") == key
        assert AccessKey.objects.count() == 1

    def test_key_may_be_a_real_pem(self, settings):
        settings.PUBLIC_PEM = "-----BEGIN PUBLIC KEY-----\n" + "A" * 1000 + "\n-----END PUBLIC KEY-----"
        assert find_access_key(settings.PUBLIC_PEM, "secret") is not None

    def test_wrong_secret_opens_nothing(self):
        assert find_access_key("public", "guess") is None

    def test_secret_changed_there_is_the_key_s_from_now_on(self, settings):
        find_access_key("public", "secret")
        settings.SECRET_PEM = "another"
        assert find_access_key("public", "secret") is None
        assert find_access_key("public", "another") is not None

    def test_revoked_key_stays_revoked(self):
        key = seed_access_key()
        revoke_access_key(key)
        assert find_access_key("public", "secret") is None
        assert AccessKey.objects.count() == 1

    def test_nothing_is_made_when_none_is_named(self, settings):
        settings.PUBLIC_PEM = settings.SECRET_PEM = ""
        assert seed_access_key() is None
        assert find_access_key("", "") is None
        assert not AccessKey.objects.exists()
