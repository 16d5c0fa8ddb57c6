import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from learners.tests.factories import ContactPreferenceFactory
from nudges import batches
from nudges.campaigns.approval import texts_of_campaign
from nudges.campaigns.services import approve, create_campaign, run_now, switch_on, write_campaign
from nudges.models import Campaign, NudgeBatch, Segment
from nudges.tests.factories import FallbackTemplateFactory
from nudges.wordings import digest_of
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
NOW = timezone.now()


def at(name: str, *args) -> str:
    return reverse(f"campaigns:{name}", args=args)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.fixture
def learners():
    FallbackTemplateFactory(body="Hi {first_name}!")
    return [
        RiskScoreFactory(learner__name=name, inputs_known=4).learner for name in ("Aman Rao", "Riya Sen", "Sana Ali")
    ]


@pytest.fixture
def everybody() -> Segment:
    return Segment.objects.create(name="Everybody")


@pytest.fixture
def campaign(learners, everybody) -> Campaign:
    values = {
        "name": "Come back", "segment": everybody, "type": "reminder", "channels": ["in-app"], "starts_at": NOW,
        "holdout_percent": 0, "window_from": 0, "window_until": 24,
    }  # fmt: skip
    return write_campaign(campaign=create_campaign(values=values, by=None))


@pytest.fixture
def running(campaign, staff) -> Campaign:
    digest = digest_of(texts_of_campaign(campaign))
    return switch_on(campaign=approve(campaign=campaign, digest=digest, by=staff, now=NOW), now=NOW)


@pytest.fixture
def filled_in(everybody) -> dict[str, str]:
    """The form as a coordinator leaves it when only the name and the audience matter."""
    return {
        "name": "Come back", "segment": str(everybody.pk), "goal": "", "type": "reminder", "channel_1": "email",
        "channel_2": "in-app", "channel_3": "", "channel_4": "", "language": "", "source": "template",
        "holdout_percent": "10", "window_from": "9", "window_until": "20", "usual_hour": "17", "learns_hours": "on",
        "rollout_percent": "10", "rollout_hours": "24", "max_opt_out_percent": "1", "max_complaint_percent": "0.3",
        "max_failure_percent": "10", "recurrence": "weekly", "starts_at": "2027-01-04T09:00",
    }  # fmt: skip


# segments


def test_a_segment_begins_with_what_the_board_shows(coordinator_client, learners):
    page = coordinator_client.get(at("new_segment"), {"q": "riya", "order": "name", "level": "medium"})
    assert "1 learner matches" in text_of(page)
    assert b'value="riya"' in page.content
    assert b'value="medium" checked' in page.content


def test_saving_keeps_the_filter_and_not_the_rest_of_the_form(coordinator_client, coordinator):
    data = {"name": "Gone quiet", "unseen_days": "7", "completed_below": "", "owner": "me", "q": ""}
    assert coordinator_client.post(at("new_segment"), data).status_code == 302
    segment = Segment.objects.get()
    assert (segment.name, segment.owner) == ("Gone quiet", coordinator)
    assert segment.query == f"owner={coordinator.pk}&unseen_days=7"


def test_one_that_can_not_be_read_is_not_saved_and_says_why(coordinator_client, learners):
    page = coordinator_client.post(at("new_segment"), {"name": "Quiet", "unseen_days": "0"})
    assert page.status_code == 422
    assert "Nobody is selected" in text_of(page)
    assert "greater than or equal to 1" in text_of(page)
    assert not Segment.objects.exists()


def test_two_segments_have_two_names(coordinator_client, everybody):
    page = coordinator_client.post(at("new_segment"), {"name": "Everybody", "q": ""})
    assert page.status_code == 422
    assert Segment.objects.count() == 1


def test_a_segment_is_changed(coordinator_client, coordinator, everybody):
    page = coordinator_client.get(at("segment", everybody.pk))
    assert page.status_code == 200
    coordinator_client.post(at("segment", everybody.pk), {"name": "All", "speaks": "bn"})
    everybody.refresh_from_db()
    assert (everybody.name, everybody.query) == ("All", "speaks=bn")


def test_ones_own_learners_stay_ones_own_when_a_segment_is_opened_and_saved(coordinator_client, coordinator):
    mine = Segment.objects.create(name="Mine", query=f"owner={coordinator.pk}")
    assert b'<option value="me" selected>' in coordinator_client.get(at("segment", mine.pk)).content


