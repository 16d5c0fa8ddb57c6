"""Other names by which tools know a learner: whoever writes them comes through here, and the statements follow."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from learners.models import Learner

from .actors import rematch
from .models import LearnerIdentity
from .xapi.validation.values import is_iri

Kind = LearnerIdentity.Kind


def read_identity(kind: str, value: str) -> str:
    """The value as statements are compared with it. Raises ValidationError, for people."""
    value = value.strip()
    if kind == Kind.MBOX:
        address = value.removeprefix("mailto:").lower()
        validate_email(address)
        return address
    if kind == Kind.OPENID:
        if not is_iri(value):
            raise ValidationError(_("Write the whole address, such as https://id.example.org/riya."))
        return value
    home_page, bar, name = value.partition("|")
    if not (bar and name and is_iri(home_page)):
        raise ValidationError(_("Write the home page, a vertical bar and the name: https://lms.example.org|riya"))
    return value


@transaction.atomic
def store_identity(identity: LearnerIdentity) -> None:
    """Store a new or changed identity; what statements say of whom it names goes to its learner, and to no other."""
    before = LearnerIdentity.objects.filter(pk=identity.pk).values_list("learner", flat=True)
    learners = {*before, identity.learner_id}
    identity.save()
    rematch(Learner.objects.filter(pk__in=learners))


@transaction.atomic
def remove_identities(identities: QuerySet[LearnerIdentity]) -> None:
    learners = set(identities.values_list("learner", flat=True))
    identities.delete()
    rematch(Learner.objects.filter(pk__in=learners))
