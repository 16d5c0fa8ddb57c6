"""One statement on its way into the tables, with all that is to be written with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from .incoming import Incoming
from .keys import keys_of
from .references import reference_of


@dataclass(frozen=True)
class Row:
    id: UUID
    order: int  # in the batch: its rows are written in another order
    raw: str
    version: str
    key_id: int | None
    position: int | None  # None: one is given when it is written
    keys: Sequence[int]
    reference: tuple[UUID, bool] | None  # the id that it points at, and whether to void it


@dataclass(frozen=True)
class Written:
    id: UUID
    position: int
    is_pointed_at: bool


def row_of(one: Incoming, order: int) -> Row:
    statement = one.statement
    if (
        one.key_id is not None and "authority" in statement
    ):  # see StoredStatement.exact(): the key's stands in its place
        statement = {name: value for name, value in statement.items() if name != "authority"}
    return Row(
        one.id,
        order,
        one.raw,
        one.version.value,
        one.key_id,
        one.position,
        sorted(keys_of(statement)),
        reference_of(statement),
    )
