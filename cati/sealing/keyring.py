"""The keys one signed-in user holds, in memory only."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.sealing.contacts import ContactKey, RefusalKey
from cati.sealing.keys import KeyPair, unseal
from cati.sealing.proofs import ProofKey


class Secret(StrEnum):
    """The two secrets of a programme, and the bureau's own."""

    CONTACT = "contact"
    """Opens and seals names and numbers."""
    RECORDING = "recording"
    """The private half of the recording key pair: opens recordings."""
    REFUSAL = "refusal"
    """The bureau's, of no programme: names numbers on the list of those not to be called."""


class KeyRing:
    """A user's own key pair and the secrets granted to that user.

    A secret of the bureau itself has no programme: its id is None.
    Programmes made and grants received during a session are added to it.

    Args:
        pair: the user's own key pair; opens the grants.
    """

    def __init__(self, pair: KeyPair) -> None:
        self._pair = pair
        self._secrets: dict[tuple[int | None, Secret], bytes] = {}
        self._contact_keys: dict[int | None, ContactKey] = {}
        self._destroyed: set[int] = set()

    def __repr__(self) -> str:
        return "KeyRing(…)"

    @property
    def public(self) -> bytes:
        """The public half of the user's own pair."""
        return self._pair.public

    @property
    def private(self) -> bytes:
        """The private half of the user's own pair, to lock it again with a new password."""
        return self._pair.private

    @property
    def proof_key(self) -> ProofKey:
        """Proves that this user wrote something."""
        return ProofKey(self._pair.private)

    def add(self, programme_id: int | None, which: Secret, secret: bytes) -> None:
        """Hold a secret from now on."""
        self._secrets[programme_id, which] = secret
        if which is Secret.CONTACT:
            self._contact_keys[programme_id] = ContactKey(secret)

    def drop(self, programme_id: int | None) -> None:
        """Hold nothing of a programme any more."""
        self._contact_keys.pop(programme_id, None)
        for which in Secret:
            self._secrets.pop((programme_id, which), None)

    def destroy_contacts(self, programme_id: int) -> None:
        """Hold the key to a programme's names and numbers no more: they were destroyed, and nobody has it."""
        self._destroyed.add(programme_id)
        self._contact_keys.pop(programme_id, None)
        self._secrets.pop((programme_id, Secret.CONTACT), None)

    def open_grant(self, programme_id: int | None, which: Secret, sealed: bytes) -> None:
        """Hold the secret of a grant that was sealed to this user.

        Raises:
            CatiError: ``grant_unreadable``.
        """
        self.add(programme_id, which, unseal(sealed, self._pair.private))

    def held(self) -> frozenset[tuple[int | None, Secret]]:
        """The programme ids and secrets in hand."""
        return frozenset(self._secrets)

    def secret(self, programme_id: int | None, which: Secret) -> bytes:
        """A secret itself, to grant it on.

        Raises:
            CatiError: ``no_contact_key``, ``no_recording_key`` or ``no_refusal_key``.
        """
        secret = self._secrets.get((programme_id, which))
        return secret if secret is not None else _missing(which)

    def contact_key(self, programme_id: int) -> ContactKey:
        """The key to a programme's names and numbers.

        Raises:
            CatiError: ``no_contact_key``, ``contacts_destroyed``.
        """
        key = self._contact_keys.get(programme_id)
        if key is None and programme_id in self._destroyed:
            raise CatiError(
                "contacts_destroyed",
                N_(
                    "The names and numbers of this programme were destroyed when it was "
                    "retired. Nothing was changed. Answers and scores are still here and can "
                    "be exported with people masked."
                ),
            )
        return key if key is not None else _missing(Secret.CONTACT)

    def recording_private(self, programme_id: int) -> bytes:
        """The private half that opens a programme's recordings.

        Raises:
            CatiError: ``no_recording_key``.
        """
        return self.secret(programme_id, Secret.RECORDING)

    def refusal_key(self) -> RefusalKey:
        """The key to the bureau's list of those not to be called.

        Raises:
            CatiError: ``no_refusal_key``.
        """
        return RefusalKey(self.secret(None, Secret.REFUSAL))


def _missing(which: Secret) -> NoReturn:
    if which is Secret.CONTACT:
        raise CatiError(
            "no_contact_key",
            N_(
                "You hold no key to the names and numbers of this programme. Nothing was changed. "
                "Ask somebody of the bureau to grant it to you, then sign in again."
            ),
        )
    if which is Secret.REFUSAL:
        raise CatiError(
            "no_refusal_key",
            N_(
                "You hold no key to the list of those who are not to be called, so nobody may be called. "
                "Ask somebody of the bureau to grant it to you, then sign in again."
            ),
        )
    raise CatiError(
        "no_recording_key",
        N_(
            "You hold no key to the recordings of this programme. Nothing was changed. "
            "Ask somebody of the bureau to grant it to you, then sign in again."
        ),
    )
