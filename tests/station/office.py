"""A small bureau ready to call: a drawn programme of a few short lists, and operators who sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from cati.base.clock import Clock
from cati.domain.interview import Script
from cati.domain.programmes import (
    CallHours,
    Channel,
    Choice,
    Group,
    LoadedProgramme,
    Programme,
    Question,
    Settings,
    Unit,
)
from cati.domain.users import Role
from cati.services import draws, keys, programmes, sessions, users
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.station.runner import CallRunner
from cati.station.writing import ThroughServices
from cati.store.engine import Database
from tests.services.cleared import cleared
from tests.services.fieldwork import add_list, numbers

START = datetime(2024, 2, 21, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Wednesday in fieldwork time."""

PASSWORD = "long enough 1"
PARTIES = {"区统计局": "928471305662", "区委组织部": "116354265413"}
PUBLIC = "2830.53"

LEVELS = (("satisfied", 100), ("fair", 80), ("poor", 60), ("bad", 40), ("dont_know", None), ("refused", None))


def programme_of(
    *, units: int = 1, quotas: Sequence[int] = (2,), factor: int = 2, items: int = 3
) -> Programme:
    """An opening question, some items, an opinion, closing words; anybody may be called at any hour."""
    asked = (
        Question(f"item{n}", "select_one", {"zh": f"内容{n}"}, "levels", required=True, weight=Decimal(10))
        for n in range(1, items + 1)
    )
    return Programme(
        code="small",
        title="试",
        version="1",
        default_language="zh",
        settings=Settings(
            "0898",
            True,
            call_hours=(CallHours((), tuple(range(7)), time(0), time.max),),
            replicate_factor=factor,
            expires=date(2024, 12, 31),
        ),
        units=tuple(Unit(f"u{n}", f"单位{n}", "一") for n in range(1, units + 1)),
        groups=tuple(Group(f"g{n}", f"对象{n}", None, quota) for n, quota in enumerate(quotas, 1)),
        questions=(
            Question("opening", "select_one", {"zh": "现在方便吗"}, "yes_no", required=True),
            Question(
                "later", "note", {"zh": "打扰了"}, relevant="${opening} = 'no'", disposition="inconvenient"
            ),
            *asked,
            Question("opinion", "text", {"zh": "意见"}),
            Question("closing", "note", {"zh": "再见"}),
        ),
        choices={
            "yes_no": (Choice("yes", {"zh": "是"}, key="1"), Choice("no", {"zh": "否"}, key="2")),
            "levels": tuple(
                Choice(name, {"zh": name}, None if points is None else Decimal(points), str(key))
                for key, (name, points) in enumerate(LEVELS, 1)
            ),
        },
        channels=(Channel("phone", "电话访问", Decimal(100), "phone"),),
    )


@dataclass
class Office:
    """The bureau with its drawn programme."""

    ctx: Context
    programme: LoadedProgramme

    @property
    def database(self) -> Database:
        return self.ctx.database

    def hire(self, login: str) -> Context:
        """A new operator, signed in on a station of the same name."""
        users.add_user(self.ctx, login, f"话务员{login}", {Role.OPERATOR}, PASSWORD)
        return cleared(self.sign_in(login))

    def sign_in(self, login: str) -> Context:
        return sessions.sign_in(self.database, self.ctx.clock, login, PASSWORD, f"pc-{login}")

    def settings(self, **changed: object) -> LoadedProgramme:
        """The programme with other settings, for one call of a service."""
        programme = self.programme.programme
        other = replace(programme.settings, **changed)  # type: ignore[arg-type]
        return replace(self.programme, programme=replace(programme, settings=other))


def open_office(
    database: Database,
    clock: Clock,
    folder: Path,
    programme: Programme | None = None,
    *,
    list_size: int = 6,
    pool: int = 0,
) -> Office:
    """Set a programme up from nothing to a held draw.

    Args:
        folder: for the files of the draw.
        list_size: people on every list, all different.
        pool: people of the public pool.
    """
    programme = programme or programme_of()
    ctx, _recovery = users.init(
        database, clock, login="bureau", name="局", password=PASSWORD, station="pc-bureau"
    )
    loaded = programmes.store_programme(ctx, programme)
    at = 0
    for unit in programme.units:
        for group in programme.groups:
            add_list(ctx, loaded, (unit.code, group.code), numbers(at, list_size))
            at += list_size
    if pool:
        add_list(ctx, loaded, None, numbers(900_000, pool))
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=folder / "draw")
    return Office(cleared(ctx), programmes.get(ctx))


class Line:
    """A telephone line that notes what is dialled on it."""

    def __init__(self) -> None:
        self.dialled: list[str] = []
        self.is_open = False

    def dial(self, number: str) -> None:
        self.dialled.append(number)
        self.is_open = True

    def hang_up(self) -> None:
        self.is_open = False


def runner_of(ctx: Context, programme: LoadedProgramme, folder: Path, **chosen: object) -> CallRunner:
    """A call runner of an operator; `chosen` replaces its parts."""
    answers = chosen.pop("answers", None) or DatabaseAnswerLog(ctx)
    parts: dict[str, object] = {
        "script": Script.of(programme.programme),
        "dialler": Line(),
        "recorder": None,
        "writing": ThroughServices(ctx, programme, answers),  # type: ignore[arg-type]
        "folder": folder,
    }
    if "recording_public" not in chosen:
        parts["recording_public"] = keys.recording_public(ctx, programme.id)
    return CallRunner(ctx, programme, **(parts | chosen))  # type: ignore[arg-type]
