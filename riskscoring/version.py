"""A number that grows whenever scores were written: open boards ask for it twice a second, and reload only then.

It is raised after the commit, in a statement of its own: raised inside, one row would keep all who rescore in a line
until each transaction's end. A crash between the two is made good by the next change.
"""

from django.db import connection, transaction

from .models import ScoreVersion

THE_ROW = 1


def scores_version() -> int:
    return ScoreVersion.objects.filter(pk=THE_ROW).values_list("number", flat=True).first() or 0


def scores_changed() -> None:
    """Tell the boards, once what the caller wrote is committed. A failure here undoes nothing, and is logged."""
    transaction.on_commit(_raise, robust=True)


def _raise() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO riskscoring_scoreversion (id, number) VALUES (%s, 1)
            ON CONFLICT (id) DO UPDATE SET number = riskscoring_scoreversion.number + 1""",
            [THE_ROW],
        )
