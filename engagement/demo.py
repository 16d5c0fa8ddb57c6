"""A product with life in it, for those who try it: made once, and never again touched."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from learners.models import Learner
from riskscoring.models import RiskScore, ScoringRun
from riskscoring.services import recompute_risk

from .demo_activity import PROGRAM, SILENT_COHORT, SILENT_DAYS, send_history
from .demo_ahead import plan_ahead
from .demo_care import make_answers, make_campaign
from .demo_history import DAYS, SHARES, Inputs, simulate
from .demo_nudges import make_nudges
from .demo_people import make_accounts, make_learners, make_notes, make_preferences

TEXTS = ("fallback_templates", "prompts")
FIXTURES = ("demo_learners", *TEXTS)
LEARNERS = 300
SEED = 20_240_101
UNSCORED_DAYS = 14  # the first two weeks: too little is due yet for a score that says something
INPUTS = tuple(Inputs.__dataclass_fields__)


def prepare_demo() -> bool:
    """Fill an empty database, and see that risk is of today. True when it was empty. What is there stays as it is."""
    today = timezone.now().date()
    if not Learner.objects.exists():
        _fill(timezone.now())
        return True
    if not User.objects.exists():
        _let_people_in()
    if not ScoringRun.objects.filter(is_full=True, as_of=today).exists():
        recompute_risk(as_of=today, trigger="demo")
    return False


@transaction.atomic
def _let_people_in() -> None:
    """For those who imported their own learners before the first start: what the demo has besides its learners."""
    call_command("loaddata", *TEXTS, verbosity=0)
    make_accounts()


@transaction.atomic
def _fill(now: datetime) -> None:
    random = Random(SEED)  # noqa: S311
    call_command("loaddata", *FIXTURES, verbosity=0)
    coordinators = make_accounts()[:3]
    _share_out(list(Learner.objects.all()), coordinators)
    learners = make_learners(LEARNERS, coordinators=coordinators, random=random)
    first_day = now.date() - timedelta(days=DAYS - 1)
    enrolled_at = datetime.combine(first_day, time(9), tzinfo=UTC)
    preferences = make_preferences(learners, decided_at=enrolled_at, random=random)
    drawn = random.choices(list(SHARES), weights=list(SHARES.values()), k=len(learners))
    habits = dict(zip(learners, map(_habit_of, learners, drawn), strict=True))
    days = {
        learner: list(
            simulate(
                habit,
                first_day=first_day,
                now=now,
                random=random,
                silent_days=SILENT_DAYS if learner.cohort and learner.cohort.name == SILENT_COHORT else 0,
            )
        )
        for learner, habit in habits.items()
    }
    lives = {learner: (habit, [day.inputs for day in days[learner]]) for learner, habit in habits.items()}
    _live(lives, first_day)
    send_history(days, now=now)
    plan_ahead(now.date())
    make_nudges(lives, preferences, now=now, random=random)
    make_notes(random.sample(learners, 40), now=now, random=random)
    make_answers(now=now, staff=User.objects.get(username="staff"))
    make_campaign(owner=coordinators[0])


def _habit_of(learner: Learner, habit: str) -> str:
    """In a program whose lessons have dates nobody is so new that nothing was due yet."""
    return "average" if habit == "new" and learner.program and learner.program.name == PROGRAM else habit


def _share_out(learners: list[Learner], coordinators: list[User]) -> None:
    for number, learner in enumerate(learners):
        learner.owner = coordinators[number % len(coordinators)]
    Learner.objects.bulk_update(learners, ["owner"])


def _live(lives: dict[Learner, tuple[str, list[Inputs]]], first_day: date) -> None:
    """Day by day: write what changed, and score it as the nightly run would have."""
    for number in range(UNSCORED_DAYS, DAYS):
        day = first_day + timedelta(days=number)
        changed = []
        for learner, (_habit, inputs) in lives.items():
            if number == UNSCORED_DAYS or inputs[number] != inputs[number - 1]:
                vars(learner).update(vars(inputs[number]))
                changed.append(learner)
        # An upsert of rows that are all there: several times quicker than bulk_update.
        Learner.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=INPUTS)
        recompute_risk(as_of=day, trigger="demo")
        night = min(datetime.combine(day, time(2), tzinfo=UTC), timezone.now())
        _put_back_to(night, ScoringRun.objects.get(as_of=day))


def _put_back_to(night: datetime, run: ScoringRun) -> None:
    """Let a run have been that night's, with the scores that it wrote; it took as long as it took."""
    ScoringRun.objects.filter(pk=run.pk).update(
        started_at=night, finished_at=night + (run.finished_at - run.started_at)
    )
    RiskScore.objects.filter(as_of=run.as_of).update(computed_at=night)
