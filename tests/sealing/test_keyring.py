"""The keys a signed-in user holds."""

import pytest

from cati.base.errors import CatiError
from cati.sealing.contacts import ContactKey, new_secret
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair, seal


def test_a_grant_opens_contacts_of_its_programme_only() -> None:
    pair, secret = new_pair(), new_secret()
    ring = KeyRing(pair)
    ring.open_grant(7, Secret.CONTACT, seal(secret, pair.public))
    assert ring.contact_key(7).number_hash("+86") == ContactKey(secret).number_hash("+86")
    assert ring.secret(7, Secret.CONTACT) == secret
    assert ring.held() == {(7, Secret.CONTACT)}
    with pytest.raises(CatiError) as refused:
        ring.contact_key(8)
    assert refused.value.code == "no_contact_key"
    with pytest.raises(CatiError) as refused:
        ring.recording_private(7)
    assert refused.value.code == "no_recording_key"


def test_a_recording_grant_gives_the_private_half() -> None:
    pair, recording = new_pair(), new_pair()
    ring = KeyRing(pair)
    ring.open_grant(7, Secret.RECORDING, seal(recording.private, pair.public))
    assert ring.recording_private(7) == recording.private
    with pytest.raises(CatiError) as refused:
        ring.secret(7, Secret.CONTACT)
    assert refused.value.code == "no_contact_key"


def test_what_is_dropped_is_held_no_more() -> None:
    ring = KeyRing(new_pair())
    ring.add(7, Secret.CONTACT, new_secret())
    ring.add(8, Secret.CONTACT, new_secret())
    ring.drop(7)
    ring.drop(9)
    assert ring.held() == {(8, Secret.CONTACT)}
    with pytest.raises(CatiError):
        ring.contact_key(7)


def test_a_grant_to_somebody_else_is_refused() -> None:
    with pytest.raises(CatiError) as refused:
        KeyRing(new_pair()).open_grant(7, Secret.CONTACT, seal(new_secret(), new_pair().public))
    assert refused.value.code == "grant_unreadable"


def test_a_ring_shows_nothing_of_itself() -> None:
    pair = new_pair()
    ring = KeyRing(pair)
    assert repr(ring) == "KeyRing(…)"
    assert (ring.public, ring.private) == (pair.public, pair.private)
