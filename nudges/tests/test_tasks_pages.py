from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory, LearnerFactory
from nudges.models import Notice, Reply, Task, TaskEvent
from nudges.states import State
from nudges.tasks.services import close_task, raise_task

from .factories import NudgeFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def learner(coordinator):
    return LearnerFactory(name="Riya Sen", owner=coordinator, phone="+8801712345678")


@pytest.fixture
def task(learner):
    return raise_task(learner=learner, cause="help", now=NOW)


def address(task, page="task"):
    return reverse(f"nudges:{page}", args=[task.uuid])


def names(response):
    return [row.task.learner.name for row in response.context["tasks"].rows]


class TestList:
    def test_who_owns_a_task_begins_with_ones_own(self, coordinator_client, task):
        raise_task(learner=LearnerFactory(name="Somebody else’s"), cause="help", now=NOW)
        assert names(coordinator_client.get("/tasks/")) == ["Riya Sen"]
        assert len(names(coordinator_client.get("/tasks/?show=all"))) == 2

    def test_who_owns_none_begins_with_all(self, staff_client, task):
        assert names(staff_client.get("/tasks/")) == ["Riya Sen"]

    def test_escalated_ones_go_first_then_what_is_due_then_who_asked_for_help(self, staff_client):
        def one(name, cause="unanswered", **more):
            made = raise_task(learner=LearnerFactory(name=name), cause=cause, now=NOW)
            Task.objects.filter(pk=made.pk).update(**more)

        today = NOW.date()
        one("later", due_on=today + timedelta(days=3))
        one("today", due_on=today)
        one("help today", "help", due_on=today)
        one("escalated", due_on=today + timedelta(days=5), escalated_at=NOW)
        assert names(staff_client.get("/tasks/")) == ["escalated", "help today", "today", "later"]

    def test_overdue_and_closed_have_their_tabs(self, staff_client, task):
        Task.objects.update(due_on=NOW.date() - timedelta(days=2))
        assert "overdue since" in text_of(staff_client.get("/tasks/?show=overdue"))
        close_task(task=task, by=None, now=NOW)
        assert names(staff_client.get("/tasks/?show=closed")) == ["Riya Sen"]
        assert "Nothing is overdue." in text_of(staff_client.get("/tasks/?show=overdue"))

    @pytest.mark.parametrize("query", ["", "?show=nonsense", "?page=99", "?page=x", "?show=closed"])
    def test_an_empty_list_says_so(self, staff_client, query):
        response = staff_client.get("/tasks/" + query)
        assert response.status_code == 200
        assert "empty-note" in response.content.decode()

    def test_many_tasks_take_as_many_queries_as_one(self, staff_client, coordinator, django_assert_max_num_queries):
        for number in range(60):
            raise_task(learner=LearnerFactory(owner=coordinator), cause="help", goal=f"lesson:{number}", now=NOW)
        with django_assert_max_num_queries(8):
            assert len(names(staff_client.get("/tasks/"))) == 50


class TestPage:
    def test_it_says_why_how_to_begin_and_where_to_call(self, coordinator_client, coordinator, task):
        coordinator.first_name = "Maya"
        coordinator.save()
        page = text_of(coordinator_client.get(address(task)))
        assert "The learner asked for help." in page
        assert "Hi Riya, this is Maya from Python Basics. You told us that you need help" in page
        assert 'href="tel:+8801712345678"' in page

    def test_it_ends_a_sentence_as_the_readers_language_does(self, coordinator_client, task):
        page = text_of(coordinator_client.get(address(task), headers={"Accept-Language": "bn"}))
        assert "শিক্ষার্থী সাহায্য চেয়েছেন।" in page

    def test_history_has_messages_answers_and_earlier_tries(self, coordinator_client, learner, task):
        NudgeFactory(learner=learner, state=State.SENT, due_at=NOW, type="kudos")
        Reply.objects.create(learner=learner, channel="sms", kind="text", text="I was ill", at=NOW)
        coordinator_client.post(address(task, "task_outcome"), {"outcome": "voicemail", "note": "Mailbox full"})
        page = text_of(coordinator_client.get(address(task)))
        assert all(words in page for words in ("Kudos", "I was ill", "Voicemail", "Mailbox full"))

    def test_htmx_gets_the_drawer_and_both_are_kept_apart(self, coordinator_client, task):
        response = coordinator_client.get(address(task), headers=HTMX)
        assert "<html" not in response.content.decode()
        assert "HX-Request" in response["Vary"]

    def test_every_outcome_has_its_key(self, coordinator_client, task):
        page = coordinator_client.get(address(task)).content.decode()
        assert [key for key in "rvwpn" if f'data-key="{key}"' not in page] == []

    def test_it_takes_few_queries_however_long_the_history(
        self, coordinator_client, learner, task, django_assert_max_num_queries
    ):
        for _number in range(30):
            NudgeFactory(learner=learner, state=State.SENT, due_at=NOW)
            Reply.objects.create(learner=learner, channel="sms", kind="text", at=NOW)
            TaskEvent.objects.create(task=task, kind="note", note="Hm")
        with django_assert_max_num_queries(13):
            coordinator_client.get(address(task))

    def test_one_that_is_not_there_is_not_found(self, coordinator_client):
        assert coordinator_client.get("/tasks/00000000-0000-0000-0000-000000000001/").status_code == 404

    def test_a_wrong_number_comes_with_advice_until_one_is_verified(self, coordinator_client, learner, task):
        ContactPreferenceFactory(learner=learner, channel="sms")
        coordinator_client.post(address(task, "task_outcome"), {"outcome": "wrong_number"})
        assert "This number was not theirs" in text_of(coordinator_client.get(address(task)))
        learner.preferences.update(verified_at=NOW)
        assert "This number was not theirs" not in text_of(coordinator_client.get(address(task)))


