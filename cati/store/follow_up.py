"""Who gave opinions in an earlier programme."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select, true
from sqlalchemy.sql.elements import ColumnElement

from cati.store.engine import Connection
from cati.store.reviews import in_scores
from cati.store.tables import cases, cells, contacts, interviews, persons, responses, units


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody who gave an opinion: about which unit (code), and the contact as it is sealed."""

    unit: str
    number: bytes
    sealed: bytes


def givers(connection: Connection, programme_id: int, questions: Collection[str]) -> tuple[Giver, ...]:
    """People whose complete interviews have an answer to an open question, by unit and case.

    For programmes that did not ask who may be called again; `cati.services.follow_ups` is for those that did.

    Args:
        connection: any transaction.
        programme_id: of the earlier programme.
        questions: names of the open questions.
    """
    rows = connection.execute(
        select(units.c.code, persons.c.number_hash, contacts.c.sealed)
        .select_from(interviews)
        .join(cases, cases.c.id == interviews.c.case_id)
        .join(cells, cells.c.id == interviews.c.cell_id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(persons, persons.c.id == cases.c.person_id)
        .join(contacts, contacts.c.entry_id == cases.c.entry_id)
        .where(
            cells.c.programme_id == programme_id,
            interviews.c.state == "complete",
            in_scores(accepted_only=False),
            _said(responses.c.item.in_(questions), responses.c.value != ""),
        )
        .order_by(units.c.position, cases.c.id)
    )
    return tuple(Giver(*row) for row in rows)


def _said(*what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an interview has such an answer."""
    on_path = responses.c.on_path == true()
    return exists().where(responses.c.interview_id == interviews.c.id, on_path, *what)
