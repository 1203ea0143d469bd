"""Private keys locked with passwords."""

import pytest

from cati.base.errors import CatiError
from cati.sealing import passwords
from cati.sealing.passwords import COST, DECOY, Cost, LockedKey, check_password, lock, unlock

PRIVATE = bytes(range(32))


def test_the_right_password_unlocks_and_a_wrong_one_does_not() -> None:
    locked = lock(PRIVATE, "correct horse")
    assert unlock(locked, "correct horse") == PRIVATE
    assert unlock(locked, "correct horsf") is None
    assert unlock(locked, "") is None


def test_full_width_typing_is_the_same_password() -> None:
    assert unlock(lock(PRIVATE, "Ａｂ１２３４５６测试"), "Ab123456测试") == PRIVATE


def test_each_lock_has_its_own_salt_and_names_its_cost() -> None:
    first, second = lock(PRIVATE, "same words"), lock(PRIVATE, "same words")
    assert first != second
    assert (first.parameters["passes"], first.parameters["memory_kib"]) == (1, 8)
    assert PRIVATE not in first.box


def test_a_lock_keeps_the_cost_it_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    locked = lock(PRIVATE, "same words")
    monkeypatch.setattr(passwords, "COST", Cost(passes=2, memory_kib=16))
    assert unlock(locked, "same words") == PRIVATE
    assert lock(PRIVATE, "same words").parameters["passes"] == 2


def test_no_password_opens_the_decoy() -> None:
    assert unlock(DECOY, "") is None


def test_shipped_locks_cost_64_mib_and_three_passes() -> None:
    assert Cost(passes=3, memory_kib=65536) == COST


def test_an_unknown_way_of_locking_is_a_fault() -> None:
    with pytest.raises(ValueError, match="unknown"):
        unlock(LockedKey(b"", {"scheme": "rot13"}), "x")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("sevench", "password_too_short"),
        ("Operator-7", "password_too_simple"),
        ("12345678", "password_too_simple"),
        ("87654321", "password_too_simple"),
        ("abcdefgh", "password_too_simple"),
        ("aabbaabbaabb", "password_too_simple"),
    ],
)
def test_passwords_that_are_guessed_at_once_are_refused(password: str, code: str) -> None:
    with pytest.raises(CatiError) as refused:
        check_password(password, "operator-7")
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["eight-ch", "12345679", "满意比较满意不太满意"])
def test_other_passwords_are_taken(password: str) -> None:
    check_password(password, "operator-7")
