"""Workbooks that a password protects: opened in memory, so that nothing of them is written anywhere.

What is protected is an OLE file either way: an .xlsx lies encrypted in it as a whole (ECMA-376, "agile" or
"standard"), an .xls has its records encrypted one after the other (RC4).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.files.ole import sound_container, workbook_stream

UNASKED = "VelvetSweatshop"
"""The password Excel itself protects read-only workbooks with, and opens them by without asking
([MS-OFFCRYPTO] 2.3.7.8)."""

_FILE_PASS, _BOUND_SHEET = 0x002F, 0x0085
_PLACE_OF_SHEET = 4
_NEVER_ENCRYPTED = frozenset({0x0809, _FILE_PASS, 0x00E1, 0x0138, 0x0194, 0x0195, 0x0196})
"""Records that are plain in every .xls: where it begins and who holds it ([MS-XLS] 2.2.10)."""

_KEY_LASTS = 1024
"""Bytes of an .xls between one key and the next."""


def unlocked(path: Path, content: bytes, passwords: Sequence[str] = ()) -> bytes:
    """The bytes of a workbook without its protection; `content` itself if it has none.

    What is no workbook at all comes back as it is, for the reader to refuse.

    Args:
        path: names the file in refusals.
        content: bytes of an OLE file.
        passwords: are tried one after the other.

    Raises:
        CatiError: ``file_protected`` without passwords, ``password_wrong`` when none fits,
            ``protection_unknown``.
    """
    # Late, because few lists are protected.
    from msoffcrypto import OfficeFile, exceptions
    from olefile.olefile import OleFileError

    broken = (
        exceptions.FileFormatError, exceptions.ParseError, OleFileError, ExpatError, struct.error,
        AssertionError, IndexError, KeyError, OSError, TypeError, ValueError,
    )  # fmt: skip
    try:
        office = OfficeFile(io.BytesIO(content))
        if office.format not in ("ooxml", "xls97") or not office.is_encrypted():
            return content
        password = _fitting(office, [*filter(None, passwords), UNASKED])
        if password is None:
            raise _wrong(path) if any(passwords) else protected(path)
        return _xls(office, content) if office.format == "xls97" else _xlsx(office)
    except broken:
        return content
    except exceptions.DecryptionError:
        raise _unknown(path) from None


def protected(path: Path) -> CatiError:
    """The refusal of a workbook that needs a password to be opened."""
    return CatiError(
        "file_protected",
        N_(
            "{file} is protected with a password. Nothing was changed. "
            "Give its password, or open it in Excel or WPS and save a copy without one."
        ),
        file=path.name,
    )


def _wrong(path: Path) -> CatiError:
    return CatiError(
        "password_wrong",
        N_(
            "{file}: the password does not fit. Nothing was changed. Capital and small letters differ; ask "
            "whoever sent the file."
        ),
        file=path.name,
    )


def _unknown(path: Path) -> CatiError:
    return CatiError(
        "protection_unknown",
        N_(
            "{file} is protected in a way that cannot be opened here. Nothing was changed. "
            "Open it in Excel or WPS and save a copy without the password."
        ),
        file=path.name,
    )


def _fitting(office: Any, passwords: Sequence[str]) -> str | None:
    """The first password that fits, which is loaded then."""
    from msoffcrypto.exceptions import InvalidKeyError

    checked = {"verify_password": True} if office.format == "ooxml" else {}
    for password in passwords:
        try:
            office.load_key(password=password, **checked)
        except InvalidKeyError:
            continue
        return password
    return None


def _xlsx(office: Any) -> bytes:
    plain = io.BytesIO()
    office.decrypt(plain)
    return plain.getvalue()


def _xls(office: Any, content: bytes) -> bytes:
    """An .xls without its protection.

    The library's own way writes the plain workbook into a temporary file, and takes some fifty times the
    memory.
    """
    found = workbook_stream(content)
    plain = sound_container(found[0], _plain_records(office, found[1])) if found is not None else None
    return content if plain is None else plain


def _plain_records(office: Any, records: bytes) -> bytes:
    """The records of an .xls, their bodies decrypted, the one that says they are not blanked out.

    Keys run over all bytes, also over heads of records and over records that are plain themselves.
    """
    plain = bytearray(_deciphered(office, records))
    at = 0
    while at + 4 <= len(records):
        number, size = struct.unpack_from("<HH", records, at)
        after = at + 4 + size
        plain[at : at + 4] = records[at : at + 4]
        if number == _FILE_PASS:
            plain[at:after] = struct.pack("<HH", 0, size) + bytes(size)
        elif number in _NEVER_ENCRYPTED:
            plain[at:after] = records[at:after]
        elif number == _BOUND_SHEET:
            plain[at + 4 : at + 4 + _PLACE_OF_SHEET] = records[at + 4 : at + 4 + _PLACE_OF_SHEET]
        at = after
    return bytes(plain[: len(records)])


def _deciphered(office: Any, records: bytes) -> bytes:
    from msoffcrypto.exceptions import DecryptionError
    from msoffcrypto.method.rc4 import DocumentRC4
    from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI

    source = io.BytesIO(records)
    match getattr(office, "type", ""):
        case "rc4":
            found: bytes = DocumentRC4.decrypt(office.key, office.salt, source, _KEY_LASTS).read()
        case "rc4_cryptoapi":
            found = DocumentRC4CryptoAPI.decrypt(
                office.key, office.salt, office.keySize, source, _KEY_LASTS
            ).read()
        case _:
            raise DecryptionError("obfuscated")
    return found
