"""A learner signs up. Nobody has looked at them yet, so they choose among what is there and make nothing new."""

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from .models import Cohort, Learner, Program
from .rules import read_name
from .services import InvalidLearner, create_learner

FIELDS = frozenset({"name", "email", "phone", "program", "cohort", "language", "timezone"})


def sign_up(*, values: dict[str, Any], by: User | None) -> Learner:
    """A new learner, with those of FIELDS that they gave, as in create_learner; an email address is needed.

    Two learners may share a phone, as families do; an email address is one learner's. Raises InvalidLearner.
    """
    errors: dict[str, list[str]] = {name: [_("is not a field of a learner.")] for name in values if name not in FIELDS}
    if not str(values.get("email") or "").strip():
        errors["email"] = [_("is needed.")]
    errors |= _place_errors(values)
    if errors:
        raise InvalidLearner(errors)
    return create_learner(values=values, by=by, trigger="signup")


def _place_errors(values: dict[str, Any]) -> dict[str, list[str]]:
    """What is wrong with the program and the cohort. A closed program is not told from one that is not there."""
    program_name, cohort_name = read_name(values.get("program")).value, read_name(values.get("cohort")).value
    program = Program.objects.filter(name=program_name, open_for_signup=True).first() if program_name else None
    if program_name and program is None:
        return {"program": [_("No program of this name is open for signing up.")]}
    if program and cohort_name and not Cohort.objects.filter(program=program, name=cohort_name).exists():
        return {"cohort": [_("This program has no cohort of this name.")]}
    return {}  # a cohort without its program: create_learner says so
