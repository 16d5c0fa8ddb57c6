"""Charts of risk as SVG that the server draws, each with the same numbers as a table."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners import charts
from riskscoring.levels import Level, level_of
from riskscoring.models import RiskScore
from riskscoring.overview import TREND_DAYS, Overview

register = template.Library()

WIDTH, HEIGHT = 320, 88
LEARNER_WIDTH, LEARNER_HEIGHT = 480, 110


@register.inclusion_tag("riskscoring/_distribution_chart.html")
def distribution_chart(overview: Overview) -> dict[str, Any]:
    tenths = [(tenth, overview.by_tenth.get(tenth, 0), level_of(tenth * 1000).value) for tenth in range(1, 11)]
    named = [(f"{(tenth - 1) / 10:.1f}–{tenth / 10:.1f}", count, level) for tenth, count, level in tenths]
    return {
        "bars": charts.histogram(named, width=WIDTH, height=HEIGHT),
        "rows": [(name, intcomma(count)) for name, count, _level in named],
        "unknown": intcomma(overview.by_level[Level.UNKNOWN]),
        "width": WIDTH,
        "height": HEIGHT,
    }


@register.inclusion_tag("riskscoring/_trend_chart.html")
def trend_chart(overview: Overview, now: datetime) -> dict[str, Any]:
    """High and medium by day, and by week in the table. The last point is what is counted now."""
    last = overview.day
    days = {day: counts for day, counts in overview.trend.items() if day < last} | {last: overview.by_level}
    first = min(max(min(days), last - timedelta(days=TREND_DAYS)), last - timedelta(days=1))
    shown = (Level.HIGH, Level.MEDIUM)
    top = max((counts.get(level, 0) for counts in days.values() for level in shown), default=0) or 1
    lines = [
        {
            "level": level.value,
            "title": level.label,
            "now": intcomma(days[last].get(level, 0)),
            "line": charts.line(
                [(day, counts.get(level, 0)) for day, counts in days.items() if day >= first],
                first=first,
                last=last,
                width=WIDTH,
                height=HEIGHT,
                top=top,
            ),
        }
        for level in shown
    ]
    weekly = {day: counts for day, counts in days.items() if (last - day).days % 7 == 0}
    rows = [
        (date_format(day, "j M Y"), intcomma(counts.get(Level.HIGH, 0)), intcomma(counts.get(Level.MEDIUM, 0)))
        for day, counts in weekly.items()
    ]
    return {
        "lines": lines,
        "rows": rows,
        "has_trend": len(days) > 1,
        "top": intcomma(top),
        "first": date_format(first, "j M"),
        "last": _("today") if last == now.date() else date_format(last, "j M Y"),
        "width": WIDTH,
        "height": HEIGHT,
    }


@register.inclusion_tag("riskscoring/_score_chart.html")
def score_chart(score: RiskScore, past: list[tuple[date, float]], days: int) -> dict[str, Any]:
    """One learner's score over some days until the day that it describes, with which `past` ends."""
    last = past[-1][0] if past else score.as_of
    first = last - timedelta(days=days)
    return {
        "line": charts.line(past, first=first, last=last, width=LEARNER_WIDTH, height=LEARNER_HEIGHT),
        "level": level_of(score.priority).value,
        "past": [(day, f"{value:.2f}") for day, value in past],
        "first": first,
        "last": last,
        "width": LEARNER_WIDTH,
        "height": LEARNER_HEIGHT,
    }
