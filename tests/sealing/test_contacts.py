"""A programme's contact key: what it finds, seals and refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.sealing.contacts import ContactKey, new_secret

KEY = ContactKey(bytes(range(32)))
OTHER = ContactKey(bytes(range(1, 33)))


@given(plain=st.binary(max_size=200), place=st.binary(max_size=40))
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: bytes) -> None:
    assert KEY.open(KEY.seal(plain, bound_to=place), bound_to=place) == plain


@given(plain=st.binary(max_size=50), where=st.integers(0, 1000), bit=st.integers(0, 7))
def test_any_changed_bit_is_noticed(plain: bytes, where: int, bit: int) -> None:
    blob = bytearray(KEY.seal(plain, bound_to=b"here"))
    blob[where % len(blob)] ^= 1 << bit
    with pytest.raises(CatiError) as refused:
        KEY.open(bytes(blob), bound_to=b"here")
    assert refused.value.code == "contact_unreadable"


@pytest.mark.parametrize(("key", "place"), [(OTHER, b"here"), (KEY, b"there")])
def test_another_key_or_place_opens_nothing(key: ContactKey, place: bytes) -> None:
    blob = KEY.seal(b"someone", bound_to=b"here")
    with pytest.raises(CatiError) as refused:
        key.open(blob, bound_to=place)
    assert refused.value.code == "contact_unreadable"


@pytest.mark.parametrize("length", [0, 1, 12, 28])
def test_a_truncated_blob_is_refused(length: int) -> None:
    with pytest.raises(CatiError):
        KEY.open(KEY.seal(b"someone", bound_to=b"")[:length], bound_to=b"")


def test_the_same_plain_text_never_seals_to_the_same_blob() -> None:
    assert len({KEY.seal(b"someone", bound_to=b"") for _ in range(200)}) == 200


def test_a_number_hash_is_stable_keyed_and_one_number_each() -> None:
    assert KEY.number_hash("+8613800000000") == ContactKey(bytes(range(32))).number_hash("+8613800000000")
    assert KEY.number_hash("+8613800000000") != OTHER.number_hash("+8613800000000")
    assert KEY.number_hash("+8613800000000") != KEY.number_hash("+8613800000001")
    assert len(KEY.number_hash("+8613800000000")) == 32


def test_tokens_of_two_purposes_cannot_be_linked() -> None:
    data = b"+8613800000000"
    assert KEY.token("refusal", data) == KEY.token("refusal", data)
    assert len({KEY.token("refusal", data), KEY.token("entry", data), KEY.number_hash(data.decode())}) == 3
    assert KEY.token("a", b"bc") != KEY.token("ab", b"c")
    with pytest.raises(ValueError, match="NUL"):
        KEY.token("a\0b", b"c")


def test_a_key_shows_nothing_of_itself_and_takes_no_other_length() -> None:
    assert repr(KEY) == "ContactKey(…)"
    assert len(new_secret()) == 32
    assert new_secret() != new_secret()
    with pytest.raises(ValueError, match="32 bytes"):
        ContactKey(b"short")
