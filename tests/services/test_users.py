"""Users: the first one, signing in and out, adding and disabling."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.users import Role
from cati.sealing.keyring import Secret
from cati.sealing.recovery import new_recovery_key
from cati.services import audit, sessions, users
from cati.services.context import Context
from cati.store.engine import Database
from tests.rig.furnished import Furnished

PASSWORD = "long enough 1"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def bureau(furnished: Furnished) -> Context:
    return furnished(founded)


def founded(database: Database, clock: VirtualClock, _folder: Path) -> Context:
    ctx, _recovery = users.init(
        database, clock, login="Admin", name="统计员", password=PASSWORD, station="PC-1"
    )
    return ctx


def sign_in(ctx: Context, login: str, password: str = PASSWORD, station: str = "PC-2") -> Context:
    return sessions.sign_in(ctx.database, ctx.clock, login, password, station)


def refusal(ctx: Context, login: str, password: str = PASSWORD) -> tuple[str, str]:
    with pytest.raises(CatiError) as refused:
        sign_in(ctx, login, password)
    return refused.value.code, str(refused.value)


def test_the_first_user_is_of_the_bureau_and_signed_in(bureau: Context) -> None:
    assert bureau.actor.login == "admin"
    assert bureau.actor.name == "统计员"
    assert bureau.actor.roles == {Role.BUREAU}
    assert users.initialised(bureau.database)
    assert users.sole_login(bureau.database) == "admin"


def test_there_is_one_first_user_only(bureau: Context) -> None:
    with pytest.raises(CatiError) as refused:
        users.init(bureau.database, bureau.clock, login="other", name="x", password=PASSWORD, station="PC-1")
    assert refused.value.code == "already_initialised"
    assert [u.login for u in users.list_users(bureau)] == ["admin"]


def test_a_recovery_key_typed_back_is_the_one_that_counts(database: Database, clock: VirtualClock) -> None:
    shown = new_recovery_key()
    _ctx, recovery = users.init(
        database, clock, login="a", name="a", password=PASSWORD, station="s", recovery_key=shown.lower()
    )
    assert recovery == shown.lower()


def test_a_database_without_users_says_what_to_do(database: Database) -> None:
    assert not users.initialised(database)
    with pytest.raises(CatiError) as refused:
        users.sole_login(database)
    assert refused.value.code == "not_initialised"


def test_signing_in_gives_actor_and_keys(bureau: Context) -> None:
    ctx = sign_in(bureau, " ＡＤＭＩＮ ")
    assert ctx.actor.user_id == bureau.actor.user_id
    assert ctx.actor.station == "PC-2"
    assert ctx.keys.public == bureau.keys.public
    assert ctx.session_id != bureau.session_id


def test_every_refusal_of_a_sign_in_is_the_same_sentence(bureau: Context) -> None:
    users.add_user(bureau, "gone", "gone", [Role.OPERATOR], PASSWORD)
    users.disable_user(bureau, "gone")
    wrong = refusal(bureau, "admin", "wrong password")
    assert wrong[0] == "sign_in_refused"
    assert refusal(bureau, "nobody") == wrong
    assert refusal(bureau, "gone") == wrong
    for _ in range(sessions.FREE_FAILURES):
        refusal(bureau, "admin", "wrong password")
    assert refusal(bureau, "admin") == wrong


def test_wrong_passwords_make_one_wait_longer_and_longer(bureau: Context, clock: VirtualClock) -> None:
    for _ in range(sessions.FREE_FAILURES + 1):
        refusal(bureau, "admin", "wrong password")
    clock.advance(29)
    refusal(bureau, "admin")
    clock.advance(1)
    refusal(bureau, "admin", "wrong password")
    clock.advance(59)
    refusal(bureau, "admin")
    clock.advance(1)
    sign_in(bureau, "admin")
    (admin,) = users.list_users(bureau)
    assert admin.locked_until is None


def test_no_wait_is_longer_than_a_quarter_of_an_hour(bureau: Context, clock: VirtualClock) -> None:
    for _ in range(20):
        refusal(bureau, "admin", "wrong password")
        clock.advance(sessions.LONGEST_WAIT.total_seconds())
    refusal(bureau, "admin", "wrong password")
    (admin,) = users.list_users(bureau)
    assert admin.locked_until == clock.now() + timedelta(minutes=15)


def test_a_few_slips_are_forgotten_after_a_right_password(bureau: Context) -> None:
    for _ in range(3):
        for _ in range(sessions.FREE_FAILURES):
            refusal(bureau, "admin", "wrong password")
        sign_in(bureau, "admin")


def test_sessions_are_written_down_without_what_was_typed(bureau: Context) -> None:
    refusal(bureau, "secret typed as login", "wrong password")
    refusal(bureau, "admin", "wrong password")
    ctx = sign_in(bureau, "admin")
    sessions.sign_out(ctx)
    entries = audit.newest(bureau)
    assert sorted(e.action for e in entries) == [
        "init",
        "sign_in",
        "sign_in_refused",
        "sign_in_refused",
        "sign_out",
    ]
    assert [e.seq for e in entries if e.session_id == ctx.session_id] == [1, 0]
    assert "secret" not in repr(entries)
    assert "wrong" not in repr(entries)


def test_a_user_is_added_with_roles_and_signs_in(bureau: Context) -> None:
    added = users.add_user(bureau, "Op-1", "访问员一", [Role.OPERATOR, Role.SUPERVISOR], PASSWORD)
    assert added.login == "op-1"
    assert sign_in(bureau, "op-1").actor.roles == {Role.OPERATOR, Role.SUPERVISOR}
    assert [u.login for u in users.list_users(bureau)] == ["admin", "op-1"]
    with pytest.raises(CatiError) as refused:
        users.sole_login(bureau.database)
    assert refused.value.code == "which_user"


@pytest.mark.parametrize(
    ("login", "name", "roles", "password", "code"),
    [
        ("", "n", [Role.OPERATOR], PASSWORD, "login_invalid"),
        ("two words", "n", [Role.OPERATOR], PASSWORD, "login_invalid"),
        ("x" * 65, "n", [Role.OPERATOR], PASSWORD, "login_invalid"),
        ("tab\t", "n", [Role.OPERATOR], PASSWORD, None),
        ("a\tb", "n", [Role.OPERATOR], PASSWORD, "login_invalid"),
        ("op", " ", [Role.OPERATOR], PASSWORD, "name_invalid"),
        ("op", "two\nlines", [Role.OPERATOR], PASSWORD, "name_invalid"),
        ("op", "n", [], PASSWORD, "role_missing"),
        ("op", "n", [Role.OPERATOR], "short", "password_too_short"),
        ("ADMIN", "n", [Role.OPERATOR], PASSWORD, "login_taken"),
    ],
)
def test_a_user_must_be_described_well(
    bureau: Context, login: str, name: str, roles: list[Role], password: str, code: str | None
) -> None:
    if code is None:
        assert users.add_user(bureau, login, name, roles, password).login == login.strip()
        return
    with pytest.raises(CatiError) as refused:
        users.add_user(bureau, login, name, roles, password)
    assert refused.value.code == code
    assert len(users.list_users(bureau)) == 1


def test_only_who_manages_users_may_touch_them(bureau: Context) -> None:
    users.add_user(bureau, "op", "op", [Role.OPERATOR], PASSWORD)
    operator = sign_in(bureau, "op")
    for attempt in (
        lambda: users.list_users(operator),
        lambda: users.add_user(operator, "x", "x", [Role.BUREAU], PASSWORD),
        lambda: users.disable_user(operator, "admin"),
        lambda: users.enable_user(operator, "admin"),
    ):
        with pytest.raises(CatiError) as refused:
            attempt()
        assert refused.value.code == "not_allowed"


def test_a_disabled_user_may_come_back(bureau: Context) -> None:
    users.add_user(bureau, "op", "op", [Role.OPERATOR], PASSWORD)
    users.disable_user(bureau, "OP")
    refusal(bureau, "op")
    # Whoever holds the keys grants them with it.
    assert users.enable_user(bureau, "Op") == 1
    assert sign_in(bureau, "op").keys.held() == {(None, Secret.REFUSAL)}


def test_nobody_disables_themselves_or_a_ghost(bureau: Context) -> None:
    for login, code in (("Admin", "own_user"), ("ghost", "unknown_user")):
        with pytest.raises(CatiError) as refused:
            users.disable_user(bureau, login)
        assert refused.value.code == code
    with pytest.raises(CatiError) as refused:
        users.enable_user(bureau, "ghost")
    assert refused.value.code == "unknown_user"


def test_keys_follow_the_roles(bureau: Context) -> None:
    users.add_user(bureau, "li", "Li", [Role.OPERATOR], PASSWORD)
    assert sign_in(bureau, "li").keys.held() == {(None, Secret.REFUSAL)}
    users.set_roles(bureau, "li", [Role.SUPERVISOR])
    li = sign_in(bureau, "li")
    assert li.actor.roles == {Role.SUPERVISOR}
    assert not li.keys.held()
    users.set_roles(bureau, "LI", [Role.OPERATOR, Role.OBSERVER])
    assert sign_in(bureau, "li").keys.held() == {(None, Secret.REFUSAL)}
    assert audit.verify(bureau) is None


@pytest.mark.parametrize(
    ("login", "roles", "code"),
    [
        ("li", [], "role_missing"),
        ("boss", [Role.ADMIN], "own_roles"),
        ("nobody", [Role.ADMIN], "unknown_user"),
    ],
)
def test_roles_are_not_taken_from_oneself_or_left_empty(
    bureau: Context, login: str, roles: list[Role], code: str
) -> None:
    login = bureau.actor.login if login == "boss" else login
    with pytest.raises(CatiError) as refused:
        users.set_roles(bureau, login, roles)
    assert refused.value.code == code
