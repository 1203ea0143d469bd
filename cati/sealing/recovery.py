"""The recovery key: the one key that opens everything, printed on paper and typed back."""

from __future__ import annotations

import secrets
import unicodedata
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.sealing.keys import KeyPair

GROUPS = 7
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_READ_AS = str.maketrans("OILU", "011V")
_DATA = 4  # characters of a group that carry the key; one more checks them
_BITS = GROUPS * _DATA * 5


def new_recovery_key() -> str:
    """A fresh recovery key of 140 random bits as `GROUPS` groups such as ``7K3QM``, joined by hyphens."""
    return _written(secrets.randbits(_BITS))


def read_recovery_key(typed: str) -> KeyPair:
    """The key pair of a recovery key as typed back.

    Case, spaces, hyphens and full-width characters do not matter; O is read as 0, I and L as 1, U as V.

    Raises:
        CatiError: ``recovery_key_length``, or ``recovery_key_mistyped`` which names the first wrong group.
    """
    folded = unicodedata.normalize("NFKC", typed).upper().translate(_READ_AS)
    characters = "".join(c for c in folded if c.isalnum())
    wanted = GROUPS * (_DATA + 1)
    if len(characters) != wanted:
        raise CatiError(
            "recovery_key_length",
            N_(
                "The recovery key has {wanted} letters and digits, {found} were typed. "
                "Compare it with the paper."
            ),
            wanted=wanted,
            found=len(characters),
        )
    number = 0
    for index in range(GROUPS):
        group = characters[index * (_DATA + 1) : (index + 1) * (_DATA + 1)]
        if any(c not in _ALPHABET for c in group) or _check(index, group[:_DATA]) != group[_DATA]:
            raise CatiError(
                "recovery_key_mistyped",
                N_("Group {group} of the recovery key is mistyped. Compare it with the paper."),
                group=index + 1,
            )
        for c in group[:_DATA]:
            number = number * 32 + _ALPHABET.index(c)
    return _pair(number)


def check_typed_back(shown: str, typed: str) -> None:
    """Refuse a recovery key that was not typed back as it was shown.

    Raises:
        CatiError: as `read_recovery_key`, and ``recovery_key_other`` for a faultless one that is another.
    """
    if read_recovery_key(typed).public != read_recovery_key(shown).public:
        raise CatiError(
            "recovery_key_other",
            N_("This is another recovery key than the one shown. Type the one that was shown last."),
        )


def _written(number: int) -> str:
    digits = [_ALPHABET[(number >> shift) & 31] for shift in range(_BITS - 5, -1, -5)]
    groups = ["".join(digits[start : start + _DATA]) for start in range(0, len(digits), _DATA)]
    return "-".join(group + _check(index, group) for index, group in enumerate(groups))


def _check(index: int, group: str) -> str:
    return _ALPHABET[sha256(f"{index} {group}".encode()).digest()[0] % 32]


def _pair(number: int) -> KeyPair:
    seed = number.to_bytes((_BITS + 7) // 8, "big")
    return KeyPair.of(
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cati recovery key 1").derive(seed)
    )
