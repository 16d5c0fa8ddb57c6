import json

import pytest

from activity.models import PoisonedMessage, Statement
from activity.streaming.poison import set_aside
from activity.tests.factories import a_statement

pytestmark = pytest.mark.django_db
LIST = "/admin/activity/poisonedmessage/"


def message(number=0, **fields):
    body = a_statement()
    known = {"id": body["id"], "version": "2.0.0", "key": "", "raw": json.dumps(body), **fields}
    set_aside(stream_id=f"{number}-0", fields=known, reason="odd", tries=3)
    return PoisonedMessage.objects.get(stream_id=f"{number}-0")


def act(client, action, *chosen):
    data = {"action": action, "_selected_action": [one.pk for one in chosen]}
    return client.post(LIST, data, follow=True).content.decode()


def test_the_action_says_how_many_were_taken_in_and_how_many_failed_again(staff_client):
    page = act(staff_client, "try_again", message(1), message(2), message(3, raw="{"))
    assert "2 messages were taken in." in page
    assert "1 message failed again." in page
    assert Statement.objects.count() == 2
    assert PoisonedMessage.objects.filter(resolved_at=None).count() == 1


def test_settled_messages_stay_to_be_looked_at(staff_client):
    aside = message()
    act(staff_client, "settle", aside)
    aside.refresh_from_db()
    assert aside.resolved_at is not None
    assert staff_client.post(f"{LIST}{aside.pk}/delete/").status_code == 403


def test_operations_look_and_do_not_act(client, ops):
    client.force_login(ops)
    aside = message()
    assert "mailto:riya@example.org" in client.get(f"{LIST}{aside.pk}/change/").content.decode()
    act(client, "try_again", aside)
    assert not Statement.objects.exists()


def test_what_is_no_json_is_shown_as_it_is(staff_client):
    aside = PoisonedMessage.objects.create(stream_id="fold-1", content="{odd", reason="odd", tries=1)
    assert "{odd" in staff_client.get(f"{LIST}{aside.pk}/change/").content.decode()
