"""Retiring a programme destroys what it knows of people, and nothing else."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.exports import What
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Role
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.recovery import new_recovery_key
from cati.services import copying, draws, exports, frames, keys, programmes, retiring, scoring, users
from cati.services.context import Context
from cati.services.exports import Identity
from cati.store import retiring as store
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.bureau import list_rows, write_list
from tests.services.fieldwork import add_list, cases_of, cell_id, evaluation, interviewed, numbers

Season = tuple[Context, LoadedProgramme]


@pytest.fixture
def season(furnished: Furnished) -> Season:
    return furnished(closed_season)


@pytest.fixture
def ctx(season: Season) -> Context:
    return season[0]


def founded(database: Database, clock: VirtualClock) -> Context:
    made, _recovery = users.init(
        database,
        clock,
        login="admin",
        name="局",
        password="a long enough password",
        station="station-1",
        recovery_key=new_recovery_key(),
    )
    return made


def closed_season(database: Database, clock: VirtualClock, folder: Path) -> Season:
    """A closed programme with lists, a row that could not be used, and one interview."""
    ctx = founded(database, clock)
    loaded = programmes.store_programme(ctx, evaluation())
    rows = list_rows("区教育局", ["13900000001", "无"])
    frames.import_frame(ctx, loaded, write_list(folder / "list.xlsx", {"管理对象": rows}))
    add_list(ctx, loaded, ("u2", "served"), numbers(50, 3))
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=folder / "draw")
    (case,) = cases_of(ctx, cell_id(ctx, loaded, "u1", "managed"))
    interviewed(ctx, case, {"age": "34", "item1": "1"})
    return ctx, programmes.close_fieldwork(ctx, loaded.programme.code)


def test_contacts_sealed_rows_and_grants_are_gone_and_the_certificate_says_so(
    season: Season, tmp_path: Path
) -> None:
    ctx, loaded = season
    with ctx.database.read() as connection:
        sealed = connection.scalars(select(tables.contacts.c.sealed)).all()
        granted = connection.scalars(
            select(tables.key_grants.c.sealed).where(tables.key_grants.c.secret == "contact")
        ).all()
    done = retiring.retire(ctx, loaded.programme.code, "yazhou-2023", tmp_path / "out")
    assert (done.destroyed.contacts, done.destroyed.problems, done.destroyed.grants) == (4, 1, 2)
    assert done.programme.state == "retired"
    with ctx.database.read() as connection:
        assert store.left(connection, loaded.id) == (0, 0, 0, 0)
        noted = connection.execute(select(tables.audit).where(tables.audit.c.action == "retire")).one()
    content = done.certificate.read_bytes()
    assert hashlib.sha256(content).hexdigest() == done.sha256 == noted.detail["certificate"]
    certificate = json.loads(content)
    assert certificate["destroyed"]["contacts"] == 4
    assert certificate["destroyed"]["contacts_sha256"] == done.destroyed.contacts_sha256
    assert certificate["retired_by"]["login"] == "admin"
    if ctx.database.is_sqlite:
        parts = [ctx.database.file.with_name(ctx.database.file.name + end) for end in ("", "-wal")]
        left = b"".join(part.read_bytes() for part in parts if part.exists())
        assert not [one for one in (*sealed, *granted) if one in left]


def test_scores_and_masked_answers_live_on_and_names_say_that_they_are_gone(
    season: Season, tmp_path: Path
) -> None:
    ctx, loaded = season
    before = scoring.score(ctx, loaded)
    loaded = retiring.retire(ctx, loaded.programme.code, "yazhou-2023", tmp_path / "out").programme
    assert scoring.score(ctx, loaded) == before
    assert exports.export(ctx, loaded, What.INTERVIEWS, tmp_path / "i.xlsx").rows == 1
    with pytest.raises(CatiError, match="destroyed when it was retired"):
        exports.export(
            ctx, loaded, What.INTERVIEWS, tmp_path / "f.xlsx", identity=Identity.FULL, recipient="x"
        )
    with pytest.raises(CatiError, match="destroyed when it was retired"):
        ctx.keys.contact_key(loaded.id)
    assert (loaded.id, Secret.RECORDING) in ctx.keys.held()


def test_who_signs_in_later_is_told_and_an_open_session_grants_nothing(
    season: Season, tmp_path: Path
) -> None:
    ctx, loaded = season
    other = replace(ctx, keys=KeyRing(ctx.keys._pair))
    keys.refresh(other)
    retiring.retire(ctx, loaded.programme.code, "yazhou-2023", tmp_path / "out")
    assert (loaded.id, Secret.CONTACT) in other.keys.held()
    keys.grant(other, "admin")
    with ctx.database.read() as connection:
        assert store.left(connection, loaded.id) == (0, 0, 0, 0)
    keys.refresh(other)
    with pytest.raises(CatiError, match="destroyed when it was retired"):
        other.keys.contact_key(loaded.id)
    assert keys.missing(ctx) == ()


@pytest.mark.parametrize("typed", ["", "yes", "yazhou-2024"])
def test_without_the_code_typed_nothing_happens(season: Season, tmp_path: Path, typed: str) -> None:
    ctx, loaded = season
    with pytest.raises(CatiError, match="type the code of the programme: yazhou-2023"):
        retiring.retire(ctx, loaded.programme.code, typed, tmp_path / "out")
    with ctx.database.read() as connection:
        assert sum(store.left(connection, loaded.id)) > 0


def test_an_open_programme_and_one_that_is_retired_are_refused(
    ctx: Context, season: Season, tmp_path: Path
) -> None:
    ctx, loaded = season
    programmes.store_programme(ctx, replace(evaluation(), code="other"))
    with pytest.raises(CatiError, match="is not closed"):
        retiring.retire(ctx, "other", "other", tmp_path / "out")
    retiring.retire(ctx, loaded.programme.code, "yazhou-2023", tmp_path / "out")
    certificate = (tmp_path / "out" / "yazhou-2023-retired.json").read_bytes()
    with pytest.raises(CatiError, match="is not closed"):
        retiring.retire(ctx, loaded.programme.code, "yazhou-2023", tmp_path / "out")
    assert (tmp_path / "out" / "yazhou-2023-retired.json").read_bytes() == certificate


def test_a_certificate_that_cannot_be_written_leaves_everything(season: Season, tmp_path: Path) -> None:
    ctx, loaded = season
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(CatiError, match="could not be written"):
        retiring.retire(ctx, loaded.programme.code, "yazhou-2023", tmp_path / "out")
    with ctx.database.read() as connection:
        assert sum(store.left(connection, loaded.id)) > 0
    assert programmes.get(ctx, "yazhou-2023").state == "closed"


def test_only_the_bureau_retires_and_copies(season: Season, tmp_path: Path) -> None:
    ctx, loaded = season
    other = replace(ctx, actor=Actor(ctx.actor.user_id, "s", "s", frozenset({Role.SUPERVISOR}), "s"))
    with pytest.raises(CatiError, match="may not do this"):
        retiring.retire(other, loaded.programme.code, "yazhou-2023", tmp_path / "out")
    with pytest.raises(CatiError, match="may not do this"):
        copying.copy(other, loaded.programme.code, "yazhou-2024")


def test_a_copy_has_the_definition_and_nothing_of_people(season: Season) -> None:
    ctx, loaded = season
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.wishes).values(
                kind="refusal",
                number_hash=b"0" * 32,
                programme_id=loaded.id,
                noted_at=ctx.clock.now(),
                expires_at=ctx.clock.now().replace(year=2030),
            )
        )
    asked: list[str] = []

    def ask(name: str, proposed: str) -> str:
        asked.append(name)
        return ""

    made = copying.copy(ctx, "yazhou-2023", "yazhou-2024", {"title": "明年"}, ask)
    assert asked == ["deadline.lists", "closed_days"]
    assert (made.refusals, made.call_again) == (1, 0)
    new = programmes.get(ctx, "yazhou-2024")
    assert (new.state, new.programme.title) == ("setup", "明年")
    assert new.programme.units == loaded.programme.units
    assert copying.copy(ctx, "yazhou-2023", "typed", {"closed_days": ""}).decided["closed_days"] == ""
    dash = {"closed_days": "-"}
    made = copying.copy(ctx, "yazhou-2023", "asked", ask=lambda name, _proposed: dash.get(name, ""))
    assert made.decided["closed_days"] == ""
    with ctx.database.read() as connection:
        assert store.left(connection, new.id)[2] == 2  # the key is granted to the bureau and to recovery
        kept = connection.scalars(select(tables.frames.c.programme_id).distinct()).all()
    assert kept == [loaded.id]


@pytest.mark.parametrize(
    ("code", "chosen", "words"),
    [
        ("yazhou-2023", {}, "already"),
        ("a b", {}, "cannot be the code"),
        ("next", {"deadline.lists": "soon"}, "was not understood"),
        ("next", {"colour": "red"}, "nothing called colour"),
    ],
)
def test_a_copy_that_cannot_be_is_refused(
    season: Season, code: str, chosen: dict[str, str], words: str
) -> None:
    ctx, _loaded = season
    with pytest.raises(CatiError, match=words):
        copying.copy(ctx, "yazhou-2023", code, chosen)
    assert len(programmes.listing(ctx)) == 1


def with_representatives_and_ballots(ctx: Context, loaded: LoadedProgramme) -> None:
    at, by = ctx.clock.now(), ctx.actor.user_id
    with ctx.database.write() as connection:
        roster = connection.execute(
            insert(tables.rosters).values(
                programme_id=loaded.id, code="party", file="x.xlsx", sha256="0" * 64, at=at, user_id=by
            )
        ).inserted_primary_key
        assert roster is not None
        for row in range(1, 4):
            member = {"roster_id": roster[0], "row": row, "number_hash": bytes([row]), "sealed": b"sealed"}
            connection.execute(insert(tables.roster_members).values(**member))
        connection.execute(
            insert(tables.ballot_sets).values(
                programme_id=loaded.id, channel="public", group_code="", file="b.xlsx", sha256="0" * 64,
                ballots=30, void=0, at=at, user_id=by,
            )
        )  # fmt: skip


def test_what_will_be_destroyed_is_told_before_and_the_certificate_is_read_again(
    season: Season, tmp_path: Path
) -> None:
    ctx, loaded = season
    code, folder = loaded.programme.code, tmp_path / "out"
    with_representatives_and_ballots(ctx, loaded)
    assert retiring.foresee(ctx, code) == retiring.Foreseen(4, 1, 2, 3)
    with pytest.raises(CatiError, match="no certificate"):
        retiring.certificate(ctx, code, folder)
    done = retiring.retire(ctx, code, code, folder)
    found = retiring.certificate(ctx, code, folder)
    assert (found.contacts, found.problems, found.grants, found.sha256) == (4, 1, 2, done.sha256)
    assert (found.representatives, found.ballots, found.web_opinions) == (3, 30, 0)
    assert (found.programme, found.by[0]) == (code, "admin")
    assert len(found.kept) == len(retiring.KEPT)
    with pytest.raises(CatiError, match="is not closed"):
        retiring.foresee(ctx, code)
    done.certificate.write_bytes(done.certificate.read_bytes().replace(b"4", b"5"))
    with pytest.raises(CatiError, match="is not the certificate"):
        retiring.certificate(ctx, code, folder)
