"""Secrets of programmes and who holds them; passwords changed, reset and recovered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme, Programme, Settings
from cati.domain.users import Role
from cati.sealing import passwords as sealed_passwords
from cati.sealing.keyring import Secret
from cati.sealing.keys import KeyPair
from cati.sealing.recovery import new_recovery_key
from cati.services import keys, passwords, sessions, simulated, users
from cati.services.context import Context
from cati.store.engine import Connection, Database
from cati.store.tables import key_grants, programmes
from tests.rig.furnished import Furnished

PASSWORD = "long enough 1"
OTHER = "another phrase"
OF_PROGRAMME = {Secret.CONTACT, Secret.RECORDING}


@dataclass
class Office:
    """A database with a bureau user and what tests ask of it."""

    bureau: Context
    recovery: str
    programme_ids: list[int] = field(default_factory=list)

    def add(self, login: str, *roles: Role) -> None:
        users.add_user(self.bureau, login, login, roles, PASSWORD)

    def sign_in(self, login: str, password: str = PASSWORD) -> Context:
        return sessions.sign_in(self.bureau.database, self.bureau.clock, login, password, "PC-2")

    def programme(self, code: str = "p") -> int:
        with self.bureau.database.write() as connection:
            return self.add_programme(connection, code)

    def add_programme(self, connection: Connection, code: str = "p") -> int:
        programme_id = connection.execute(
            insert(programmes)
            .values(
                code=code,
                definition={},
                plan_hash="",
                recording_public=b"",
                loaded_at=self.bureau.clock.now(),
                loaded_by=self.bureau.actor.user_id,
            )
            .returning(programmes.c.id)
        ).scalar_one()
        keys.create_programme_secrets(self.bureau, connection, programme_id)
        return int(programme_id)


@pytest.fixture
def office(furnished: Furnished) -> Office:
    return furnished(founded)


def founded(database: Database, clock: VirtualClock, _folder: Path) -> Office:
    bureau, recovery = users.init(
        database, clock, login="admin", name="统计员", password=PASSWORD, station="PC-1"
    )
    return Office(bureau, recovery)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CatiError) as refused:
        action()
    return refused.value.code


def holds(ctx: Context, programme_id: int) -> set[Secret]:
    return {which for held, which in ctx.keys.held() if held == programme_id}


def test_each_role_gets_its_secrets_and_no_others(office: Office) -> None:
    for role in Role:
        office.add(f"the-{role}", role)
    programme_id = office.programme()
    assert holds(office.bureau, programme_id) == {Secret.CONTACT, Secret.RECORDING}
    found = {role: holds(office.sign_in(f"the-{role}"), programme_id) for role in Role}
    assert found == {
        Role.OPERATOR: {Secret.CONTACT},
        Role.SUPERVISOR: {Secret.RECORDING},
        Role.BUREAU: {Secret.CONTACT, Secret.RECORDING},
        Role.OBSERVER: set(),
        Role.ADMIN: set(),
        Role.CLERK: set(),
    }


def test_what_one_seals_another_opens_and_an_observer_does_not(office: Office) -> None:
    programme_id = office.programme()
    office.add("op", Role.OPERATOR)
    office.add("obs", Role.OBSERVER)
    sealed = office.bureau.keys.contact_key(programme_id).seal(b"whom", bound_to=b"1")
    operator, observer = office.sign_in("op"), office.sign_in("obs")
    assert operator.keys.contact_key(programme_id).open(sealed, bound_to=b"1") == b"whom"
    assert code_of(lambda: observer.keys.contact_key(programme_id)) == "no_contact_key"
    assert code_of(lambda: operator.keys.recording_private(programme_id)) == "no_recording_key"


def test_the_recording_pair_fits_and_its_public_half_is_public(office: Office) -> None:
    programme_id = office.programme()
    public = keys.recording_public(office.bureau, programme_id)
    assert KeyPair.of(office.bureau.keys.recording_private(programme_id)).public == public


def make_and_refuse(office: Office) -> None:
    with office.bureau.database.write() as connection:
        programme_id = office.add_programme(connection)
        assert holds(office.bureau, programme_id) == {Secret.CONTACT, Secret.RECORDING}
        raise CatiError("refused", "refused")


def test_an_undone_programme_leaves_no_key_behind(office: Office) -> None:
    kept = office.programme("kept")
    with pytest.raises(CatiError):
        make_and_refuse(office)
    assert {programme_id for programme_id, _ in office.bureau.keys.held()} == {kept, None}


def test_each_programme_has_secrets_of_its_own(office: Office) -> None:
    first, second = office.programme("a"), office.programme("b")
    ring = office.bureau.keys
    assert len({ring.secret(p, which) for p in (first, second) for which in OF_PROGRAMME}) == 4


def test_a_database_without_a_recovery_key_makes_no_secrets(database_url: str) -> None:
    database = Database(database_url)
    with database.read() as connection:
        assert code_of(lambda: keys.recovery_public(connection)) == "not_initialised"
    database.close()


def test_a_user_added_by_somebody_without_keys_waits_for_a_holder(office: Office) -> None:
    office.add("it", Role.ADMIN)
    programme_id = office.programme()
    admin = office.sign_in("it")
    users.add_user(admin, "op", "op", [Role.OPERATOR], PASSWORD)
    assert keys.missing(admin) == (
        keys.Missing("op", None, Secret.REFUSAL),
        keys.Missing("op", programme_id, Secret.CONTACT),
    )
    assert code_of(lambda: keys.grant(admin, "op")) == "nothing_to_grant"
    operator = office.sign_in("op")
    assert not operator.keys.held()
    assert keys.grant(office.bureau, "OP") == 2
    keys.refresh(operator)
    assert holds(operator, programme_id) == {Secret.CONTACT}
    assert keys.missing(admin) == ()


def test_any_holder_grants_but_only_what_a_role_entitles_to(office: Office) -> None:
    programme_id = office.programme()
    office.add("it", Role.ADMIN)
    office.add("op-1", Role.OPERATOR)
    users.add_user(office.sign_in("it"), "op-2", "op-2", [Role.OPERATOR], PASSWORD)
    users.add_user(office.sign_in("it"), "sup", "sup", [Role.SUPERVISOR], PASSWORD)
    operator = office.sign_in("op-1")
    assert keys.grant(operator, "op-2") == 2
    assert holds(office.sign_in("op-2"), programme_id) == {Secret.CONTACT}
    assert code_of(lambda: keys.grant(operator, "sup")) == "nothing_to_grant"
    assert code_of(lambda: keys.grant(operator, "nobody")) == "unknown_user"


def test_a_changed_password_keeps_every_key(office: Office) -> None:
    programme_id = office.programme()
    passwords.change_password(office.bureau, PASSWORD, OTHER)
    again = office.sign_in("admin", OTHER)
    assert again.keys.public == office.bureau.keys.public
    assert holds(again, programme_id) == {Secret.CONTACT, Secret.RECORDING}
    assert code_of(lambda: office.sign_in("admin")) == "sign_in_refused"


def test_changing_a_password_asks_for_the_old_one_and_a_good_new_one(office: Office) -> None:
    assert code_of(lambda: passwords.change_password(office.bureau, OTHER, OTHER)) == "password_wrong"
    assert (
        code_of(lambda: passwords.change_password(office.bureau, PASSWORD, "short")) == "password_too_short"
    )
    assert office.sign_in("admin").actor.login == "admin"


def test_a_reset_makes_a_new_pair_whose_grants_a_holder_confirms(office: Office) -> None:
    office.add("op", Role.OPERATOR)
    programme_id = office.programme()
    before = office.sign_in("op")
    passwords.reset_password(office.bureau, "Op", OTHER)
    assert code_of(lambda: office.sign_in("op")) == "sign_in_refused"
    after = office.sign_in("op", OTHER)
    assert after.keys.public != before.keys.public
    assert not after.keys.held()
    assert keys.missing(office.bureau) == (
        keys.Missing("op", None, Secret.REFUSAL),
        keys.Missing("op", programme_id, Secret.CONTACT),
    )
    keys.grant(office.bureau, "op")
    again = office.sign_in("op", OTHER)
    assert again.keys.secret(programme_id, Secret.CONTACT) == before.keys.secret(programme_id, Secret.CONTACT)


def test_a_reset_is_for_others_and_by_right(office: Office) -> None:
    office.add("op", Role.OPERATOR)
    assert code_of(lambda: passwords.reset_password(office.bureau, "ADMIN", OTHER)) == "own_password"
    assert code_of(lambda: passwords.reset_password(office.bureau, "ghost", OTHER)) == "unknown_user"
    assert code_of(lambda: passwords.reset_password(office.sign_in("op"), "admin", OTHER)) == "not_allowed"


def test_a_password_reset_during_the_change_stays_reset(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.add("op", Role.OPERATOR)
    operator = office.sign_in("op")
    lock = sealed_passwords.lock

    def locked_late(private: bytes, password: str) -> object:
        monkeypatch.setattr(sealed_passwords, "lock", lock)
        passwords.reset_password(office.bureau, "op", OTHER)
        return lock(private, password)

    monkeypatch.setattr(sealed_passwords, "lock", locked_late)
    assert (
        code_of(lambda: passwords.change_password(operator, PASSWORD, "third phrase"))
        == "password_reset_meanwhile"
    )
    assert office.sign_in("op", OTHER).actor.login == "op"


def test_a_disabled_user_loses_the_grants_and_gets_them_back_with_the_login(office: Office) -> None:
    office.add("op", Role.OPERATOR)
    programme_id = office.programme()
    users.disable_user(office.bureau, "op")
    assert keys.missing(office.bureau) == ()
    assert code_of(lambda: keys.grant(office.bureau, "op")) == "unknown_user"
    # Who enables somebody grants again what they hold themselves.
    assert users.enable_user(office.bureau, "op") == 2
    assert holds(office.sign_in("op"), programme_id) == {Secret.CONTACT}


def test_granting_again_replaces_and_does_not_pile_up(office: Office) -> None:
    office.add("op", Role.OPERATOR)
    office.programme()
    with office.bureau.database.read() as connection:
        before = connection.scalar(select(func.count()).select_from(key_grants))
    keys.grant(office.bureau, "op")
    keys.grant(office.bureau, "op")
    with office.bureau.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(key_grants)) == before


def test_a_damaged_grant_does_not_keep_anybody_out(office: Office) -> None:
    office.add("op", Role.OPERATOR)
    programme_id = office.programme()
    with office.bureau.database.write() as connection:
        connection.execute(update(key_grants).values(sealed=b"damaged"))
    operator = office.sign_in("op")
    assert code_of(lambda: operator.keys.contact_key(programme_id)) == "no_contact_key"
    keys.grant(office.bureau, "op")
    assert holds(office.sign_in("op"), programme_id) == {Secret.CONTACT}


def test_the_recovery_key_opens_everything_when_the_password_is_lost(office: Office) -> None:
    programme_id = office.programme()
    lost = office.bureau.keys
    again = passwords.recover(
        office.bureau.database, office.bureau.clock, office.recovery.lower(), "Admin", OTHER, "PC-3"
    )
    for which in OF_PROGRAMME:
        assert again.keys.secret(programme_id, which) == lost.secret(programme_id, which)
    assert again.keys.secret(None, Secret.REFUSAL) == lost.secret(None, Secret.REFUSAL)
    assert again.keys.public != lost.public
    assert holds(office.sign_in("admin", OTHER), programme_id) == OF_PROGRAMME
    assert code_of(lambda: office.sign_in("admin")) == "sign_in_refused"


@pytest.mark.parametrize(
    ("key", "login", "password", "code"),
    [
        (new_recovery_key(), "admin", OTHER, "recovery_key_foreign"),
        ("7K3QM", "admin", OTHER, "recovery_key_length"),
        (None, "ghost", OTHER, "unknown_user"),
        (None, "admin", "short", "password_too_short"),
    ],
    ids=["foreign key", "short key", "unknown user", "short password"],
)
def test_a_recovery_that_does_not_fit_changes_nothing(
    office: Office, key: str | None, login: str, password: str, code: str
) -> None:
    database, clock = office.bureau.database, office.bureau.clock
    key = key or office.recovery
    assert code_of(lambda: passwords.recover(database, clock, key, login, password, "PC")) == code
    assert office.sign_in("admin").actor.login == "admin"


def test_secrets_are_never_printed(office: Office) -> None:
    programme_id = office.programme()
    secret = office.bureau.keys.secret(programme_id, Secret.CONTACT)
    shown = repr(office.bureau)
    assert repr(secret) not in shown
    assert secret.hex() not in shown
    assert "KeyRing(…)" in shown


def programme_of(office: Office, programme_id: int) -> LoadedProgramme:
    programme = Programme("p", "p", "1", "zh", Settings("0898", True), (), (), (), {})
    return LoadedProgramme(programme_id, programme, "drawn", office.bureau.clock.now())


def test_simulated_operators_hold_the_contact_key_and_cannot_sign_in(office: Office) -> None:
    programme = programme_of(office, office.programme())
    first = simulated.hire(office.bureau, programme, 2)
    again = simulated.hire(office.bureau, programme, 3)
    assert [ctx.actor.user_id for ctx in again[:2]] == [ctx.actor.user_id for ctx in first]
    assert len({ctx.actor.station for ctx in again}) == 3
    assert all(holds(ctx, programme.id) == {Secret.CONTACT} for ctx in again)
    assert code_of(lambda: office.sign_in(first[0].actor.login)) == "sign_in_refused"
    assert users.sole_login(office.bureau.database) == "admin"
    assert keys.missing(office.bureau) == ()


def test_simulated_operators_never_take_the_place_of_people(office: Office) -> None:
    programme = programme_of(office, office.programme())
    office.add("simulated-002", Role.OPERATOR)
    assert code_of(lambda: simulated.hire(office.bureau, programme, 2)) == "login_taken"
    assert len(users.list_users(office.bureau)) == 2
