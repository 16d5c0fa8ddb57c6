"""The rules of rules.py as one SELECT, for all learners at once. A property test holds the two together."""

from datetime import date, datetime
from typing import Any

from django.db import connection

from learners.models import Learner
from learners.sql import Sql

from ..models import Campaign
from .rules import LEAD, SETTLED, Window, end_of, is_open, local_day

NO_ORDER = 10**10  # after every lesson that has one
NOBODY = Sql("SELECT 0 AS learner_id, '' AS goal WHERE 1 = 0")


def zones_on(day: date, now: datetime, *, window: Window | None = None) -> list[str]:
    """The time zones of learners in which it is this day now, and, with a window, its hours."""
    zones = Learner.objects.order_by().values_list("timezone", flat=True).distinct()
    return sorted(
        zone for zone in zones if local_day(zone, now) == day and (window is None or is_open(zone, window, now))
    )


def days_of(now: datetime, *, window: Window | None = None) -> list[date]:
    """The days that it is now where learners are, the earliest first: there can be three. With a window, those days
    on which it is open somewhere."""
    zones = Learner.objects.order_by().values_list("timezone", flat=True).distinct()
    return sorted({local_day(zone, now) for zone in zones if window is None or is_open(zone, window, now)})


def window_of_reminders() -> Window:
    """As staff set it for the campaign of reminders; the default before there is one."""
    hours = Campaign.objects.filter(is_reminder=True).values_list("window_from", "window_until").first()
    return Window(*hours) if hours else Window()


def due_today(now: datetime, *, day: date) -> Sql:
    """learner_id and goal of those who are to be reminded now of something on this day of theirs, and were not yet.

    Each learner once. A window that is not open yet, or not any more, leaves its learners out.
    """
    return has_something(now, day=day, zones=zones_on(day, now, window=window_of_reminders()), but_not_again=True)


def has_something(now: datetime, *, day: date, zones: list[str], but_not_again: bool = False) -> Sql:
    """learner_id and goal of all in these zones, in which it is this day, who have something to be reminded of."""
    if not zones:
        return NOBODY
    places = ", ".join(["(%s, %s)"] * len(zones))
    materialized = "MATERIALIZED" if connection.vendor == "postgresql" else ""
    settled = ", ".join(["%s"] * len(SETTLED))
    text = f"""
    WITH place (name, ends_at) AS {materialized} (VALUES {places}),
    something AS (
        SELECT l.id AS learner_id, s.id AS number, 0 AS is_lesson, s.starts_at AS at, 0 AS rank
        FROM activity_session s
        JOIN learners_learner l ON l.cohort_id = s.cohort_id
        JOIN place ON place.name = l.timezone
        WHERE s.cancelled_at IS NULL AND s.starts_at >= %s AND s.starts_at < place.ends_at
            AND NOT EXISTS (SELECT 1 FROM activity_attendance own WHERE own.session_id = s.id
                AND own.learner_id = l.id AND own.answer IN ({settled}))
        UNION ALL
        SELECT l.id, lesson.id, 1, place.ends_at, COALESCE(lesson."order", {NO_ORDER})
        FROM activity_lesson lesson
        JOIN learners_learner l ON l.program_id = lesson.program_id
        JOIN place ON place.name = l.timezone
        WHERE lesson.due_on = %s AND lesson.counts
            AND NOT EXISTS (SELECT 1 FROM activity_lessonprogress progress WHERE progress.lesson_id = lesson.id
                AND progress.learner_id = l.id AND progress.completed_at IS NOT NULL)
    ), first AS (
        SELECT learner_id, number, is_lesson,
            ROW_NUMBER() OVER (PARTITION BY learner_id ORDER BY is_lesson, at, rank, number) AS turn
        FROM something
    )
    SELECT first.learner_id,
        CASE first.is_lesson WHEN 0 THEN 'session:' ELSE 'lesson:' END || CAST(first.number AS text) AS goal
    FROM first JOIN learners_learner l ON l.id = first.learner_id
    WHERE first.turn = 1
        AND NOT EXISTS (SELECT 1 FROM activity_interruption pause WHERE pause.cohort_id = l.cohort_id
            AND pause.decision <> 'dismissed' AND %s BETWEEN pause.first_day AND pause.last_day)"""  # noqa: S608  (made of constants; values are parameters)
    params: list[Any] = [value for zone in zones for value in (zone, end_of(day, zone))]
    params += [now + LEAD, *SETTLED, day, day]
    if but_not_again:
        text += """
        AND NOT EXISTS (SELECT 1 FROM nudges_nudge had JOIN nudges_nudgebatch batch ON batch.id = had.batch_id
            JOIN nudges_campaign campaign ON campaign.id = batch.campaign_id
            WHERE campaign.is_reminder AND batch.day = %s AND had.learner_id = first.learner_id)"""
        params.append(day)
    return Sql(text, params)