def test_a_count_follows_the_form_and_says_what_it_can_not_read(coordinator_client, learners):
    assert "3 learners match" in text_of(coordinator_client.get(at("segment_count"), {"name": "x", "q": ""}))
    assert "Unknown" not in text_of(coordinator_client.get(at("segment_count"), {"level": "low"}))
    assert "1" in text_of(coordinator_client.get(at("segment_count"), {"quiz_below": "101"}))
    assert "Quiz average" in text_of(coordinator_client.get(at("segment_count"), {"quiz_below": "101"}))


def test_a_segment_that_a_campaign_needs_stays(coordinator_client, campaign, everybody):
    page = coordinator_client.post(at("segment_delete", everybody.pk), follow=True)
    assert "“Everybody” stays: it is the audience of Come back." in text_of(page)
    assert Segment.objects.exists()


def test_a_segment_that_nobody_needs_goes(coordinator_client, everybody):
    page = coordinator_client.post(at("segment_delete", everybody.pk), follow=True)
    assert "is deleted" in text_of(page)
    assert not Segment.objects.exists()


def test_the_list_of_segments_says_whom_they_mean_and_what_can_not_be_read(coordinator_client, campaign):
    Segment.objects.create(name="Quiet", query="unseen_days=7&level=high")
    Segment.objects.create(name="Broken", query="program=999")
    words = text_of(coordinator_client.get(at("segments")))
    assert "risk: High · not seen for 7 days" in words
    assert "Everybody All learners" in words
    assert "Select a valid choice" in words
    assert "Come back" in words


def test_pages_without_any_rows_explain_themselves(coordinator_client):
    assert "No segment yet." in text_of(coordinator_client.get(at("segments")))
    words = text_of(coordinator_client.get(at("list")))
    assert "No campaign yet." in words
    assert "First say whom it is for" in words


# the form


def test_a_campaign_is_set_up_with_its_texts_written(coordinator_client, coordinator, learners, filled_in):
    FallbackTemplateFactory(channel="email", subject="Hello", body="Dear {first_name}, go on: {link}")
    page = coordinator_client.post(at("new"), filled_in, follow=True)
    campaign = Campaign.objects.get()
    assert campaign.channels == ["email", "in-app"]
    assert (campaign.owner, campaign.is_on, campaign.recurrence) == (coordinator, False, "weekly")
    assert {text.channel for text in texts_of_campaign(campaign)} == {"email", "in-app"}
    words = text_of(page)
    assert "Every Monday at 09:00, those of “Everybody” (All learners) get one reminder by Email, else In-app" in words
    assert "10% get nothing, by chance" in words
    assert "Its texts have not been approved yet." in words


