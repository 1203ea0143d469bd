"""Recording files: known before they are written, and handed out by right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.ports import RecordingSummary, Speech
from cati.domain.users import Role
from cati.services import audit, calls, queue, recordings, users
from cati.services.context import Context
from cati.store import recordings as store
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.station.office import PASSWORD, START, Office, open_office

FIRST, SECOND = "3f2a0000-one", "3f2b0000-two"


@dataclass
class Archive:
    """An office in which two calls were begun by one operator."""

    office: Office
    ctx: Context

    def register(self, recording_id: str, minutes: int = 0) -> None:
        recordings.register(
            self.ctx,
            recording_id=recording_id,
            attempt_id="a1",
            file=f"small/{recording_id}.crec",
            at=START + timedelta(minutes=minutes),
        )

    def finish(self, recording_id: str, **changed: object) -> None:
        summary = RecordingSummary(recording_id, None, 5000, 1, 9000, True, False, None)
        recordings.finish(self.ctx, replace(summary, **changed))  # type: ignore[arg-type]

    def actions(self) -> list[tuple[str, str]]:
        with self.office.database.read() as connection:
            rows = connection.execute(select(t.audit.c.action, t.audit.c.subject))
            return [(row.action, row.subject) for row in rows if row.action.startswith("recording")]


@pytest.fixture
def archive(furnished: Furnished) -> Archive:
    return furnished(archive_in)


def archive_in(database: Database, clock: VirtualClock, folder: Path) -> Archive:
    office = open_office(database, clock, folder)
    ctx = office.hire("zhou")
    case = queue.claim_next(ctx, office.programme)
    assert case is not None
    calls.begin_attempt(
        ctx, office.programme, attempt_id="a1", case_id=case.case_id, epoch=1, alternate=0, at=START
    )
    archive = Archive(office, ctx)
    archive.register(SECOND, minutes=1)
    archive.register(FIRST)
    return archive


def supervisor(office: Office) -> Context:
    users.add_user(office.ctx, "chief", "主管", {Role.SUPERVISOR}, PASSWORD)
    return office.sign_in("chief")


def test_a_file_is_known_before_its_end(archive: Archive) -> None:
    found = recordings.listing(archive.office.ctx, archive.office.programme)
    assert [(r.id, r.station, r.duration_ms, r.complete) for r in found] == [
        (FIRST, "pc-zhou", None, False),
        (SECOND, "pc-zhou", None, False),
    ]
    assert found[0].file == f"small/{FIRST}.crec"
    assert found[0].programme_id == archive.office.programme.id


def test_noting_a_file_twice_changes_nothing(archive: Archive) -> None:
    archive.finish(FIRST)
    archive.register(FIRST, minutes=9)
    found = recordings.listing(archive.office.ctx, archive.office.programme)[0]
    assert (found.started_at, found.duration_ms) == (START, 5000)


@pytest.mark.parametrize(
    ("became", "complete", "problem"),
    [
        ({}, True, None),
        ({"silent": True}, True, "silent"),
        ({"silent": True, "problem": "device_lost"}, True, "device_lost"),
        ({"complete": False, "problem": "disk"}, False, "disk"),
    ],
)
def test_what_a_file_became_is_kept(
    archive: Archive, became: dict[str, object], complete: bool, problem: str | None
) -> None:
    archive.finish(FIRST, **became)
    found = recordings.listing(archive.office.ctx, archive.office.programme)[0]
    assert (found.duration_ms, found.complete, found.problem) == (5000, complete, problem)


def test_files_without_an_end_are_those_of_the_own_station(archive: Archive) -> None:
    archive.finish(FIRST)
    assert [r.id for r in recordings.unfinished(archive.ctx)] == [SECOND]
    elsewhere = replace(archive.ctx, actor=replace(archive.ctx.actor, station="pc-2"))
    assert recordings.unfinished(elsewhere) == ()


def test_a_listener_gets_file_and_key_and_is_written_down(archive: Archive) -> None:
    chief = supervisor(archive.office)
    found, key = recordings.release(chief, "3f2a", "listen")
    assert found.id == FIRST
    assert key == archive.office.ctx.keys.recording_private(archive.office.programme.id)
    recordings.release(archive.office.ctx, FIRST, "export")
    assert archive.actions() == [
        ("recording_listen", f"recording {FIRST}"),
        ("recording_export", f"recording {FIRST}"),
    ]
    assert audit.verify(archive.office.ctx) is None


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("3f2", "recording_unknown"),
        ("", "recording_unknown"),
        ("ffff", "recording_unknown"),
        ("%%%%", "recording_unknown"),
        ("3f__", "recording_unknown"),
    ],
)
def test_a_recording_that_does_not_exist_is_refused(archive: Archive, prefix: str, code: str) -> None:
    with pytest.raises(CatiError) as refused:
        recordings.release(archive.office.ctx, prefix, "listen")
    assert refused.value.code == code
    assert archive.actions() == []


def test_an_ambiguous_beginning_is_refused(archive: Archive) -> None:
    archive.register("3f2a1111-three")
    with pytest.raises(CatiError) as refused:
        recordings.release(archive.office.ctx, "3f2a", "listen")
    assert refused.value.code == "recording_ambiguous"


def test_an_operator_listens_to_nothing(archive: Archive) -> None:
    for act in (
        lambda: recordings.listing(archive.ctx, archive.office.programme),
        lambda: recordings.release(archive.ctx, FIRST, "listen"),
    ):
        with pytest.raises(CatiError) as refused:
            act()
        assert refused.value.code == "not_allowed"
    assert archive.actions() == []


def test_without_the_key_nothing_is_handed_out_or_written_down(archive: Archive) -> None:
    chief = supervisor(archive.office)
    chief.keys.drop(archive.office.programme.id)
    with pytest.raises(CatiError) as refused:
        recordings.release(chief, FIRST, "listen")
    assert refused.value.code == "no_recording_key"
    assert archive.actions() == []


def test_recordings_of_another_programme_are_not_listed(archive: Archive) -> None:
    other = replace(archive.office.programme, id=archive.office.programme.id + 1)
    assert recordings.listing(archive.office.ctx, other) == ()
    with archive.office.database.write() as connection:
        connection.execute(update(t.recordings).values(station="pc-9"))
    assert len(recordings.listing(archive.office.ctx, archive.office.programme)) == 2


def test_where_a_recording_lies_is_noted_once(archive: Archive) -> None:
    content = {"place": "/share", "size": 9000, "sha256": "a" * 64}
    archive.finish(FIRST)
    for _twice in range(2):
        recordings.note_archived(archive.ctx, FIRST, **content)  # type: ignore[arg-type]
    with pytest.raises(CatiError) as refused:
        recordings.note_archived(archive.ctx, FIRST, place="/share", size=9000, sha256="b" * 64)
    assert refused.value.code == "archived_otherwise"
    found = recordings.whereabouts(archive.ctx, [FIRST, SECOND])
    assert [(one.id, one.ended, one.place, one.size) for one in found] == [
        (FIRST, True, "/share", 9000),
        (SECOND, False, None, None),
    ]
    bureau, programme = archive.office.ctx, archive.office.programme.id
    known, held = recordings.to_verify(bureau)
    assert [one.kept.sha256 for one in known] == ["a" * 64, None]
    assert {one.programme_id for one in known} == {*held} == {programme}
    recordings.note_verified(bureau, "/share", files=1, faults=0)
    recordings.note_place(bureau, "/share")
    assert [name for name, _subject in archive.actions()] == ["recordings_verified"]
    for act in (
        lambda: recordings.to_verify(archive.ctx),
        lambda: recordings.note_place(archive.ctx, "/share"),
        lambda: recordings.note_verified(archive.ctx, "/share", files=1, faults=0),
    ):
        with pytest.raises(CatiError) as refused:
            act()
        assert refused.value.code == "not_allowed"
    bureau.keys.drop(programme)
    assert recordings.to_verify(bureau)[1] == {}
    observer = replace(archive.ctx, actor=replace(archive.ctx.actor, roles=frozenset({Role.OBSERVER})))
    assert not recordings.may_archive(observer)
    with pytest.raises(CatiError):
        recordings.whereabouts(observer, [FIRST])


def test_who_spoke_how_much_is_kept_with_the_recording(archive: Archive) -> None:
    told = Speech(5000, (2000,), 3000, None, 900, 3, 1)
    archive.finish(FIRST, speech=told)
    archive.finish(SECOND)
    with archive.office.database.read() as connection:
        assert store.speech_of(connection, [FIRST, SECOND]) == (told,)
