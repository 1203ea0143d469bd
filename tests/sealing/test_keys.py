"""Secrets sealed to a key pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.sealing.keys import KeyPair, new_pair, seal, unseal


@given(st.binary(max_size=100))
def test_only_the_receiver_opens_what_was_sealed(secret: bytes) -> None:
    receiver, other = new_pair(), new_pair()
    sealed = seal(secret, receiver.public)
    assert unseal(sealed, receiver.private) == secret
    with pytest.raises(CatiError) as refused:
        unseal(sealed, other.private)
    assert refused.value.code == "grant_unreadable"


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 80])
def test_a_damaged_grant_is_refused_in_words(damage: bytes) -> None:
    with pytest.raises(CatiError) as refused:
        unseal(damage, new_pair().private)
    assert refused.value.code == "grant_unreadable"


def test_a_private_half_gives_its_pair_and_never_prints() -> None:
    pair = new_pair()
    assert KeyPair.of(pair.private) == pair
    assert pair.private.hex() not in repr(pair)
    assert repr(pair.private) not in repr(pair)
