"""Destroying what a finished programme knows of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, Select, delete, func, select, text, update

from cati.sealing.keyring import Secret
from cati.store.engine import Connection, Database
from cati.store.tables import (
    ballot_sets,
    contacts,
    entries,
    frame_problems,
    frames,
    key_grants,
    mail_entries,
    programmes,
    roster_members,
    rosters,
    web_respondents,
    web_sets,
)

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed.

    Attributes:
        contacts: sealed names and numbers, then names and addresses; `contacts_sha256` is over them in the
            order of their entries, then over the representatives.
        problems: sealed rows of lists that could not be used.
        grants: of the contact key.
        representatives: sealed names and numbers of rosters.
        web_respondents: hashes that told respondents on the web from each other.
    """

    contacts: int
    contacts_sha256: str
    problems: int
    grants: int
    representatives: int
    web_respondents: int


@dataclass(frozen=True, slots=True)
class Nameless:
    """What stays of people nobody can name: ballots on paper, and opinions given on the web."""

    ballots: int
    web_opinions: int


def _entries(programme_id: int) -> Select[tuple[int]]:
    return (
        select(entries.c.id)
        .join(frames, frames.c.id == entries.c.frame_id)
        .where(frames.c.programme_id == programme_id)
    )


def destroy(connection: Connection, programme_id: int, at: datetime) -> Destroyed | None:
    """Destroy the contacts of a closed programme and retire it; None when it is in another state."""
    if connection.dialect.name == "sqlite":
        # What is deleted is overwritten, not only given up.
        connection.execute(text("PRAGMA secure_delete=ON"))
    retired = connection.execute(
        update(programmes)
        .where(programmes.c.id == programme_id, programmes.c.state == "closed")
        .values(state="retired", retired_at=at)
    )
    if retired.rowcount != 1:
        return None
    count, whole = _digest(connection, programme_id)
    connection.execute(delete(contacts).where(contacts.c.entry_id.in_(_entries(programme_id))))
    lists = select(frames.c.id).where(frames.c.programme_id == programme_id)
    connection.execute(delete(mail_entries).where(mail_entries.c.frame_id.in_(lists)))
    mine = frame_problems.c.frame_id.in_(lists), frame_problems.c.sealed.is_not(None)
    problems = connection.execute(update(frame_problems).where(*mine).values(sealed=None)).rowcount
    members = connection.execute(
        update(roster_members).where(*_members(programme_id)).values(sealed=None)
    ).rowcount
    grants = connection.execute(
        delete(key_grants).where(
            key_grants.c.programme_id == programme_id, key_grants.c.secret == str(Secret.CONTACT)
        )
    ).rowcount
    told = _told(connection, programme_id)
    connection.execute(delete(web_respondents).where(web_respondents.c.set_id.in_(_web(programme_id))))
    return Destroyed(count, whole, problems, grants, members, told)


def _web(programme_id: int) -> Select[tuple[int]]:
    return select(web_sets.c.id).where(web_sets.c.programme_id == programme_id)


def _told(connection: Connection, programme_id: int) -> int:
    """Hashes of respondents on the web, 8 bytes each."""
    length = select(func.sum(func.length(web_respondents.c.hashes)))
    return int(connection.scalar(length.where(web_respondents.c.set_id.in_(_web(programme_id)))) or 0) // 8


def _members(programme_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    of_rosters = select(rosters.c.id).where(rosters.c.programme_id == programme_id)
    return roster_members.c.roster_id.in_(of_rosters), roster_members.c.sealed.is_not(None)


def _digest(connection: Connection, programme_id: int) -> tuple[int, str]:
    whole, count = sha256(), 0
    rows = connection.execute(
        select(contacts.c.entry_id, contacts.c.sealed)
        .where(contacts.c.entry_id.in_(_entries(programme_id)))
        .order_by(contacts.c.entry_id),
        execution_options={"yield_per": _BATCH},
    )
    for entry_id, sealed in rows:
        whole.update(f"{entry_id}\n".encode() + sha256(sealed).digest())
        count += 1
    mailed = connection.execute(
        select(mail_entries.c.frame_id, mail_entries.c.row, mail_entries.c.sealed)
        .join(frames, frames.c.id == mail_entries.c.frame_id)
        .where(frames.c.programme_id == programme_id)
        .order_by(mail_entries.c.frame_id, mail_entries.c.row),
        execution_options={"yield_per": _BATCH},
    )
    for frame_id, row, sealed in mailed:
        whole.update(f"{frame_id}/{row}\n".encode() + sha256(sealed).digest())
        count += 1
    members = connection.execute(
        select(roster_members.c.roster_id, roster_members.c.row, roster_members.c.sealed)
        .where(*_members(programme_id))
        .order_by(roster_members.c.roster_id, roster_members.c.row)
    )
    for roster_id, row, sealed in members:
        whole.update(f"roster {roster_id}/{row}\n".encode() + sha256(sealed).digest())
    return count, whole.hexdigest()


def nameless(connection: Connection, programme_id: int) -> Nameless:
    """What stays of people nobody can name, withdrawn sets too."""
    counts = (
        select(func.coalesce(func.sum(column), 0)).where(table.c.programme_id == programme_id)
        for table, column in ((ballot_sets, ballot_sets.c.ballots), (web_sets, web_sets.c.opinions))
    )
    ballots, opinions = (int(connection.scalar(query) or 0) for query in counts)
    return Nameless(ballots, opinions)


def left(connection: Connection, programme_id: int) -> tuple[int, int, int, int]:
    """What `destroy` would destroy: contacts, problem rows, grants of the key to them, representatives."""
    lists = select(frames.c.id).where(frames.c.programme_id == programme_id)
    found = [
        select(func.count()).select_from(contacts).where(contacts.c.entry_id.in_(_entries(programme_id))),
        select(func.count())
        .select_from(frame_problems)
        .where(frame_problems.c.frame_id.in_(lists), frame_problems.c.sealed.is_not(None)),
        select(func.count())
        .select_from(key_grants)
        .where(key_grants.c.programme_id == programme_id, key_grants.c.secret == str(Secret.CONTACT)),
    ]
    mailed = select(func.count()).select_from(mail_entries).where(mail_entries.c.frame_id.in_(lists))
    contact, problem, grant = (int(connection.scalar(query) or 0) for query in found)
    members = select(func.count()).select_from(roster_members).where(*_members(programme_id))
    mail, member = (int(connection.scalar(query) or 0) for query in (mailed, members))
    return contact + mail, problem, grant, member


def sweep(database: Database) -> None:
    """Leave nothing of what was deleted in the file; a server's keeper does that on the server."""
    if not database.is_sqlite:
        return
    with database.engine.connect() as connection:
        connection.connection.execute("VACUUM")
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
