"""Opinions in words, the list of their codes, who coded them and what is hidden of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, select, true

from cati.domain.hiding import Span, packed, unpacked
from cati.domain.opinions import GIVEN_IN, CodeStep, StepKind
from cati.store.engine import Connection
from cati.store.statements import any_row, insert_once
from cati.store.tables import (
    cases,
    cells,
    contacts,
    groups,
    interviews,
    opinion_bundle_lines,
    opinion_bundles,
    opinion_code_steps,
    opinion_codings,
    opinion_maskings,
    opinions,
    persons,
    responses,
    units,
    users,
)
from cati.store.types import Moment

_o, _i, _r = opinions.c, interviews.c, responses.c


@dataclass(frozen=True, slots=True)
class Coding:
    """All codes somebody gave an opinion; `by` is the login."""

    codes: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class StoredOpinion:
    """One opinion.

    Attributes:
        unit: code of the unit it is about.
        group: code of the respondent's group, "" where it did not come in an interview.
        channel: code of the channel it came in, "" for interviews of a programme without channels.
        item: name of the question it answers, "" where it did not come in an interview.
        coding, second: of the coder who decides, and of another one; None where there is none.
        spans: what somebody decided to hide; None while nobody looked.
        interview: its identity, "" where it did not come in one. It never leaves the bureau.
    """

    id: int
    unit: str
    group: str
    channel: str
    item: str
    text: str
    coding: Coding | None
    second: Coding | None
    spans: tuple[Span, ...] | None
    interview: str


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A change of the list of codes; `by` is the login."""

    step: CodeStep
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Respondent:
    """Whoever was asked in an interview that counts; `agreed` to be called again in it.

    Attributes:
        unit: code of the unit asked about.
        sealed: the contact, bound to `number_hash`.
        simulated: nobody was asked: a simulation made the interview up.
    """

    interview: str
    unit: str
    entry_id: int
    agreed: bool
    sealed: bytes
    number_hash: bytes
    simulated: bool


def _ungathered(programme_id: int, items: Collection[str]) -> Select[tuple[int, str, str]]:
    """Words of interviews that count and are no opinion yet: unit, interview, item."""
    return (
        select(cells.c.unit_id, _r.interview_id, _r.item)
        .join(interviews, _i.id == _r.interview_id)
        .join(cells, cells.c.id == _i.cell_id)
        .where(
            cells.c.programme_id == programme_id,
            _i.state.in_(GIVEN_IN),
            ~_i.excluded,
            _r.on_path,
            _r.item.in_(items),
            func.trim(_r.value) != "",
            ~any_row().where(_o.interview_id == _r.interview_id, _o.item == _r.item),
        )
    )


def is_ungathered(connection: Connection, programme_id: int, items: Collection[str]) -> bool:
    """Whether interviews hold words that are no opinion yet."""
    return connection.execute(_ungathered(programme_id, items).limit(1)).first() is not None


def gather(
    connection: Connection, programme_id: int, items: Collection[str], channel: str, *, at: datetime, by: int
) -> None:
    """Let words of interviews be opinions, each once."""
    found = _ungathered(programme_id, items).add_columns(
        literal(programme_id), literal(channel), literal(at, Moment), literal(by)
    )
    names = ["unit_id", "interview_id", "item", "programme_id", "channel", "at", "user_id"]
    connection.execute(insert_once(connection, opinions).from_select(names, found))


def add_words(
    connection: Connection,
    programme_id: int,
    channel: str,
    words: Iterable[tuple[int, str]],
    *,
    file: str,
    sha256: str,
    at: datetime,
    by: int,
) -> None:
    """Store opinions of a file: key of the unit, words."""
    common = {
        "programme_id": programme_id,
        "channel": channel,
        "file": file,
        "sha256": sha256,
        "at": at,
        "user_id": by,
    }
    connection.execute(
        insert(opinions), [{"unit_id": unit_id, "text": text, **common} for unit_id, text in words]
    )


def was_taken(connection: Connection, programme_id: int, sha256: str) -> bool:
    """Whether the opinions of a file were stored before."""
    mine = _o.programme_id == programme_id, _o.sha256 == sha256
    return connection.execute(select(_o.id).where(*mine).limit(1)).first() is not None


def stored(
    connection: Connection, programme_id: int, *, only: int | None = None, unit: str | None = None
) -> tuple[StoredOpinion, ...]:
    """Opinions whose interview still counts, in the order in which they came.

    Args:
        connection: of a transaction.
        programme_id: whose.
        only: key of the one wanted; None means all.
        unit: code of the unit they are about; None means all.
    """
    about = select(units.c.id).where(units.c.programme_id == programme_id, units.c.code == unit)
    mine = and_(
        _o.programme_id == programme_id,
        *(() if only is None else (_o.id == only,)),
        *(() if unit is None else (_o.unit_id.in_(about),)),
    )
    codings, spans = _codings(connection, mine), _spans(connection, mine)
    text = func.coalesce(_o.text, _r.value)
    query = (
        select(_o.id, units.c.code, groups.c.code, _o.channel, _o.item, text, _o.interview_id)
        .join(units, units.c.id == _o.unit_id)
        .outerjoin(interviews, _i.id == _o.interview_id)
        .outerjoin(cells, cells.c.id == _i.cell_id)
        .outerjoin(groups, groups.c.id == cells.c.group_id)
        .outerjoin(responses, (_r.interview_id == _o.interview_id) & (_r.item == _o.item))
        .where(
            mine,
            text.is_not(None),
            _o.interview_id.is_(None) | (~_i.excluded & _i.state.in_(GIVEN_IN)),
        )
        .order_by(_o.id)
    )
    return tuple(
        StoredOpinion(
            key,
            unit,
            group or "",
            channel,
            item or "",
            words,
            codings.get((key, False)),
            codings.get((key, True)),
            spans.get(key),
            interview or "",
        )
        for key, unit, group, channel, item, words, interview in connection.execute(query)
    )


