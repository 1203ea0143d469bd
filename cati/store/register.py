"""What units hand in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from cati.domain.register import Receipt
from cati.store.engine import Connection
from cati.store.tables import hand_ins, units

_h = hand_ins.c


def receipts(connection: Connection, programme_id: int) -> dict[tuple[str, str], Receipt]:
    """What is known, by codes of unit and item."""
    rows = connection.execute(
        select(units.c.code, _h.item, _h.received_on, _h.document, _h.hindering, _h.waiver)
        .join(units, units.c.id == _h.unit_id)
        .where(_h.programme_id == programme_id)
    )
    return {(unit, item): Receipt(*known) for unit, item, *known in map(tuple, rows)}


def put(
    connection: Connection,
    programme_id: int,
    unit_id: int,
    item: str,
    receipt: Receipt,
    *,
    at: datetime,
    by: int,
) -> None:
    """Put what is known of one thing a unit hands in in place of what was."""
    connection.execute(delete(hand_ins).where(_h.unit_id == unit_id, _h.item == item))
    connection.execute(
        insert(hand_ins).values(
            programme_id=programme_id,
            unit_id=unit_id,
            item=item,
            received_on=receipt.received_on,
            document=receipt.document,
            hindering=receipt.hindering,
            waiver=receipt.waiver,
            set_at=at,
            set_by=by,
        )
    )


def waived(connection: Connection, programme_id: int, item: str) -> set[str]:
    """Codes of the units that need not hand an item in."""
    rows = connection.scalars(
        select(units.c.code)
        .join(hand_ins, _h.unit_id == units.c.id)
        .where(_h.programme_id == programme_id, _h.item == item, _h.waiver != "")
    )
    return set(rows)
