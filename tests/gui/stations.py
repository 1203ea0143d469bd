"""A station that keeps its users in memory, for the tests of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cati.base.errors import CatiError
from cati.domain.users import DemoUser

KEY = "7K3QM-AB12C-99ZZ0-QWERT-ASDFG-12345-0VBNM"


@dataclass
class MemoryStation:
    """Users and passwords in a dictionary; everything that was asked of it in `log`."""

    users: dict[str, str] = field(default_factory=dict)
    demo: DemoUser | None = None
    log: list[str] = field(default_factory=list)

    def is_new(self) -> bool:
        return not self.users

    def sign_in(self, login: str, password: str) -> str:
        self.log.append(f"sign in {login}")
        if self.users.get(login) != password:
            raise CatiError("sign_in_refused", "Signing in was refused.")
        return login

    def check_first_user(self, login: str, name: str, password: str) -> None:
        if len(password) < 8:
            raise CatiError("password_short", "The password has fewer than 8 characters.")

    def new_recovery_key(self) -> str:
        self.log.append("new key")
        return KEY

    def check_recovery_key(self, shown: str, typed: str) -> None:
        if shown.replace("-", "") != typed.replace("-", "").replace(" ", "").upper():
            raise CatiError("recovery_key_mistyped", "The recovery key is mistyped.")

    def create_first_user(self, login: str, name: str, password: str, recovery_key: str) -> str:
        self.users[login] = password
        self.log.append(f"create {login} {name} {recovery_key}")
        return login

    def sign_out(self, session: str) -> None:
        self.log.append(f"sign out {session}")

    def daily_backup(self, tell: Callable[[], None]) -> None:
        tell()

    def close(self) -> None:
        self.log.append("close")
