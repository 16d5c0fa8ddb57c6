"""Charts as plain coordinates, for SVG that the server draws. Pure: no ORM, no clock.

The y axis of SVG points down: a higher value has a smaller y.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import mark_safe


@dataclass(frozen=True, slots=True)
class Line:
    """`points` is for <polyline>; `area` is for <polygon>, closed along the bottom; `end` is the last point."""

    points: str
    area: str
    end: tuple[str, str]

    @property
    def svg(self) -> str:
        """The line with a dot at its end, and what is below it."""
        x, y = self.end
        shapes = f'<polygon points="{self.area}"/><polyline points="{self.points}"/><circle cx="{x}" cy="{y}" r="2.5"/>'
        return mark_safe(shapes)  # noqa: S308 (made of numbers alone)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram that stands on the bottom."""

    name: str
    count: int
    css: str
    x: str
    y: str
    width: str
    height: str


def line(
    values: Sequence[tuple[date, float]], *, first: date, last: date, width: float, height: float, top: float = 1.0
) -> Line | None:
    """A line through the values of some days between `first` and `last`, on a scale from 0 to `top`.

    None when there are fewer than two values: one point shows no direction.
    """
    if len(values) < 2:
        return None
    across, up = width / max(1, (last - first).days), height / (top or 1)
    points = [(number((day - first).days * across), number(height - value * up)) for day, value in values]
    text = " ".join(f"{x},{y}" for x, y in points)
    bottom = number(height)
    return Line(text, f"{points[0][0]},{bottom} {text} {points[-1][0]},{bottom}", points[-1])


def histogram(
    counts: Sequence[tuple[str, int, str]], *, width: float, height: float, gap: float = 2.0, most: int | None = None
) -> tuple[Bar, ...]:
    """Bars side by side from (name, count, css class). `most` is as high as the chart: without it, the tallest is.

    None at all is height 0.
    """
    most = most or max((count for _, count, _ in counts), default=0) or 1
    step = width / max(1, len(counts))
    return tuple(
        Bar(
            name,
            count,
            css,
            x=number(at * step + gap / 2),
            y=number(height - height * count / most),
            width=number(step - gap),
            height=number(height * count / most),
        )
        for at, (name, count, css) in enumerate(counts)
    )


def shares(counts: Mapping[str, int], *, width: float) -> dict[str, tuple[str, str]]:
    """(x, width) of each part of one stacked bar."""
    total, x, parts = sum(counts.values()) or 1, 0.0, {}
    for name, count in counts.items():
        parts[name] = (number(x), number(width * count / total))
        x += width * count / total
    return parts


def number(value: float) -> str:
    """At most one decimal place, never localised: SVG wants a point."""
    return f"{value:.1f}".removesuffix(".0")
