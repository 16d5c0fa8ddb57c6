"""Which learner an actor is, told by the name that statements give: set-wise, in a fixed number of queries.

| a statement names | it is the learner with |
| --- | --- |
| mbox | that email address; else that address as another one (LearnerIdentity) |
| mbox_sha1sum | an address, of either kind, of which this is the SHA-1 |
| account | that account (LearnerIdentity); else an id like the account's name; else an address like it |
| openid | that OpenID (LearnerIdentity) |

Addresses compare case-insensitively, whatever stands for them; everything else compares exactly.
"""

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha1
from itertools import chain

from django.db.models import Q
from django.db.models.functions import Lower

from learners.models import Learner

from .models import LearnerIdentity
from .store.keys import account_name_key, agent_key

Kind = LearnerIdentity.Kind
Identity = tuple[str, str]  # kind and value


def owners_of(identifiers: Collection[str]) -> dict[str, int]:
    """The learner's id of each of these actors (see xapi/identity.py) who is one; the others are left out."""
    addresses: set[str] = set()
    digests: set[str] = set()
    uids: set[str] = set()
    identities: set[Identity] = set()
    for identifier in identifiers:
        kind, _, name = identifier.partition(":")
        if kind == "mbox":
            addresses.add(name)
        elif kind == "account":
            account_name, home_page = split_account(name)
            identities.add((Kind.ACCOUNT, f"{home_page}|{account_name}"))
            uids.add(account_name)
            if "@" in account_name:
                addresses.add(account_name.lower())
        elif kind == "openid":
            identities.add((Kind.OPENID, name))
        elif kind == "sha1":
            digests.add(name)
    by_address = _learners_by_address(addresses)
    by_uid = dict(Learner.objects.filter(uid__in=uids).values_list("uid", "pk")) if uids else {}
    by_identity = _learners_by_identity(identities)
    by_digest = _learners_by_digest(digests)

    def owner_of(identifier: str) -> int | None:
        kind, _, name = identifier.partition(":")
        if kind == "mbox":
            return by_address.get(name)
        if kind == "sha1":
            return by_digest.get(name)
        if kind == "openid":
            return by_identity.get((Kind.OPENID, name))
        account_name, home_page = split_account(name)
        return (
            by_identity.get((Kind.ACCOUNT, f"{home_page}|{account_name}"))
            or by_uid.get(account_name)
            or by_address.get(account_name.lower())
        )

    return {identifier: owner for identifier in identifiers if (owner := owner_of(identifier)) is not None}


def keys_of_learners(learners: Iterable[int]) -> tuple[set[int], set[int]]:
    """The keys of all actors whom these learners' names would make theirs: of agents, and of accounts by their name."""
    ids = list(learners)
    agents: set[str] = set()
    account_names: set[str] = set()
    for uid, email in Learner.objects.filter(pk__in=ids).values_list("uid", "email"):
        account_names.add(uid)
        if email:
            agents.update(_names_of_address(email))
            account_names.add(email)
    for kind, value in LearnerIdentity.objects.filter(learner__in=ids).values_list("kind", "value"):
        if kind == Kind.MBOX:
            agents.update(_names_of_address(value))
            account_names.add(value)
        elif kind == Kind.OPENID:
            agents.add(f"openid:{value}")
        else:
            home_page, _, account_name = value.partition("|")
            agents.add(f"account:{account_name}|{home_page}")
    return set(map(agent_key, agents)), {account_name_key(name.lower()) for name in account_names}


def name_key_of(identifier: str) -> int | None:
    """For an account: the key of its name, whatever its home page and its capitals."""
    kind, _, name = identifier.partition(":")
    return account_name_key(split_account(name)[0].lower()) if kind == "account" else None


def split_account(name_and_home_page: str) -> tuple[str, str]:
    """An IRI has no vertical bar, a name may have one."""
    name, _, home_page = name_and_home_page.rpartition("|")
    return name, home_page


def _names_of_address(address: str) -> Iterator[str]:
    yield f"mbox:{address.lower()}"
    for digest in _digests(address):
        yield f"sha1:{digest}"


def _digests(address: str) -> set[str]:
    """Senders hash the address as somebody typed it, or in small letters."""
    return {sha1(f"mailto:{text}".encode(), usedforsecurity=False).hexdigest() for text in (address, address.lower())}


def _learners_by_address(addresses: set[str]) -> dict[str, int]:
    if not addresses:
        return {}
    others = LearnerIdentity.objects.filter(kind=Kind.MBOX, value__in=addresses).values_list("value", "learner_id")
    own = Learner.objects.annotate(address=Lower("email")).filter(address__in=addresses).values_list("address", "pk")
    return {**dict(others), **dict(own)}


def _learners_by_identity(identities: set[Identity]) -> dict[Identity, int]:
    if not identities:
        return {}
    wanted = Q()
    for kind in {kind for kind, _ in identities}:
        wanted |= Q(kind=kind, value__in=[value for its_kind, value in identities if its_kind == kind])
    rows = LearnerIdentity.objects.filter(wanted).values_list("kind", "value", "learner_id")
    return {(kind, value): learner for kind, value, learner in rows}


def _learners_by_digest(digests: set[str]) -> dict[str, int]:
    """A hash tells nothing but whether it is that of an address that we know: so all of them are tried, once."""
    if not digests:
        return {}
    found: dict[str, int] = {}
    others = LearnerIdentity.objects.filter(kind=Kind.MBOX).values_list("learner_id", "value")
    own = Learner.objects.filter(email__isnull=False).values_list("pk", "email")
    for learner, address in chain(others.iterator(chunk_size=5000), own.iterator(chunk_size=5000)):
        found.update(dict.fromkeys(_digests(address or "") & digests, learner))
    return found
