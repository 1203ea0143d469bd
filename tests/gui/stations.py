"""A station that keeps its users in memory, for the tests of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cati.base.errors import CatiError
from cati.domain.users import DemoUser

KEY = "7K3QM-AB12C-99ZZ0-QWERT-ASDFG-12345-0VBNM"


@dataclass
class MemoryStation:
    """Users and passwords in a dictionary; everything that was asked of it in `log`."""

    users: dict[str, str] = field(default_factory=dict)
    demo: DemoUser | None = None
    log: list[str] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)
    settings: Any = None
    told: Callable[[str, int], None] = lambda _what, _programme: None
    live: Callable[[bool], None] = lambda _live: None
    lost: Callable[[datetime | None, str], None] = lambda _since, _why: None

    def unfinished(self, session: str) -> tuple[str, ...]:
        return ()

    def sound_booth(self, on_sound: Callable[[Any], None]) -> Any:
        raise NotImplementedError

    def sign_in(self, login: str, password: str, *, take_over: bool = False) -> str:
        self.log.append(f"sign in {login}")
        if self.users.get(login) != password:
            raise CatiError("sign_in_refused", "Signing in was refused.")
        if login in self.elsewhere and not take_over:
            raise CatiError("signed_in_elsewhere", "You are signed in at PC-7.")
        return login

    def founding(self) -> MemoryFounding:
        self.log.append("leave the demonstration")
        return MemoryFounding(self, from_demo=True, folder_chosen=False)

    def sign_out(self, session: str) -> None:
        self.log.append(f"sign out {session}")

    def restore(self, session: Any, file: Path) -> Path:
        self.log.append(f"restore {file.name}")
        return file.with_name("aside.db")

    def daily_backup(self, tell: Callable[[], None]) -> None:
        tell()

    def listen(
        self,
        told: Callable[[str, int], None],
        live: Callable[[bool], None],
        lost: Callable[[datetime | None, str], None],
    ) -> None:
        self.told, self.live, self.lost = told, live, lost

    def close(self) -> None:
        self.log.append("close")


@dataclass
class MemoryFounding:
    """Founds a `MemoryStation`."""

    station: MemoryStation
    from_demo: bool = False
    language_chosen: bool = True
    folder_chosen: bool = True
    folder_given: bool = False
    folder: Path = Path("/data/cati")

    def choose_folder(self, typed: str) -> bool:
        self.station.log.append(f"folder {typed}")
        if "share" in typed:
            raise CatiError("folder_shared", "The database would lie on a network share.")
        self.folder = Path(typed)
        return bool(self.station.users) and not self.from_demo

    def give_up(self) -> None:
        self.station.log.append("give up")

    def check_first_user(self, login: str, name: str, password: str) -> None:
        if len(password) < 8:
            raise CatiError("password_short", "The password has fewer than 8 characters.")

    def new_recovery_key(self) -> str:
        self.station.log.append("new key")
        return KEY

    def check_recovery_key(self, shown: str, typed: str) -> None:
        if shown.replace("-", "") != typed.replace("-", "").replace(" ", "").upper():
            raise CatiError("recovery_key_mistyped", "The recovery key is mistyped.")

    def found(self, login: str, name: str, password: str, recovery_key: str) -> None:
        self.station.users = {login: password}
        self.station.demo = None
        self.station.log.append(f"create {login} {name} {recovery_key}")
