"""The recovery key on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.sealing.recovery import new_recovery_key, read_recovery_key

KEY = new_recovery_key()
PAIR = read_recovery_key(KEY)


def refusal(typed: str) -> tuple[str, dict[str, int]] | None:
    try:
        read_recovery_key(typed)
    except CatiError as refused:
        return refused.code, refused.params
    return None


def test_a_key_is_seven_groups_of_five_and_never_the_same() -> None:
    assert [len(group) for group in KEY.split("-")] == [5] * 7
    assert not set(KEY) & set("ILOU")
    assert len({new_recovery_key() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "typed",
    [
        KEY.lower(),
        KEY.replace("-", " "),
        KEY.replace("-", ""),
        f"  {KEY}\n",
        KEY.replace("0", "O").replace("1", "l"),
        KEY.replace("1", "I").replace("0", "o"),
        "".join(chr(ord(c) + 0xFEE0) for c in KEY),
    ],
    ids=["lower case", "spaces", "run together", "spaces around", "O and l", "I and o", "full width"],
)
def test_it_may_be_typed_as_people_type(typed: str) -> None:
    assert read_recovery_key(typed) == PAIR


@given(st.integers(0, 6), st.permutations("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_mistyped_group_is_named_or_gives_another_key(index: int, letters: list[str]) -> None:
    groups = KEY.split("-")
    groups[index] = "".join(letters[:5])
    typed = "-".join(groups)
    if refusal(typed) is None:
        assert (read_recovery_key(typed) == PAIR) == (typed == KEY)
    else:
        assert refusal(typed) == ("recovery_key_mistyped", {"group": index + 1})


def test_most_slips_of_one_key_are_noticed() -> None:
    slips = [
        KEY[:at] + c + KEY[at + 1 :]
        for at in range(len(KEY))
        for c in "2579ACFHKX"
        if KEY[at] not in (c, "-")
    ]
    noticed = sum(refusal(slip) is not None for slip in slips)
    assert noticed / len(slips) > 0.9


@pytest.mark.parametrize(
    "typed", ["", "7K3QM", KEY + "7", KEY[:-1]], ids=["none", "one group", "long", "short"]
)
def test_a_key_of_another_length_says_how_long_it_is(typed: str) -> None:
    with pytest.raises(CatiError) as refused:
        read_recovery_key(typed)
    assert refused.value.code == "recovery_key_length"


def test_strange_letters_are_a_mistyped_group() -> None:
    with pytest.raises(CatiError) as refused:
        read_recovery_key("字" + KEY[1:])
    assert refused.value.params == {"group": 1}
