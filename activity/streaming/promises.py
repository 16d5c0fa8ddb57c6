"""What Redis and the database promise to keep, in plain words, from how they are set up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Promise:
    """What a crash can cost, and what to do about it; `is_kept` when that is no more than a second or two."""

    sentence: str
    advice: str
    is_kept: bool


def promise_of(config: Mapping[str, str]) -> Promise:
    """From CONFIG GET; empty when Redis does not tell."""
    if not config:
        return Promise(
            _("Redis does not say what it keeps on disk, so acknowledged statements may be lost if it dies."),
            _("Ask whoever runs it for appendonly yes, and for maxmemory-policy noeviction."),
            is_kept=False,
        )
    if may_evict(config):
        return Promise(
            _("When its memory is full, Redis may throw away what waits in it. So the stream is not used."),
            _("Set maxmemory-policy noeviction: a full Redis then says so, and statements go to the database."),
            is_kept=False,
        )
    if config.get("appendonly") == "yes":
        return _promise_of_log(config.get("appendfsync", ""))
    return _promise_of_snapshots(config.get("save", ""))


def promise_of_database(config: Mapping[str, str]) -> Promise:
    """From PostgreSQL's settings; empty for SQLite, as our settings set it up."""
    first = _("Every statement is in the database before its sender is answered. Redis is not needed for that.")
    if not config:
        power = _("If the power fails, SQLite can lose what came in the last moments; if processes die, nothing.")
        return Promise(f"{first} {power}", _("PostgreSQL would keep these, too."), is_kept=True)
    if config.get("fsync") == "off" or config.get("synchronous_commit") == "off":
        power = _("But PostgreSQL is set up to answer before that is on disk.")
        return Promise(f"{first} {power}", _("Set fsync and synchronous_commit to on."), is_kept=False)
    safe = _("No crash loses it.")
    return Promise(f"{first} {safe}", "", is_kept=True)


def may_evict(config: Mapping[str, str]) -> bool:
    """Whether Redis, when full, deletes keys that nobody allowed it to."""
    return config.get("maxmemory", "0") != "0" and config.get("maxmemory-policy", "").startswith("allkeys")


def _promise_of_log(fsync: str) -> Promise:
    if fsync == "always":
        return Promise(_("If Redis dies, no acknowledged statement is lost."), "", is_kept=True)
    if fsync == "everysec":
        return Promise(
            _(
                "If Redis or its machine dies, acknowledged statements of the last second that were not stored yet can "
                "be lost, or of the last two when its disk is slow."
            ),
            _("appendfsync always would keep these, too, and is slower."),
            is_kept=True,
        )
    return Promise(
        _(
            "If the Redis process dies, no acknowledged statement is lost. If its machine dies, those can be that its "
            "system had not written yet: usually those of the last 30 seconds."
        ),
        _("Set appendfsync everysec, or always."),
        is_kept=False,
    )


def _promise_of_snapshots(save: str) -> Promise:
    advice = _("Set appendonly yes, with appendfsync everysec or always.")
    seconds = [int(number) for number in save.split()[::2]]
    if not seconds:
        return Promise(
            _("Redis writes nothing to disk: if it dies, every statement that waits in it is lost."),
            advice,
            is_kept=False,
        )
    minutes = max(1, round(max(seconds) / 60))
    sentence = ngettext(
        "If Redis dies, statements that came since its last snapshot and still wait are lost: those of up to a minute.",
        "If Redis dies, statements that came since its last snapshot and still wait are lost: those of up to "
        "%(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    return Promise(sentence, advice, is_kept=False)
