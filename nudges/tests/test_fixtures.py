"""What comes with the product obeys the product's own rules."""

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from django.conf import settings
from django.core.management import call_command

from learners.channels import Channel
from nudges.facts import sample_facts, unknown_facts
from nudges.models import FallbackTemplate, NudgeType, Prompt
from nudges.placeholders import PLACEHOLDERS, names_in
from nudges.writers.draft_rules import Author, check_draft

ROWS = [
    row["fields"]
    for row in json.loads((settings.BASE_DIR / "fixtures" / "fallback_templates.json").read_text(encoding="utf-8"))
]
TASKS = [row for row in ROWS if "-task-" in row["slug"]]
LONG = replace(
    sample_facts(),
    first_name="Venkatanarasimharaju",
    program="Foundations of Data Analysis and Visualisation",
    coordinator="Dr Mitali Sengupta Chowdhury",
    link="https://learn.example.org/courses/foundations-of-data-analysis/",
    task="Cleaning a table: what is missing, doubled or out of place",
    deadline="29 সেপ্টেম্বর, 18:00",
    minutes=120,
)
OF_A_TASK = {"task", "deadline", "minutes"}
KNOWN_TASK = {"task": "Loops", "deadline": "today", "minutes": 20}  # a text that names a task is for those who have one


@pytest.mark.parametrize("row", ROWS, ids=[row["slug"] for row in ROWS])
def test_a_template_passes_every_rule_for_every_kind_of_learner(row):
    nothing_but_the_task = replace(
        unknown_facts(row["language"]),
        **{name: KNOWN_TASK[name] for name in OF_A_TASK.intersection(names_in(row["subject"] + row["body"]))},
    )
    for facts in (sample_facts(), LONG, nothing_but_the_task):
        problems = check_draft(
            subject=row["subject"],
            body=row["body"],
            channel=row["channel"],
            language=row["language"],
            facts=facts,
            link_hosts=frozenset({"learn.example.org", "127.0.0.1:8000"}),
            author=Author.TEMPLATE,
        )
        assert problems == []


@pytest.mark.parametrize("row", ROWS, ids=[row["slug"] for row in ROWS])
def test_a_template_greets_links_once_is_signed_and_needs_no_fact_that_may_be_absent_but_a_task(row):
    names = names_in(row["body"])
    signed = row["body"].endswith("{coordinator}")

    assert {"first_name", "link", "coordinator"} <= set(names)
    assert row["body"].count("{link}") == 1
    assert signed or row["channel"] == Channel.WHATSAPP
    absent = {name for name in names + names_in(row["subject"]) if PLACEHOLDERS[name].may_be_absent}
    assert absent <= (OF_A_TASK if "-task-" in row["slug"] else set())
    assert bool(row["subject"]) == (row["channel"] == Channel.EMAIL)


@pytest.mark.parametrize("row", TASKS, ids=lambda row: row["slug"])
def test_reminder_of_a_task_names_it_its_deadline_and_its_minutes_where_they_are_known(row):
    named = OF_A_TASK.intersection(names_in(row["body"]))
    assert named == (OF_A_TASK if "-minutes-" in row["slug"] else {"task", "deadline"})


def test_reminders_of_a_task_take_turns_on_every_channel():
    texts = Counter((row["channel"], row["language"], "-minutes-" in row["slug"]) for row in TASKS)
    assert set(texts) == set(product(Channel.values, dict(settings.LANGUAGES), (True, False)))
    assert set(texts.values()) == {4}
    assert len({row["body"] for row in TASKS}) == len(TASKS)


@pytest.mark.parametrize("row", ROWS, ids=[row["slug"] for row in ROWS])
def test_whatsapp_alone_has_texts_under_names_of_the_provider(row):
    assert bool(row.get("provider_template")) == (row["channel"] == Channel.WHATSAPP)


@pytest.mark.parametrize("row", [row for row in ROWS if row["channel"] == "whatsapp"], ids=lambda row: row["slug"])
def test_text_for_whatsapp_can_be_approved(row):
    """Meta refuses a template that begins or ends with a variable, and names of other letters than these."""
    assert not re.search(r"\A\{|\}\Z", row["body"])
    assert re.fullmatch(r"[a-z0-9_]{1,512}", row["provider_template"])


def test_names_of_the_provider_are_of_one_text_each():
    names = [row["provider_template"] for row in ROWS if row["channel"] == "whatsapp"]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", [row for row in ROWS if row["language"] == "en"], ids=lambda row: row["slug"])
def test_no_sentence_begins_with_a_program_that_may_be_unnamed(row):
    assert not re.search(r"(^|[.!?:]\s+|\n)\{program\}", row["subject"] + "\n" + row["body"])


def test_there_is_a_template_for_every_channel_type_and_language():
    covered = {(row["channel"], row["type"], row["language"]) for row in ROWS}

    assert covered == set(product(Channel.values, NudgeType.values, dict(settings.LANGUAGES)))


@pytest.mark.django_db
def test_loading_twice_does_no_harm():
    own = FallbackTemplate.objects.create(slug="our-own", channel="sms", type="kudos", language="en", body="Well done")

    for _ in range(2):
        call_command("loaddata", "fallback_templates", "prompts", verbosity=0)

    assert FallbackTemplate.objects.count() == len(ROWS) + 1
    assert Prompt.objects.count() == 3
    own.refresh_from_db()
    assert own.body == "Well done"
