"""Everything marked for translation is in Bengali, with the same placeholders, in the .po as in the .mo."""

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import translation
from django.utils.formats import date_format

from riskscoring.tests.factories import RiskScoreFactory

ROOT = Path(__file__).parent.parent
APPS = ["activity", "engagement", "jobs", "learners", "nudges", "riskscoring"]
MESSAGES = ROOT / "locale/bn/LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[a-z]|%[a-z%]|\{\w*\}")
ONE_TEXT = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
BENGALI = {"Accept-Language": "bn"}
TO_DO = "Run `make messages`, write the Bengali into locale/bn/LC_MESSAGES/django.po, and run it again."


@dataclass
class Entry:
    """A text of the .po file: msgctxt, msgid, msgid_plural, msgstr or msgstr[0], msgstr[1], as far as it has them."""

    parts: dict[str, str] = field(default_factory=dict)
    is_fuzzy: bool = False

    @property
    def msgid(self) -> str:
        return self.parts["msgid"]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each English form with the Bengali one."""
        if "msgid_plural" not in self.parts:
            return [(self.msgid, self.parts["msgstr"])]
        return [(self.msgid, self.parts["msgstr[0]"]), (self.parts["msgid_plural"], self.parts["msgstr[1]"])]


def read_entries() -> Iterator[Entry]:
    for block in (MESSAGES / "django.po").read_text().split("\n\n"):
        entry, name = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry.is_fuzzy |= line.startswith("#,") and "fuzzy" in line
                continue
            word, text = line.split('"', 1)
            name = word.strip() or name
            entry.parts[name] = entry.parts.get(name, "") + ast.literal_eval(f'"{text}')
        if entry.parts.get("msgid"):  # not the header, nor a block of comments
            yield entry


ENTRIES = list(read_entries())


def texts_in_templates() -> Iterator[str]:
    block = re.compile(r"{% blocktranslate.*?%}(.*?)(?:{% plural %}(.*?))?{% endblocktranslate %}", re.DOTALL)
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        source = path.read_text()
        yield from re.findall(r'{% translate "(.*?)"', source)
        for forms in block.findall(source):
            yield from (re.sub(r"{{ (\w+) }}", r"%(\1)s", text.replace("%", "%%")) for text in forms if text)


def texts_in_python() -> Iterator[str]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                count = 1 if node.func.id in ONE_TEXT else 2 if node.func.id in PLURAL else 0
                for given in node.args[:count]:
                    if isinstance(given, ast.Constant):
                        yield str(given.value)


def test_every_text_has_its_bengali():
    assert len(ENTRIES) > 500
    undone = [entry.msgid for entry in ENTRIES if entry.is_fuzzy or not all(text for _english, text in entry.pairs)]
    assert not undone, TO_DO


def test_bengali_keeps_every_placeholder():
    changed = [
        (english, bengali)
        for entry in ENTRIES
        for english, bengali in entry.pairs
        if Counter(PLACEHOLDER.findall(english)) != Counter(PLACEHOLDER.findall(bengali))
    ]
    assert not changed


@pytest.mark.parametrize("texts", [texts_in_templates, texts_in_python])
def test_everything_marked_for_translation_was_collected(texts):
    known = {english for entry in ENTRIES for english, _bengali in entry.pairs}
    found = set(texts())
    assert len(found) > 100
    assert found - known == set(), TO_DO


def test_compiled_texts_are_those_of_the_readable_file():
    with (MESSAGES / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
        file.seek(8)
        count = int.from_bytes(file.read(4), "little")
    for entry in ENTRIES:
        context = entry.parts.get("msgctxt")
        plural = entry.parts.get("msgid_plural")
        if plural is None:
            told = [compiled.pgettext(context, entry.msgid) if context else compiled.gettext(entry.msgid)]
        elif context:
            told = [compiled.npgettext(context, entry.msgid, plural, number) for number in (1, 2)]
        else:
            told = [compiled.ngettext(entry.msgid, plural, number) for number in (1, 2)]
        assert told == [bengali for _english, bengali in entry.pairs], TO_DO
    assert count == len(ENTRIES) + 1  # and the header


def test_board_speaks_bengali_to_who_reads_it(coordinator_client):
    RiskScoreFactory(priority=8250, learner__completed_percent=25, learner__consecutive_missed_sessions=5)
    page = " ".join(coordinator_client.get("/", headers=BENGALI).content.decode().split())
    assert '<html lang="bn">' in page
    assert "উচ্চ <b>0.82</b>" in page
    assert "নির্ধারিত কাজের 25% জমা দিয়েছেন" in page
    assert "পরপর 5 টি সেশনে আসেননি" in page


def test_packages_without_bengali_speak_it_too(client, db):
    page = client.post("/accounts/login/", {"login": "nobody", "password": "wrong"}, headers=BENGALI)
    assert "ব্যবহারকারীর নাম বা পাসওয়ার্ড ঠিক নয়।" in page.content.decode()


def test_errors_are_told_in_bengali(coordinator_client):
    page = coordinator_client.get("/no/such/page/", headers=BENGALI)
    assert page.status_code == 404
    assert "এখানে কিছু নেই" in page.content.decode()


def test_bengali_dates_begin_with_the_day():
    with translation.override("bn"):
        assert date_format(datetime(2026, 11, 20, 9, 5, tzinfo=UTC), "DATETIME_FORMAT") == "20 নভেম্বর 2026, 09:05"


def test_bengali_counts_are_grouped_as_bengali_groups_them():
    with translation.override("bn"):
        assert [intcomma(number) for number in (999, 50_000, 1_234_567)] == ["999", "50,000", "12,34,567"]
