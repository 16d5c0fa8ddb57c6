"""What comes with the product obeys the product's own rules."""

import json
import re
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
LONG = replace(
    sample_facts(),
    first_name="Venkatanarasimharaju",
    program="Foundations of Data Analysis and Visualisation",
    coordinator="Dr Mitali Sengupta Chowdhury",
    link="https://learn.example.org/courses/foundations-of-data-analysis/",
)


@pytest.mark.parametrize("row", ROWS, ids=[row["slug"] for row in ROWS])
def test_a_template_passes_every_rule_for_every_kind_of_learner(row):
    for facts in (sample_facts(), LONG, unknown_facts(row["language"])):
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
def test_a_template_greets_links_once_is_signed_and_needs_no_fact_that_may_be_absent(row):
    names = names_in(row["body"])

    assert {"first_name", "link", "coordinator"} <= set(names)
    assert row["body"].count("{link}") == 1
    assert row["body"].endswith("{coordinator}")
    assert not any(PLACEHOLDERS[name].may_be_absent for name in names + names_in(row["subject"]))
    assert bool(row["subject"]) == (row["channel"] == Channel.EMAIL)


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
    assert Prompt.objects.count() == 2
    own.refresh_from_db()
    assert own.body == "Well done"
