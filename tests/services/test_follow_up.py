"""Who gave opinions in one programme is the list of a group of the next, and nobody sees a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.contacts import Contact
from cati.domain.programme_json import to_json
from cati.domain.programmes import FOLLOW_UP, LoadedProgramme, Unit
from cati.domain.wishes import Wish
from cati.services import draws, follow_up, frames, programmes, wishes
from cati.services.context import Context
from cati.store import tables
from cati.store import wishes as wish_store
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.bureau import bureau_of
from tests.services.fieldwork import (
    add_list,
    cases_of,
    cell_id,
    evaluation,
    interviewed,
    numbers,
)
from tests.station.office import PARTIES, PUBLIC

Years = tuple[Context, LoadedProgramme, LoadedProgramme]


def two_years(database: Database, clock: VirtualClock, folder: Path) -> Years:
    """A programme in which people gave opinions, and the next one; a unit has another code there."""
    first = evaluation(quotas=(4, 2), factor=1)
    ctx, _loaded = bureau_of(database, clock, replace(first, code="other"))
    earlier = replace(first, code="y2014", settings=replace(first.settings, call_again="again=yes"))
    followed = replace(first.groups[0], list_kind=FOLLOW_UP, minimum_list_size=2)
    units = (first.units[0], Unit("u9", first.units[1].name, first.units[1].series))
    later = replace(first, code="y2015", units=units, groups=(followed, first.groups[1]))
    old, new = (programmes.store_programme(ctx, one) for one in (earlier, later))
    add_list(ctx, old, ("u1", "managed"), numbers(0, 4))
    add_list(ctx, old, ("u2", "managed"), numbers(4, 1))
    draws.draw(ctx, old, parties=PARTIES, public=PUBLIC, out=folder / "draw")
    said = [
        {"opinion": "窗口少", "again": "yes"},
        {"opinion": "排队久", "again": "no"},
        {"opinion": "", "again": "yes"},
        {"opinion": "不满意", "again": "yes"},
    ]
    people = sorted(
        cases_of(ctx, cell_id(ctx, old, "u1", "managed")), key=lambda case: int(str(case["entry_id"]))
    )
    for number, case, answers in zip(numbers(0, 4), people, said, strict=True):
        interviewed(ctx, case, answers)
        if answers["again"] == "yes":
            with ctx.database.write() as connection:
                wished = [ctx.keys.refusal_key().number_hash(number)]
                now = ctx.now(connection)
                until = now + timedelta(days=700)
                wish_store.note(
                    connection, wished, Wish.CALL_AGAIN, programme_id=old.id, now=now, expires=until
                )
    (other,) = cases_of(ctx, cell_id(ctx, old, "u2", "managed"))
    interviewed(ctx, other, {"again": "yes"}, off_path={"opinion": "收回的话"})
    return ctx, old, new


def test_who_gave_an_opinion_and_agreed_is_on_the_list(furnished_file: Furnished, tmp_path: Path) -> None:
    ctx, _old, new = furnished_file(two_years)
    (taken,) = follow_up.take(ctx, new, "y2014")
    assert (taken.unit.code, taken.group.code) == ("u1", "managed")
    assert (taken.report.rows, taken.report.accepted, taken.report.short) == (2, 2, False)
    (frame,) = frames.listing(ctx, new)
    assert (frame.file, frame.version, frame.current) == ("y2014", 1, True)
    draws.draw(ctx, new, parties=PARTIES, public=PUBLIC, out=tmp_path / "draw")
    assert called(ctx, new) == {"+8613900000000", "+8613900000003"}
    with pytest.raises(CatiError) as frozen:
        follow_up.take(ctx, new, "y2014")
    assert frozen.value.code == "frames_frozen"


def test_whoever_refuses_or_is_on_another_list_is_left_out(furnished_file: Furnished) -> None:
    ctx, old, new = furnished_file(two_years)
    wishes.add(ctx, old, "13900000003", "来电要求")
    (taken,) = follow_up.take(ctx, new, "y2014")
    assert (taken.report.rows, taken.report.accepted, taken.report.short) == (1, 1, True)
    add_list(ctx, new, ("u1", "served"), numbers(0, 4))
    (again,) = follow_up.take(ctx, new, "y2014")
    assert (again.report.accepted, again.report.rejected) == (0, {"duplicate_across_lists": 1})
    assert [frame.version for frame in frames.listing(ctx, new) if frame.group == "managed"] == [1, 2]


def test_where_nobody_was_asked_whoever_gave_an_opinion_is_taken(furnished_file: Furnished) -> None:
    ctx, old, new = furnished_file(two_years)
    unasked = replace(old.programme, settings=replace(old.programme.settings, call_again=""))
    with ctx.database.write() as connection:
        definition = {"definition": to_json(unasked)}
        connection.execute(
            update(tables.programmes).where(tables.programmes.c.id == old.id).values(definition)
        )
    wishes.add(ctx, old, "13900000001", "来电要求")
    (taken,) = follow_up.take(ctx, new, "y2014")
    assert (taken.report.rows, taken.report.accepted) == (2, 2)


def test_what_cannot_be_followed_up_is_refused(furnished_file: Furnished) -> None:
    ctx, old, new = furnished_file(two_years)
    programmes.store_programme(ctx, replace(old.programme, code="y2013"))
    for programme, code, refusal in (
        (old, "y2015", "no_follow_up"),
        (new, "y2015", "follow_up_itself"),
        (new, "nowhere", "programme_unknown"),
        (new, "y2013", "no_opinions"),
    ):
        with pytest.raises(CatiError) as refused:
            follow_up.take(ctx, programme, code)
        assert refused.value.code == refusal
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.programmes).where(tables.programmes.c.id == old.id).values(state="retired")
        )
    with pytest.raises(CatiError) as destroyed:
        follow_up.take(ctx, new, "y2014")
    assert destroyed.value.code == "contacts_destroyed"
    assert frames.listing(ctx, new) == ()


def called(ctx: Context, programme: LoadedProgramme) -> set[str]:
    """Numbers of all cases, opened with the programme's own key."""
    key = ctx.keys.contact_key(programme.id)
    with ctx.database.read() as connection:
        rows = connection.execute(
            select(tables.persons.c.number_hash, tables.contacts.c.sealed)
            .select_from(tables.cases)
            .join(tables.persons, tables.persons.c.id == tables.cases.c.person_id)
            .join(tables.contacts, tables.contacts.c.entry_id == tables.cases.c.entry_id)
            .where(tables.cases.c.programme_id == programme.id)
        )
        return {Contact.decode(key.open(sealed, bound_to=number)).number.e164 for number, sealed in rows}