def _codings(connection: Connection, mine: ColumnElement[bool]) -> dict[tuple[int, bool], Coding]:
    """The last one of each coder's; one that was taken back is none."""
    c = opinion_codings.c
    rows = connection.execute(
        select(c.opinion_id, c.second, c.codes, users.c.login)
        .join(opinions, _o.id == c.opinion_id)
        .join(users, users.c.id == c.user_id)
        .where(mine)
        .order_by(c.id)
    )
    found = {(key, second): Coding(tuple(codes.split()), by) for key, second, codes, by in rows}
    return {place: coding for place, coding in found.items() if coding.codes}


def _spans(connection: Connection, mine: ColumnElement[bool]) -> dict[int, tuple[Span, ...]]:
    m = opinion_maskings.c
    rows = connection.execute(
        select(m.opinion_id, m.spans).join(opinions, _o.id == m.opinion_id).where(mine).order_by(m.id)
    )
    return {key: unpacked(spans) for key, spans in rows}


def add_coding(
    connection: Connection, opinion_id: int, codes: Sequence[str], *, second: bool, at: datetime, by: int
) -> None:
    """Store all codes that somebody gives an opinion."""
    row = {"opinion_id": opinion_id, "second": second, "codes": " ".join(codes), "at": at, "user_id": by}
    connection.execute(insert(opinion_codings), [row])


def add_masking(
    connection: Connection, opinion_id: int, spans: Iterable[Span], *, at: datetime, by: int
) -> None:
    """Store what somebody decides to hide of an opinion."""
    row = {"opinion_id": opinion_id, "spans": packed(spans), "at": at, "user_id": by}
    connection.execute(insert(opinion_maskings), [row])


def add_step(connection: Connection, programme_id: int, step: CodeStep, *, at: datetime, by: int) -> None:
    """Store a change of the list of codes."""
    row = {
        "programme_id": programme_id,
        "kind": str(step.kind),
        "code": step.code,
        "label": step.label,
        "into_code": step.into,
        "at": at,
        "user_id": by,
    }
    connection.execute(insert(opinion_code_steps), [row])


def steps(connection: Connection, programme_id: int) -> tuple[TakenStep, ...]:
    """All changes of the list of codes, in the order in which they were made."""
    s = opinion_code_steps.c
    rows = connection.execute(
        select(s.kind, s.code, s.label, s.into_code, s.at, users.c.login)
        .join(users, users.c.id == s.user_id)
        .where(s.programme_id == programme_id)
        .order_by(s.id)
    )
    return tuple(
        TakenStep(CodeStep(StepKind(kind), code, label, into), at, by)
        for kind, code, label, into, at, by in rows
    )


def sealed_contacts(
    connection: Connection, interview_ids: Iterable[str]
) -> Mapping[str, tuple[bytes, bytes]]:
    """By interview the sealed contact of whoever was asked, and the hash it is bound to.

    Interviews whose contacts were destroyed are not in it.
    """
    found: dict[str, tuple[bytes, bytes]] = {}
    wanted = list(interview_ids)
    for at in range(0, len(wanted), 500):
        rows = connection.execute(
            select(_i.id, contacts.c.sealed, persons.c.number_hash)
            .join(cases, cases.c.id == _i.case_id)
            .join(contacts, contacts.c.entry_id == cases.c.entry_id)
            .join(persons, persons.c.id == cases.c.person_id)
            .where(_i.id.in_(wanted[at : at + 500]))
        )
        found |= {interview: (sealed, number) for interview, sealed, number in rows}
    return found


def respondents(connection: Connection, programme_id: int, item: str, answer: str) -> tuple[Respondent, ...]:
    """All who were interviewed and whose contacts are still there.

    Args:
        connection: of a transaction.
        programme_id: whose.
        item, answer: question that asks who may be called again, and the answer that agrees; without a
            question everybody agreed.
    """
    said = any_row().where(_r.interview_id == _i.id, _r.item == item, _r.value == answer, _r.on_path)
    agreed = said if item else true()
    rows = connection.execute(
        select(
            _i.id, units.c.code, cases.c.entry_id, agreed, contacts.c.sealed, persons.c.number_hash,
            users.c.simulated,
        )
        .join(users, users.c.id == _i.user_id)
        .join(cells, cells.c.id == _i.cell_id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(cases, cases.c.id == _i.case_id)
        .join(contacts, contacts.c.entry_id == cases.c.entry_id)
        .join(persons, persons.c.id == cases.c.person_id)
        .where(cells.c.programme_id == programme_id, _i.state.in_(GIVEN_IN), ~_i.excluded)
        .order_by(cases.c.entry_id)
    )  # fmt: skip
    return tuple(Respondent(*row) for row in rows)


def sent_in(connection: Connection, programme_id: int) -> dict[int, int]:
    """The number of the bundle in which each opinion was sent, by key of the opinion."""
    rows = connection.execute(
        select(opinion_bundle_lines.c.opinion_id, opinion_bundles.c.number)
        .join(opinion_bundles, opinion_bundles.c.id == opinion_bundle_lines.c.bundle_id)
        .where(opinion_bundles.c.programme_id == programme_id)
    )
    return {row.opinion_id: row.number for row in rows}
