"""What lists need not meet."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from cati.domain.list_checks import Exemption
from cati.store.engine import Connection
from cati.store.tables import groups, list_exemptions, units

_e = list_exemptions.c


def stored(connection: Connection, programme_id: int) -> tuple[Exemption, ...]:
    """All exemptions of a programme, by position of unit and group."""
    rows = connection.execute(
        select(units.c.code, groups.c.code, _e.kind, _e.granted_by, _e.document, _e.reason, _e.at)
        .join(units, units.c.id == _e.unit_id)
        .join(groups, groups.c.id == _e.group_id)
        .where(_e.programme_id == programme_id)
        .order_by(units.c.position, groups.c.position, _e.kind)
    )
    return tuple(Exemption(*row) for row in rows)


def put(
    connection: Connection,
    programme_id: int,
    unit_id: int,
    group_id: int,
    exemption: Exemption,
    *,
    by: int,
) -> None:
    """Store an exemption in place of one of its kind."""
    take(connection, unit_id, group_id, exemption.kind)
    connection.execute(
        insert(list_exemptions).values(
            programme_id=programme_id,
            unit_id=unit_id,
            group_id=group_id,
            kind=exemption.kind,
            granted_by=exemption.granted_by,
            document=exemption.document,
            reason=exemption.reason,
            at=exemption.at,
            user_id=by,
        )
    )


def take(connection: Connection, unit_id: int, group_id: int, kind: str) -> bool:
    """Take an exemption away; False if there is none."""
    gone = connection.execute(
        delete(list_exemptions).where(_e.unit_id == unit_id, _e.group_id == group_id, _e.kind == kind)
    )
    return gone.rowcount > 0
