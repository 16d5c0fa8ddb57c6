"""What a message to one learner may say: the fact sheet, as of now, and the filling of a text from it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from urllib.parse import urlsplit

from django.conf import settings

from learners.models import Learner

from . import deadlines, placeholders
from .goals import Aim, aims_of
from .invisible import INVISIBLE, JOINERS
from .models import Nudge

NO_TEMPLATE_TWICE_WITHIN = timedelta(days=14)
LONGEST_FIRST_NAME = 40  # longer ones are no name to greet with
LONGEST_NAME = 60  # of a program or a coordinator: a text message has 300 characters for everything

# What stands in for a word that a learner's data does not give, so that every learner can be written to.
STAND_INS = {
    "en": {"first_name": "there", "program": "your course", "coordinator": "Your learning team"},
    "bn": {"first_name": "শিক্ষার্থী", "program": "আপনার কোর্স", "coordinator": "আপনার শিক্ষা দল"},
}
TITLES = frozenset(
    {"dr", "md", "miss", "most", "mr", "mrs", "ms", "mst", "prof", "smt", "sri", "ডাঃ", "মোঃ", "মোছাঃ", "শ্রী"}
)


@dataclass(frozen=True, kw_only=True)
class FactSheet:
    """Facts about one learner. The words are always there; a number is None when it is not known."""

    first_name: str
    program: str
    coordinator: str
    link: str
    completed_percent: Decimal | None = None  # 0 to 100
    quiz_average: Decimal | None = None  # 0 to 100
    missed_sessions: int | None = None
    days_since_seen: int | None = None  # whole days, in UTC
    task: str | None = None  # what the nudge asks for: a lesson or a session
    deadline: str | None = None  # in words, as of now: "today, 18:00"
    minutes: int | None = None
    language: str = "en"  # of the words that stand in for what is not known
    recent_templates: tuple[int, ...] = ()  # ids of those that the learner got lately, the latest first

    @property
    def values(self) -> dict[str, str | None]:
        """What each placeholder is replaced with. Numbers in Western digits, in every language."""
        return {
            "first_name": self.first_name,
            "program": self.program,
            "coordinator": self.coordinator,
            "link": self.link,
            "task": self.task,
            "deadline": self.deadline,
            **{name: None if number is None else _as_text(number) for name, number in self.numbers.items()},
        }

    @property
    def numbers(self) -> dict[str, Decimal | int | None]:
        return {
            "completed_percent": self.completed_percent,
            "quiz_average": self.quiz_average,
            "missed_sessions": self.missed_sessions,
            "days_since_seen": self.days_since_seen,
            "minutes": self.minutes,
        }


def facts_for(
    learner: Learner,
    now: datetime,
    *,
    language: str | None = None,
    recent_templates: tuple[int, ...] | None = None,
    goal: str = "",
    aims: Mapping[str, Aim] | None = None,
) -> FactSheet:
    """The facts of a learner at `now`, worded for `language` (the learner's own by default), for a nudge with `goal`.

    Makes one query, one more for a goal that names a lesson or a session, and up to two where `program` and `owner`
    were not fetched with the learner. Who only fills a text gives `recent_templates=()`, and who has many learners
    `aims=aims_of(their goals)`: each saves its query.
    """
    language = language or learner.language
    stand_ins = STAND_INS.get(language, STAND_INS["en"])
    program, owner = learner.program, learner.owner
    aim = (aims_of([goal]) if aims is None else aims).get(goal)
    course = _web_address(program.course_url if program else "")
    return FactSheet(
        first_name=first_name_of(learner.name) or stand_ins["first_name"],
        program=_short(program.name if program else "") or stand_ins["program"],
        coordinator=_short(owner.get_full_name() if owner else "") or stand_ins["coordinator"],
        link=(_own_address(aim, course) if aim else "") or course or settings.SITE_URL,
        completed_percent=_percentage(learner.completed_percent),
        quiz_average=_percentage(learner.avg_quiz_score),
        missed_sessions=_not_negative(learner.consecutive_missed_sessions),
        days_since_seen=_whole_days(learner.last_login, now),
        task=_title(aim) if aim else None,
        deadline=(
            deadlines.in_words(aim.when, now=now, timezone=learner.timezone, language=language)
            if aim and aim.when
            else None
        ),
        minutes=aim.minutes if aim else None,
        language=language,
        recent_templates=_recent_templates(learner, now) if recent_templates is None else recent_templates,
    )


def render(text: str, facts: FactSheet) -> str:
    """Exactly what the learner reads. Raises placeholders.FactMissing for a fact that is absent or does not exist."""
    return placeholders.fill(text, facts.values)


def sample_facts(language: str = "en") -> FactSheet:
    """Made-up facts, for a preview: what the table of placeholders gives as samples."""
    samples = {name: placeholder.sample for name, placeholder in placeholders.PLACEHOLDERS.items()}
    return FactSheet(
        first_name=samples["first_name"],
        program=samples["program"],
        coordinator=samples["coordinator"],
        link=samples["link"],
        completed_percent=Decimal(samples["completed_percent"]),
        quiz_average=Decimal(samples["quiz_average"]),
        missed_sessions=int(samples["missed_sessions"]),
        days_since_seen=int(samples["days_since_seen"]),
        task=samples["task"],
        deadline=deadlines.TODAY.get(language, samples["deadline"]),
        minutes=int(samples["minutes"]),
        language=language,
    )


def unknown_facts(language: str = "en") -> FactSheet:
    """Of a learner of whom nothing is known: the words that stand in, and no numbers."""
    stand_ins = STAND_INS.get(language, STAND_INS["en"])
    return FactSheet(
        first_name=stand_ins["first_name"],
        program=stand_ins["program"],
        coordinator=stand_ins["coordinator"],
        link=settings.SITE_URL,
        language=language,
    )


def first_name_of(name: str) -> str:
    """The word to greet with: "Md. Karim Uddin" is Karim, "Sen, Riya" is Riya. Empty when there is no usable one."""
    family, comma, given = one_line(name).partition(",")
    words = (given if comma and given.strip() else family).split()
    while len(words) > 1 and words[0].casefold().rstrip(".") in TITLES:
        words.pop(0)
    first = words[0] if words else ""
    return first if len(first) <= LONGEST_FIRST_NAME else ""


def one_line(text: str) -> str:
    """One line without invisible characters, which could hide or reverse what follows. Joiners stay: Bengali and
    other scripts spell with them."""
    visible = "".join(char if char in JOINERS or unicodedata.category(char) not in INVISIBLE else " " for char in text)
    return " ".join(visible.split())


def link_hosts(course: str) -> frozenset[str]:
    """Where a message may link to: this site, what the settings allow, and the host of the learner's course."""
    hosts = {host_of(settings.SITE_URL), *map(str.casefold, settings.NUDGE_LINK_HOSTS), host_of(course)}
    return frozenset(hosts - {""})


def host_of(url: str) -> str:
    """The network location of one of our own addresses; empty when it has none."""
    return urlsplit(url).netloc.casefold()


def _own_address(aim: Aim, course: str) -> str:
    """Where the task itself is, if its IRI can be an address: a web address at one of the hosts that may be linked."""
    try:
        is_ours = host_of(aim.activity_id) in link_hosts(course)
    except ValueError:  # "http://[": an IRI that is no address
        return ""
    is_plain = aim.activity_id.isascii() and aim.activity_id.isprintable() and not set(aim.activity_id) & set(' "<>\\')
    return aim.activity_id if is_ours and is_plain and _web_address(aim.activity_id) else ""


def _title(aim: Aim) -> str | None:
    """A tool may have given the title: one that is an address, or says nothing, is none."""
    return (_short(aim.title) or None) if "://" not in aim.title else None


def _short(name: str) -> str:
    name = one_line(name)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _web_address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def _as_text(number: Decimal | int) -> str:
    """At most one decimal, rounded down: "100" is never said of 99.96."""
    rounded = Decimal(number).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return f"{rounded.normalize():f}"


def _percentage(value: Decimal | None) -> Decimal | None:
    return None if value is None else min(max(Decimal(value), Decimal(0)), Decimal(100))


def _not_negative(value: int | None) -> int | None:
    return None if value is None else max(value, 0)


def _whole_days(moment: datetime | None, now: datetime) -> int | None:
    """Days between UTC dates, as risk counts them; a time after `now` counts as today."""
    if moment is None:
        return None
    return max((now.astimezone(UTC).date() - moment.astimezone(UTC).date()).days, 0)


def _recent_templates(learner: Learner, now: datetime) -> tuple[int, ...]:
    recent = Nudge.objects.counted().filter(
        learner=learner, template__isnull=False, created_at__gte=now - NO_TEMPLATE_TWICE_WITHIN
    )
    return tuple(recent.order_by("-created_at", "-id").values_list("template_id", flat=True))
