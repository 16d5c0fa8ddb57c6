import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from learners.tests.factories import LearnerFactory
from learners.zones import site_day
from nudges import batches
from nudges.batches.lifecycle import SWITCHED_OFF
from nudges.campaigns import services
from nudges.campaigns.approval import is_approved, texts_of_campaign, unapproved_among
from nudges.campaigns.services import (
    CampaignNotReady,
    approve,
    change_words,
    create_campaign,
    delete_campaign,
    run_due,
    run_now,
    switch_off,
    switch_on,
    update_campaign,
    why_not_ready,
    write_campaign,
)
from nudges.models import Campaign, NudgeBatch, Segment
from nudges.services import TextRefused
from nudges.tests.factories import FallbackTemplateFactory
from nudges.wordings import digest_of
from nudges.writers import WriterFailed
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)


def a_campaign(*, written: bool = True, approved_by=None, is_on: bool = False, **values) -> Campaign:
    """Of everybody, in the product, from one template; due now."""
    segment, _ = Segment.objects.get_or_create(name="Everybody")
    values = {
        "name": "Come back",
        "segment": segment,
        "type": "reminder",
        "channels": ["in-app"],
        "starts_at": NOW,
    } | values
    campaign = create_campaign(values=values, by=values.pop("owner", None))
    if written or approved_by:
        campaign = write_campaign(campaign=campaign)
    if approved_by:
        campaign = approve(campaign=campaign, digest=digest_of(texts_of_campaign(campaign)), by=approved_by, now=NOW)
    if is_on:
        campaign = switch_on(campaign=campaign, now=NOW - timedelta(minutes=1))
    return campaign


@pytest.fixture
def template():
    return FallbackTemplateFactory(body="Hi {first_name}, shall we go on?")


@pytest.fixture
def ready(template, staff) -> Campaign:
    RiskScoreFactory()
    return a_campaign(approved_by=staff, is_on=True)


def test_a_new_campaign_is_off_holds_some_out_and_has_a_goal_and_chances_of_its_own(coordinator):
    first, second = a_campaign(written=False, owner=coordinator), a_campaign(written=False, name="Other")
    assert not first.is_on
    assert first.holdout_percent == 10
    assert first.goal == f"campaign:{first.pk}"
    assert first.owner == coordinator
    assert first.next_run_at == NOW
    assert first.salt != second.salt


def test_its_texts_are_the_templates_of_its_type(template):
    campaign = a_campaign()
    assert [text.body for text in texts_of_campaign(campaign)] == [template.body]
    assert campaign.texts[0]["template_id"] == template.pk


def test_without_a_template_nothing_is_written_and_nothing_lost():
    campaign = a_campaign(written=False)
    with pytest.raises(WriterFailed):
        write_campaign(campaign=campaign)
    assert Campaign.objects.get().texts == []


# approval


def test_texts_that_nobody_approved_keep_it_off(template):
    campaign = a_campaign()
    assert why_not_ready(campaign) == "Its texts have not been approved yet."
    with pytest.raises(CampaignNotReady):
        switch_on(campaign=campaign, now=NOW)
    assert not Campaign.objects.get().is_on


def test_approved_is_what_was_read_and_nothing_else(template, staff):
    campaign = a_campaign()
    read = digest_of(texts_of_campaign(campaign))
    change_words(campaign=campaign, words={0: ("", "Hi {first_name}, please come back.")})
    with pytest.raises(CampaignNotReady, match="changed since"):
        approve(campaign=campaign, digest=read, by=staff, now=NOW)
    assert not is_approved(Campaign.objects.get())


def test_nothing_can_not_be_approved(staff):
    with pytest.raises(CampaignNotReady):
        approve(campaign=a_campaign(written=False), digest=digest_of([]), by=staff, now=NOW)


def test_a_changed_text_needs_approval_again_and_what_is_on_waits(ready):
    changed = change_words(campaign=ready, words={0: ("", "Hi {first_name}, please come back.")})
    assert not is_approved(changed)
    assert run_due(NOW) == 0
    assert not NudgeBatch.objects.exists()
    assert Campaign.objects.get().next_run_at == NOW  # and runs once it is approved


def test_what_was_approved_before_needs_no_approval_again(ready):
    other = a_campaign(name="Other")
    assert is_approved(other)
    assert why_not_ready(other) == ""


def test_what_a_campaign_sent_was_approved_whatever_it_says_by_now(ready):
    run_due(NOW)
    NudgeBatch.objects.update(status="done")
    said = texts_of_campaign(ready)
    change_words(campaign=ready, words={0: ("", "Hi {first_name}, please come back.")})
    assert unapproved_among(said) == []


def test_a_new_version_of_a_template_is_a_new_text(ready, template):
    template.body = "Hi {first_name}, here is something else."
    template.save()
    assert not is_approved(a_campaign(name="Other"))


