"""What a draw's ceremony shows: who gave what, the seed, the order of every cell, and the check of it all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cati.base import paths
from cati.domain import draws as rules
from cati.domain.draws import Party
from cati.domain.programmes import Group, LoadedProgramme, Unit
from cati.domain.users import Right
from cati.services import drawn_lists, draws, exemptions
from cati.services.context import Context
from cati.store import draws as store
from cati.store import frames as frame_store

CHECK_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A draw as it stands, with nothing secret and nobody's name or number.

    Attributes:
        state: none, committed or held.
        lists, people: phone lists in force, and usable rows on them; the public pool and who is mailed apart.
        missing: cells without a list.
        number: 0 for the programme's draw, from 1 on for those of lists that came later.
        count: so many draws there are, with one that lists which came later wait for.
        later: so many lists wait for it.
        mailed: lists in force of people who are sent a questionnaire: nobody of them is drawn.
        wanting: those of lists that are too small or leave areas out, and were not exempted from it.
        frame_hash: published when the parties had committed, "" before.
        published, held: when (aware), None before.
        parties: in the order in which they committed; a part is there once it was revealed.
        public_value: "" until the draw is held.
        seed: "" until then; as `digest`, of the certificate.
        plan_hash: of programme, units, groups and quotas.
        voided: draws of the programme that were given up before.
        order: entry names of each cell (``unit/group`` codes) in the order of their tickets.
    """

    state: str
    lists: int
    people: int
    missing: tuple[tuple[Unit, Group], ...]
    frame_hash: str = ""
    published: datetime | None = None
    held: datetime | None = None
    parties: tuple[Party, ...] = ()
    public_name: str = ""
    public_value: str = ""
    seed: str = ""
    digest: str = ""
    plan_hash: str = ""
    voided: int = 0
    wanting: tuple[str, ...] = ()
    number: int = 0
    count: int = 1
    later: int = 0
    mailed: int = 0
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of the parties that have not revealed their part."""
        return tuple(party.name for party in self.parties if party.reveal is None)

    def ticket(self, cell: str, entry: str) -> str:
        """An entry's place in the order, in hexadecimal."""
        return rules.ticket(self.seed, self.plan_hash, cell, entry)


def look(ctx: Context, programme: LoadedProgramme, number: int | None = None) -> Ceremony:
    """How far a draw of a programme is.

    Args:
        ctx: somebody who may see how far things are.
        programme: whose.
        number: which of its draws; the one under way if None, else the first.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    called = {group.code for group in programme.programme.groups}
    with ctx.database.read() as connection:
        in_force = [f for f in frame_store.stored_frames(connection, programme.id) if f.current and f.unit]
        frames = [frame for frame in in_force if frame.group in called]
        mailed = len(in_force) - len(frames)
        begun = store.live_draws(connection, programme.id)
        under_way = bool(begun) and begun[-1].state == "committed"
        waiting = len(drawn_lists.waiting(connection, programme)) if begun and not under_way else 0
        count = len(begun) + (not begun or waiting > 0)
        if number is None or number >= count:
            number = len(begun) - 1 if under_way else 0
        draw = begun[number] if number < len(begun) else None
        taken = store.drawn(connection, programme.id) if draw is None else store.lists_of(connection, draw.id)
        if begun:
            frames = [frame for frame in frames if (frame.id in taken) == (draw is not None)]
        voided = len(store.void_draws(connection, programme.id))
        found = exemptions.wanting(connection, programme)
        missing = drawn_lists.unlisted_in(connection, programme)
    wanting = tuple(dict.fromkeys(f"{one.unit.name}/{one.group.label}" for one in found))
    people = sum(frame.accepted for frame in frames)
    if draw is None:
        return Ceremony(
            "none", len(frames), people, missing,
            voided=voided, wanting=wanting, number=number, count=count, later=waiting, mailed=mailed,
        )  # fmt: skip
    certificate = json.loads(draw.certificate) if draw.certificate else {}
    return Ceremony(
        state=draw.state,
        lists=len(frames),
        people=people,
        missing=missing,
        frame_hash=draw.frame_hash,
        published=draw.created_at,
        held=draw.held_at,
        parties=draw.parties,
        public_name=draw.public_name,
        public_value=draw.public_value or "",
        seed=draw.seed or "",
        digest=certificate.get("digest", ""),
        plan_hash=draw.plan_hash,
        voided=voided,
        wanting=wanting,
        number=number,
        count=count,
        later=waiting,
        mailed=mailed,
        order={cell: tuple(names) for cell, names in certificate.get("order", {}).items()},
    )


def check(ctx: Context, programme: LoadedProgramme, folder: Path, number: int = 0) -> str:
    """Write the files of a held draw into its folder and compute it again with the script anybody may use.

    Returns:
        What the script said: OK, or the first difference.

    Raises:
        CatiError: as `draws.write_files`.
    """
    draws.write_files(ctx, programme, folder, number)
    return computed_again(draws.folder_of(folder, number))


def computed_again(folder: Path) -> str:
    """What the script that anybody may use says of the files of a held draw: OK, or the first difference."""
    # In a process of its own, with nothing of this program: just as a third party runs it.
    said = subprocess.run(
        [sys.executable, "-I", str(paths.resources() / "verify_draw.py"), str(folder)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=CHECK_SECONDS,
        check=False,
    )
    return (said.stdout or said.stderr).strip()