def test_without_a_template_it_is_kept_and_says_what_is_missing(coordinator_client, filled_in):
    page = coordinator_client.post(at("new"), filled_in, follow=True)
    assert Campaign.objects.exists()
    assert "It has no texts yet." in text_of(page)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("name", "", "required"),
        ("segment", "", "required"),
        ("segment", "99", "valid choice"),
        ("channel_2", "email", "stands above already"),
        ("channel_1", "", "required"),
        ("goal", "lesson:99", "valid choice"),
        ("window_until", "9", "later than"),
        ("usual_hour", "21", "between"),
        ("holdout_percent", "51", "less than or equal to 50"),
        ("max_opt_out_percent", "101", "less than or equal to 100"),
        ("rollout_percent", "0", "greater than or equal to 1"),
        ("starts_at", "soon", "valid date"),
        ("recurrence", "hourly", "valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_in_its_place(coordinator_client, learners, filled_in, field, value, problem):
    page = coordinator_client.post(at("new"), filled_in | {field: value})
    assert page.status_code == 422
    assert problem in text_of(page)
    assert not Campaign.objects.exists()


def test_the_form_says_for_how_many_it_is_and_what_ai_would_cost(coordinator_client, learners, everybody):
    given = {"segment": everybody.pk, "channel_1": "in-app", "channel_2": "email", "source": "ai"}
    words = text_of(coordinator_client.get(at("audience"), given))
    assert "3 learners match" in words
    assert "AI writes 2 texts for all of them" in words
    assert "no key for AI" in words
    assert "AI writes" not in text_of(coordinator_client.get(at("audience"), given | {"source": "template"}))
    assert "Choose a segment" in text_of(coordinator_client.get(at("audience"), {"segment": "x"}))


def test_a_change_that_needs_other_texts_writes_them(coordinator_client, campaign, filled_in):
    FallbackTemplateFactory(type="kudos", body="Well done, {first_name}!")
    data = filled_in | {"type": "kudos", "channel_1": "in-app", "channel_2": "", "name": "Well done"}
    coordinator_client.post(at("edit", campaign.uuid), data)
    campaign.refresh_from_db()
    assert campaign.name == "Well done"
    assert [text.body for text in texts_of_campaign(campaign)] == ["Well done, {first_name}!"]


def test_a_running_campaign_says_what_a_change_means(coordinator_client, running):
    assert "This campaign is on." in text_of(coordinator_client.get(at("edit", running.uuid)))


# both sides, and the exact text


def test_both_sides_are_counted_with_reasons_and_names(coordinator_client, campaign, learners):
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    words = text_of(coordinator_client.get(at("sides", campaign.uuid), **HTMX))
    assert "2 get it 1 does not" in words
    assert "1 Has not agreed to messages on this channel. Riya Sen" in words
    assert not NudgeBatch.objects.exists()


def test_anybodys_message_can_be_read_by_place_or_by_name(coordinator_client, campaign):
    assert "Hi Aman!" in text_of(coordinator_client.get(at("reading", campaign.uuid), **HTMX))
    assert "Hi Riya!" in text_of(coordinator_client.get(at("reading", campaign.uuid), {"position": "1"}))
    assert "Hi Sana!" in text_of(coordinator_client.get(at("reading", campaign.uuid), {"name": "sana"}))
    assert "Hi Sana!" in text_of(coordinator_client.get(at("reading", campaign.uuid), {"position": "999"}))
    assert "Nobody of this name" in text_of(coordinator_client.get(at("reading", campaign.uuid), {"name": "zoë"}))


def test_who_would_not_get_it_is_told_why(coordinator_client, campaign, learners):
    ContactPreferenceFactory(learner=learners[0], channel="in-app", allowed=False)
    words = text_of(coordinator_client.get(at("reading", campaign.uuid)))
    assert "Would not get it: Has not agreed to messages on this channel." in words


def test_without_texts_and_without_learners_the_page_says_so(coordinator_client, everybody, campaign):
    Segment.objects.update(query="speaks=bn")
    assert "Nobody matches" in text_of(coordinator_client.get(at("sides", campaign.uuid)))
    assert "Nobody matches" in text_of(coordinator_client.get(at("reading", campaign.uuid)))
    Campaign.objects.update(texts=[])
    assert "It has no texts yet." in text_of(coordinator_client.get(at("sides", campaign.uuid)))
    write_campaign(campaign=campaign)
    Segment.objects.update(query="program=99")
    assert "can’t be read any more" in text_of(coordinator_client.get(at("sides", campaign.uuid)))


# approval and the switch


def test_only_staff_approve(coordinator_client, campaign):
    data = {"digest": digest_of(texts_of_campaign(campaign))}
    assert coordinator_client.post(at("approve", campaign.uuid), data).status_code == 403
    page = text_of(coordinator_client.get(at("campaign", campaign.uuid)))
    assert "Somebody of the staff has to read and approve" in page
    assert "Approve exactly these texts" not in page


def test_staff_approve_what_they_read(staff_client, campaign):
    page = staff_client.get(at("campaign", campaign.uuid))
    digest = re.search(r'name="digest" value="(\w+)"', page.content.decode())[1]
    page = staff_client.post(at("approve", campaign.uuid), {"digest": digest}, follow=True)
    assert "Approved by staff" in text_of(page)
    refused = staff_client.post(at("approve", campaign.uuid), {"digest": "another"}, follow=True)
    assert "The texts have changed since you opened this page." in text_of(refused)


def test_it_is_switched_on_and_off(coordinator_client, running):
    page = coordinator_client.post(at("switch", running.uuid), {"on": "0"}, follow=True)
    assert "is off. Nothing more of it leaves." in text_of(page)
    page = coordinator_client.post(at("switch", running.uuid), {"on": "1"}, follow=True)
    assert "is on." in text_of(page)
    assert Campaign.objects.get().is_on


def test_what_is_not_approved_can_not_be_switched_on(coordinator_client, campaign):
    page = coordinator_client.post(at("switch", campaign.uuid), {"on": "1"}, follow=True)
    assert "Its texts have not been approved yet." in text_of(page)
    assert not Campaign.objects.get().is_on


def test_texts_are_changed_by_hand_and_wait_for_approval(coordinator_client, running):
    page = coordinator_client.post(at("texts", running.uuid), {"0-body": "Dear {first_name}, come back."}, follow=True)
    words = text_of(page)
    assert "Dear {first_name}, come back." in words
    assert "On, and waits" in words
    assert "not approved" in words


def test_a_text_that_may_not_go_out_is_shown_again_with_what_is_wrong(coordinator_client, running):
    page = coordinator_client.post(at("texts", running.uuid), {"0-body": "You are at risk of failing."})
    assert page.status_code == 422
    assert "You are at risk of failing." in text_of(page)
    assert texts_of_campaign(Campaign.objects.get())[0].body == "Hi {first_name}!"


def test_texts_are_written_anew(coordinator_client, campaign):
    assert coordinator_client.post(at("write", campaign.uuid)).status_code == 302
    assert Campaign.objects.get().texts


# runs


def test_a_run_is_taken_back_or_watched_and_held(coordinator_client, running):
    page = coordinator_client.post(at("run", running.uuid), follow=True)
    assert "Today’s run is scheduled." in text_of(page)
    assert "Until then nobody has got anything." in text_of(page)
    batch = NudgeBatch.objects.get()
    coordinator_client.post(at("run_action", running.uuid, batch.uuid, "undo"))
    assert NudgeBatch.objects.get().status == "draft"
    again = coordinator_client.post(at("run", running.uuid), follow=True)
    assert "Today’s run is scheduled." in text_of(again)
    batch = NudgeBatch.objects.get()
    batches.advance(batch.starts_at + timedelta(seconds=1))
    page = coordinator_client.get(at("campaign", running.uuid))
    assert "3 learners: 0 messages went out, 3 still to go." in text_of(page)
    assert b'hx-trigger="every 3s"' in page.content
    coordinator_client.post(at("run_action", running.uuid, batch.uuid, "pause"))
    assert NudgeBatch.objects.get().status == "paused"
    page = coordinator_client.get(at("campaign", running.uuid))
    assert b'hx-trigger="every 3s"' not in page.content
    coordinator_client.post(at("run_action", running.uuid, batch.uuid, "resume"))
    coordinator_client.post(at("run_action", running.uuid, batch.uuid, "cancel"))
    assert NudgeBatch.objects.get().status == "cancelled"
    late = coordinator_client.post(at("run_action", running.uuid, batch.uuid, "undo"), follow=True)
    assert "It was cancelled." in text_of(late)


def test_groups_stand_side_by_side_and_are_called_no_effect(coordinator_client, running):
    Campaign.objects.update(holdout_percent=50, has_two_messages=True)
    batch = run_now(campaign=Campaign.objects.get(), by=None, now=timezone.now())
    batches.advance(batch.starts_at + timedelta(seconds=1))
    words = text_of(coordinator_client.get(at("runs", running.uuid), **HTMX))
    assert "Cannot tell yet." in words
    assert "not an effect" in words


@pytest.mark.parametrize("name", ["campaign", "edit", "texts", "sides", "reading"])
def test_the_reminders_and_what_is_not_there_have_no_page_here(coordinator_client, campaign, name):
    Campaign.objects.update(is_reminder=True)
    assert coordinator_client.get(at(name, campaign.uuid)).status_code == 404


def test_an_action_that_does_not_exist_is_no_page(coordinator_client, running):
    batch = run_now(campaign=running, by=None, now=timezone.now())
    assert coordinator_client.post(at("run_action", running.uuid, batch.uuid, "delete")).status_code == 404
    other = NudgeBatch.objects.create(channel="in-app", type="reminder")
    assert coordinator_client.post(at("run_action", running.uuid, other.uuid, "pause")).status_code == 404


def test_one_that_never_ran_is_deleted(coordinator_client, campaign):
    page = coordinator_client.post(at("delete", campaign.uuid), follow=True)
    assert "is deleted" in text_of(page)
    assert not Campaign.objects.exists()


def test_one_that_ran_stays(coordinator_client, running):
    run_now(campaign=running, by=None, now=timezone.now())
    page = coordinator_client.post(at("delete", running.uuid), follow=True)
    assert "It has run" in text_of(page)


def test_lists_make_as_many_queries_for_many_as_for_one(
    coordinator_client, running, everybody, django_assert_max_num_queries
):
    run_now(campaign=running, by=None, now=timezone.now())
    for number in range(5):
        values = {"name": f"No. {number}", "segment": everybody, "type": "reminder", "channels": ["in-app"]}
        write_campaign(campaign=create_campaign(values=values, by=None))
    with django_assert_max_num_queries(12):
        coordinator_client.get(at("list"))
    with django_assert_max_num_queries(8):
        coordinator_client.get(at("segments"))


def test_the_board_offers_to_save_what_it_shows(coordinator_client, learners):
    assert b"/segments/new/?q=riya" in coordinator_client.get("/", {"q": "riya"}).content
    assert b"/segments/new/" not in coordinator_client.get("/").content