def test_the_same_words_on_another_channel_are_not_approved(ready, template):
    FallbackTemplateFactory(channel="sms", body=template.body)
    assert not is_approved(a_campaign(name="Other", channels=["sms"]))


def test_words_that_no_learner_may_read_are_refused(ready):
    with pytest.raises(TextRefused):
        change_words(campaign=ready, words={0: ("", "You are at risk of failing, {first_name}.")})
    assert is_approved(Campaign.objects.get())


# changes


def test_another_name_or_audience_needs_no_new_texts(ready):
    other = Segment.objects.create(name="High", query="level=high")
    changed = update_campaign(campaign=ready, values={"name": "New name", "segment": other}, now=NOW)
    assert changed.is_on
    assert is_approved(changed)
    assert changed.salt == ready.salt


@pytest.mark.parametrize(
    "values",
    [{"type": "kudos"}, {"channels": ["email"]}, {"language": "bn"}, {"goal": "lesson:7"}, {"has_two_messages": True}],
)
def test_another_kind_of_message_needs_new_texts_and_switches_off(ready, values):
    changed = update_campaign(campaign=ready, values=values, now=NOW)
    assert not changed.is_on
    assert changed.texts == []


def test_an_edit_does_not_lose_the_run_that_is_due(ready):
    assert update_campaign(campaign=ready, values={"name": "New"}, now=NOW + DAY).next_run_at == NOW


# runs


def test_a_due_campaign_makes_one_batch_with_all_its_settings(ready):
    assert run_due(NOW) == 1
    batch = NudgeBatch.objects.get()
    assert batch.status == "scheduled"
    assert (batch.campaign, batch.origin, batch.goal) == (ready, "campaign", f"campaign:{ready.pk}")
    assert batch.day == NOW.astimezone(UTC).date()
    for name in ("type", "channels", "holdout_percent", "salt", "window_from", "usual_hour", "rollout_percent"):
        assert getattr(batch, name) == getattr(ready, name), name
    assert batch.audience["query"] == ""
    assert [wording.body for wording in batch.wordings.all()] == [text["body"] for text in ready.texts]
    assert batch.starts_at <= timezone.now()


def test_asked_twice_it_runs_once_and_a_one_off_is_done(ready):
    assert (run_due(NOW), run_due(NOW), run_due(NOW + 2 * DAY)) == (1, 0, 0)
    assert Campaign.objects.get().next_run_at is None
    assert NudgeBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "now"),
    [({}, NOW - timedelta(seconds=1)), ({"is_on": False}, NOW), ({"segment": None}, NOW), ({"texts": []}, NOW)],
)
def test_what_is_not_due_off_or_not_ready_does_not_run(ready, change, now):
    Campaign.objects.update(**change)
    assert run_due(now) == 0
    assert not NudgeBatch.objects.exists()


def test_the_campaign_of_the_reminders_is_none_of_ours(ready):
    Campaign.objects.update(is_reminder=True)
    assert run_due(NOW) == 0


def test_after_downtime_there_is_one_run_and_the_next_lies_ahead(ready):
    update_campaign(campaign=ready, values={"recurrence": "daily", "starts_at": NOW - 30 * DAY}, now=NOW - 6 * DAY)
    assert run_due(NOW + timedelta(hours=1)) == 1
    assert Campaign.objects.get().next_run_at == NOW + DAY
    assert run_due(NOW + timedelta(hours=2)) == 0


def test_every_day_has_a_batch_and_the_same_learners_are_held_out(ready):
    update_campaign(campaign=ready, values={"recurrence": "daily"}, now=NOW - DAY)
    assert run_due(NOW) == 1
    assert run_due(NOW + DAY) == 1
    assert len(set(NudgeBatch.objects.values_list("day", flat=True))) == 2
    assert set(NudgeBatch.objects.values_list("salt", flat=True)) == {ready.salt}


def test_a_filter_that_can_not_be_read_any_more_sends_to_nobody(ready):
    Segment.objects.update(query="program=999")
    assert run_due(NOW) == 0
    assert "can’t be read" in why_not_ready(Campaign.objects.get())


def test_one_that_breaks_does_not_hold_up_the_others(ready, staff, monkeypatch):
    a_campaign(name="Other", is_on=True)
    made = services.draft_run

    def make(campaign, **kwargs):
        if campaign == ready:
            raise RuntimeError("a bug")
        return made(campaign, **kwargs)

    monkeypatch.setattr(services, "draft_run", make)
    assert run_due(NOW) == 1
    assert Campaign.objects.get(pk=ready.pk).next_run_at == NOW