class TestOutcome:
    def test_the_next_task_opens(self, coordinator_client, coordinator, task):
        other = raise_task(learner=LearnerFactory(owner=coordinator), cause="help", now=NOW)
        response = coordinator_client.post(address(task, "task_outcome"), {"outcome": "reached"})
        assert response["Location"] == address(other)
        assert "Riya Sen: You reached each other" in text_of(coordinator_client.get(response["Location"]))

    def test_after_the_last_one_the_list_says_so_and_the_drawer_stays(self, coordinator_client, coordinator, task):
        response = coordinator_client.post(address(task, "task_outcome") + "?show=all", {"outcome": "reached"})
        assert response["Location"] == "/tasks/?show=all"
        assert "That was the last one due today." in text_of(coordinator_client.get("/tasks/?show=all"))
        other = raise_task(learner=LearnerFactory(owner=coordinator), cause="help", now=NOW)
        response = coordinator_client.post(address(other, "task_outcome"), {"outcome": "voicemail"}, headers=HTMX)
        assert response["Location"] == address(other)

    def test_a_promise_without_its_day_comes_back(self, coordinator_client, task):
        response = coordinator_client.post(address(task, "task_outcome"), {"outcome": "promised", "note": "Soon"})
        assert response.status_code == 422
        assert "Which day did they promise?" in text_of(response)
        assert "Soon" in response.content.decode()

    def test_a_promise_is_due_on_its_day(self, coordinator_client, task):
        coordinator_client.post(
            address(task, "task_outcome"), {"outcome": "promised", "promised_on": "2099-01-05", "note": ""}
        )
        task.refresh_from_db()
        assert task.due_on == date(2099, 1, 5)

    @pytest.mark.parametrize("outcome", ["", "sang"])
    def test_no_outcome_is_refused(self, coordinator_client, task, outcome):
        assert coordinator_client.post(address(task, "task_outcome"), {"outcome": outcome}).status_code == 422

    def test_the_same_form_twice_counts_once(self, coordinator_client, task):
        for _time in range(2):
            coordinator_client.post(address(task, "task_outcome"), {"outcome": "voicemail", "tries": "0"})
        task.refresh_from_db()
        assert task.tries == 1

    def test_a_task_that_somebody_closed_says_so(self, coordinator_client, task):
        close_task(task=task, by=None, now=NOW)
        response = coordinator_client.post(address(task, "task_outcome"), {"outcome": "reached"}, follow=True)
        assert "Somebody has closed this task already." in text_of(response)

    def test_reloading_the_forms_address_leads_to_the_task(self, coordinator_client, task):
        for page in ("task_outcome", "task_hand_over", "task_note", "task_close"):
            assert coordinator_client.get(address(task, page))["Location"] == address(task)


class TestOtherActions:
    def test_it_is_handed_over_with_a_note(self, coordinator_client, task, staff):
        response = coordinator_client.post(
            address(task, "task_hand_over"), {"to": staff.pk, "note": "You know her"}, follow=True
        )
        task.refresh_from_db()
        assert task.owner == staff
        assert "You know her" in text_of(response)

    def test_only_who_may_open_tasks_can_be_given_one(self, coordinator_client, task, ops):
        assert coordinator_client.post(address(task, "task_hand_over"), {"to": ops.pk}).status_code == 422

    def test_a_note_is_added_and_an_empty_one_refused(self, coordinator_client, task):
        assert "After six" in text_of(
            coordinator_client.post(address(task, "task_note"), {"note": "After six"}, follow=True)
        )
        assert coordinator_client.post(address(task, "task_note"), {"note": " "}).status_code == 422

    def test_it_is_closed_without_a_talk(self, coordinator_client, coordinator, task):
        coordinator_client.post(address(task, "task_close"))
        task.refresh_from_db()
        assert task.closed_by == coordinator


class TestNotices:
    def test_the_menu_counts_them_and_opening_one_is_seeing_it(self, coordinator_client, coordinator, task):
        page = coordinator_client.get("/tasks/notices/")
        assert "notice-count" in page.content.decode()
        notice = Notice.objects.get(user=coordinator)
        response = coordinator_client.post(reverse("nudges:open_notice", args=[notice.pk]))
        assert response["Location"] == address(task)
        assert "notice-count" not in coordinator_client.get("/tasks/notices/").content.decode()

    def test_another_users_notice_is_not_found(self, staff_client, coordinator, task):
        notice = Notice.objects.get(user=coordinator)
        assert staff_client.post(reverse("nudges:open_notice", args=[notice.pk])).status_code == 404
        notice.refresh_from_db()
        assert notice.seen_at is None

    def test_all_are_seen_at_once_and_only_ones_own(self, staff_client, coordinator, staff, task):
        raise_task(learner=LearnerFactory(owner=staff), cause="help", now=NOW)
        staff_client.post(reverse("nudges:see_notices"))
        assert list(Notice.objects.filter(seen_at=None).values_list("user", flat=True)) == [coordinator.pk]

    def test_without_any_the_page_says_when_there_will_be(self, staff_client):
        assert "No notices yet." in text_of(staff_client.get("/tasks/notices/"))


def test_ops_see_no_tasks(client, ops, task):
    client.force_login(ops)
    for path in ("/tasks/", address(task), "/tasks/notices/"):
        assert client.get(path).status_code == 403