def test_a_one_off_that_was_run_by_hand_before_its_time_does_not_run_again(template, staff):
    campaign = a_campaign(approved_by=staff, is_on=True, starts_at=NOW + DAY)
    run_now(campaign=campaign, by=staff, now=NOW)
    assert Campaign.objects.get().next_run_at is None
    switch_on(campaign=switch_off(campaign=campaign), now=NOW)
    assert run_due(NOW + 2 * DAY) == 0
    assert NudgeBatch.objects.count() == 1


def test_run_now_leaves_time_to_take_it_back_and_runs_once_a_day(ready, coordinator):
    batch = run_now(campaign=ready, by=coordinator, now=NOW)
    assert batch.starts_at > timezone.now()
    assert batch.started_by == coordinator
    with pytest.raises(CampaignNotReady, match="today already"):
        run_now(campaign=ready, by=coordinator, now=NOW)
    assert run_due(NOW) == 0  # the day's run was by hand
    assert NudgeBatch.objects.count() == 1


def test_a_run_that_was_taken_back_can_be_run_again_by_hand_alone(ready, coordinator):
    batches.undo(run_now(campaign=ready, by=coordinator, now=NOW))
    assert run_due(NOW) == 0
    again = run_now(campaign=ready, by=coordinator, now=NOW)
    assert again.status == "scheduled"
    assert NudgeBatch.objects.count() == 1


def test_what_is_off_does_not_run_by_hand_either(ready, coordinator):
    switch_off(campaign=ready)
    with pytest.raises(CampaignNotReady, match="switched off"):
        run_now(campaign=ready, by=coordinator, now=NOW)


# the switch


def test_switching_off_holds_what_runs_and_switching_on_lets_it_go_on(ready):
    run_due(NOW)
    NudgeBatch.objects.update(status="running", rollout_percent=10)
    switch_off(campaign=ready)
    batch = NudgeBatch.objects.get()
    assert (batch.status, batch.halted_because) == ("paused", SWITCHED_OFF)
    switch_on(campaign=ready, now=NOW)
    batch.refresh_from_db()
    assert (batch.status, batch.halted_because) == ("running", "")
    assert batch.released_at is None  # the rest of the rollout waits as it did


def test_what_the_switch_holds_goes_on_by_the_switch_alone(ready, coordinator_client):
    run_due(NOW)
    NudgeBatch.objects.update(status="running")
    switch_off(campaign=ready)
    batch = NudgeBatch.objects.get()
    with pytest.raises(batches.TooLate, match="switched off"):
        batches.resume(batch)
    page = coordinator_client.get(f"/nudges/batches/{batch.uuid}/").content.decode()
    assert 'id="batch-resume"' not in page
    assert "the campaign is switched off" in page


def test_switching_off_takes_back_what_has_not_begun(ready):
    run_due(NOW)
    switch_off(campaign=ready)
    batch = NudgeBatch.objects.get()
    assert (batch.status, batch.halted_because) == ("draft", SWITCHED_OFF)
    switch_on(campaign=ready, now=NOW)
    batch.refresh_from_db()
    assert (batch.status, batch.halted_because) == ("scheduled", "")


def test_what_a_limit_or_a_person_paused_stays_paused_when_switched_on(ready):
    run_due(NOW)
    NudgeBatch.objects.update(status="paused", halted_because="opt_outs")
    switch_off(campaign=ready)
    switch_on(campaign=ready, now=NOW)
    batch = NudgeBatch.objects.get()
    assert (batch.status, batch.halted_because) == ("paused", "opt_outs")


def test_days_on_which_it_was_off_are_not_made_up_for(ready):
    update_campaign(campaign=ready, values={"recurrence": "daily"}, now=NOW - DAY)
    switch_off(campaign=ready)
    switch_on(campaign=ready, now=NOW + 3 * DAY + timedelta(hours=1))
    assert run_due(NOW + 3 * DAY + timedelta(hours=1)) == 0
    assert Campaign.objects.get().next_run_at == NOW + 4 * DAY


def test_only_one_that_never_ran_can_be_deleted(ready):
    delete_campaign(a_campaign(name="Other"))
    run_due(NOW)
    with pytest.raises(CampaignNotReady):
        delete_campaign(ready)
    assert Campaign.objects.get() == ready


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_make_one_batch(template, staff):
    a_campaign(approved_by=staff, is_on=True)
    began, start = [], threading.Barrier(2)

    def schedule():
        try:
            start.wait(timeout=10)
            began.append(run_due(NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=schedule) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(began) == [0, 1]
    assert NudgeBatch.objects.count() == 1


def test_a_learner_who_joins_the_segment_is_meant_by_the_next_run(ready):
    joined = LearnerFactory()
    RiskScoreFactory(learner=joined)
    assert joined in services.audience_of(ready).learners(None)


def test_the_day_is_the_sites(ready):
    late = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    assert site_day(late).isoformat() == "2026-11-20"
