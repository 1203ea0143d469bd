"""Telephone numbers as people write them into lists, made into numbers one can dial.

Numbers are those of mainland China. The rules follow the lists of Yazhou 2023 (annex 2, mobiles only)
and Guangxi 2015 (annexes 2 to 7: area code and office telephone in columns of their own, a 0 before
a mobile that is not local).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from cati.domain.contacts import Phone

MOBILE = "mobile"
LANDLINE = "landline"
_COUNTRY_CODE = 86


class PhoneProblem(StrEnum):
    """Why a cell gives no number."""

    BLANK = "blank_phone"
    INVALID = "invalid_phone"
    LANDLINE = "landline_not_allowed"


def _mobile_pattern() -> re.Pattern[str]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    assert metadata is not None
    assert metadata.mobile is not None
    pattern = metadata.mobile.national_number_pattern
    assert pattern is not None
    return re.compile(pattern, re.ASCII)


# Matching the library's own pattern is some eighty times faster than asking the library.
_is_mobile = _mobile_pattern().fullmatch

_INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xAD, 0x180E]
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー~〜"), "-")
_ONE_MOBILE = re.compile(r"(?:\+86|0086|86)?(0?)(1\d{10})")
_BETWEEN_NUMBERS = re.compile(r"[/\\、,;|\n\r]|或者|或|和|及|&")
_BETWEEN_DIGITS = re.compile(r"[\s\-]+")
_DECORATION = re.compile(r"[\s\-.·:'\"`()\[\]{}【】〔〕《》「」]+")
_NOTE = re.compile(r"[(\[{【〔《「][^()\[\]{}【】〔〕《》「」\d]*[)\]}】〕》」]")
_WORDS = re.compile(
    r"手机号码|手机号|手机|移动电话|联系电话|联系方式|办公电话|办公室|固定电话|电话号码|电话|号码|座机|固话|宅电"
    r"|住宅|家庭|单位|办公|本人|微信同号|微信|中国移动|中国联通|中国电信|移动|联通|电信|家|办|宅"
    r"|telephone|mobile|phone|tel|cell",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"(?:转接|转?分机号?|转|extension|ext|x|#)(\d{1,6})", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"((?:.*\D)?[2-8]\d{6,7})\s*-\s*(\d{1,5})")
_DATE = re.compile(r"(?:19|20)\d\d\s*[-./年]\s*\d{1,2}\s*(?:[-./月]\s*\d{1,2}\s*日?)?(?:[ T]\d{1,2}:.*)?")
_WHOLE_FLOAT = re.compile(r"(\d{7,15})\.0+")
# Within an area a number begins with 2 to 8; 1 and 9 begin services and mobiles.
_SUBSCRIBER = re.compile(r"[2-8]\d{6,7}", re.ASCII)
_AREA_CODE = re.compile(r"0?(10|2\d|[3-9]\d\d)", re.ASCII)


def normalise(
    raw: object, local_area_code: str, mobile_only: bool, area_code: object = ""
) -> tuple[Phone, ...] | PhoneProblem:
    """Make numbers of a cell as it came from a list.

    Args:
        raw: the cell: text, a whole number as int or float, None or "" when empty.
        local_area_code: area code of landlines written without one, such as "0898".
        mobile_only: refuse landlines.
        area_code: the row's cell in a column of area codes; blank means the local one.

    Returns:
        The usable numbers, each once, in the order written: the first is the number, the others
        alternates; or why there is none.
    """
    if isinstance(raw, float) and raw.is_integer():
        text = str(int(raw))
    elif isinstance(raw, str):
        text = raw
    elif isinstance(raw, int) and not isinstance(raw, bool):
        text = str(raw)
    else:
        # A date, a time, a truth value, a fraction: never a number, however it may look when printed.
        return PhoneProblem.BLANK if raw is None else PhoneProblem.INVALID
    if _is_mobile(text):
        return (Phone("+86" + text),)
    return _from_text(text, local_area_code, mobile_only, area_code)


def of_row(
    cells: Sequence[object], local_area_code: str, mobile_only: bool, area_code: object = ""
) -> tuple[Phone, ...] | PhoneProblem:
    """Make numbers of all phone cells of a row, mobiles first.

    Args:
        cells: the phone cells in the order of preference.
        local_area_code: as in `normalise`.
        mobile_only: as in `normalise`.
        area_code: as in `normalise`.

    Returns:
        The usable numbers, or the one problem of the row: blank when every cell is, invalid unless
        a landline was refused.
    """
    if len(cells) == 1:
        return normalise(cells[0], local_area_code, mobile_only, area_code)
    results = [normalise(cell, local_area_code, mobile_only, area_code) for cell in cells]
    phones = [phone for result in results if isinstance(result, tuple) for phone in result]
    if phones:
        phones.sort(key=lambda phone: phone.kind != MOBILE)
        return _each_once(phones)
    for problem in (PhoneProblem.LANDLINE, PhoneProblem.INVALID):
        if problem in results:
            return problem
    return PhoneProblem.BLANK


def national_digits(phone: Phone) -> str:
    """What is dialled from elsewhere in the country: 11 digits, or 0, area code and number."""
    significant = phone.e164.removeprefix("+86")
    return significant if phone.kind == MOBILE else "0" + significant


def clean_text(raw: object) -> str:
    """A cell as text: full-width and other compatibility forms folded, nothing invisible, ends stripped."""
    if isinstance(raw, str):
        # What is invisible is not printable either, and asking that is much faster than looking for it.
        text = raw if raw.isprintable() else raw.translate(_INVISIBLE)
        return unicodedata.normalize("NFKC", text).strip()
    if raw is None:
        return ""
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)


def _from_text(
    raw: str, local_area_code: str, mobile_only: bool, area_code: object
) -> tuple[Phone, ...] | PhoneProblem:
    text = clean_text(raw)
    if not text:
        return PhoneProblem.BLANK
    # Most cells are one decorated mobile. "1380013800.0" is not: it lacks a digit.
    plain = None if "." in text else _ONE_MOBILE.fullmatch(_DECORATION.sub("", text))
    if plain and _is_mobile(plain.group(2)):
        return (Phone("+86" + plain.group(2), MOBILE, non_local=bool(plain.group(1))),)
    text = text.translate(_DASHES)
    if _DATE.fullmatch(text):
        return PhoneProblem.INVALID
    found: list[Phone] = []
    for part in _BETWEEN_NUMBERS.split(text):
        if part:
            found.extend(_numbers_in(part, local_area_code, area_code))
    usable = [phone for phone in found if phone.kind == MOBILE or not mobile_only]
    if usable:
        return _each_once(usable)
    return PhoneProblem.LANDLINE if found else PhoneProblem.INVALID


def _each_once(phones: Iterable[Phone]) -> tuple[Phone, ...]:
    seen: dict[str, Phone] = {}
    for phone in phones:
        seen.setdefault(phone.e164, phone)
    return tuple(seen.values())


def _numbers_in(part: str, local_area_code: str, area_code: object) -> list[Phone]:
    """Numbers of a piece that no separator divides: one, or several with only spaces or dashes between."""
    text = _WORDS.sub(" ", _NOTE.sub(" ", part)).strip()
    whole = _number(text, local_area_code, area_code)
    if whole is not None:
        return [whole]
    found: list[Phone] = []
    digits = ""
    for piece in _BETWEEN_DIGITS.split(text):
        digits += piece
        phone = _number(digits, local_area_code, area_code)
        if phone is not None:
            found.append(phone)
            digits = ""
    # Every digit must belong to a number, or pieces of one bad number would make a good one.
    return found if not digits else []


def _number(text: str, local_area_code: str, area_code: object) -> Phone | None:
    float_as_text = _WHOLE_FLOAT.fullmatch(text)
    if float_as_text:
        text = float_as_text.group(1)
    bare = _DECORATION.sub("", text)
    phone = _phone(bare, local_area_code, area_code)
    if phone is not None and phone.kind == MOBILE:
        return phone
    dashed = _DASHED_EXTENSION.fullmatch(text)
    if dashed:
        line = _phone(_DECORATION.sub("", dashed.group(1)), local_area_code, area_code)
        if line is not None and line.kind == LANDLINE:
            return replace(line, extension=dashed.group(2))
    if phone is not None:
        return phone
    extension = _EXTENSION.search(bare)
    if extension is None or extension.end() != len(bare):
        return None
    line = _phone(bare[: extension.start()], local_area_code, area_code)
    return replace(line, extension=extension.group(1)) if line is not None and line.kind == LANDLINE else None


def _phone(bare: str, local_area_code: str, area_code: object) -> Phone | None:
    """The number of a text that is digits only, but for a + before them."""
    international = bare.startswith("+")
    digits = bare[1:] if international else bare
    if not (digits.isdecimal() and digits.isascii()):
        return None
    if digits.startswith("00"):
        international, digits = True, digits[2:]
    if international and not digits.startswith("86"):
        return None
    if international or (digits.startswith("86") and 12 <= len(digits) <= 14):
        digits = digits[2:]
    significant = digits.removeprefix("0")
    if _is_mobile(significant):
        return Phone("+86" + significant, MOBILE, non_local=significant != digits)
    if not international and _SUBSCRIBER.fullmatch(digits):
        return _landline(_without_trunk(area_code, local_area_code) + digits)
    return _landline(significant)


def _without_trunk(area_code: object, local_area_code: str) -> str:
    """The area code without its 0, from a cell Excel may have shortened; "" if it is none."""
    text = _DECORATION.sub("", clean_text(area_code).translate(_DASHES))
    found = _AREA_CODE.fullmatch(text or local_area_code)
    return found.group(1) if found else ""


@lru_cache(maxsize=4096)
def _landline(significant: str) -> Phone | None:
    """The landline of an area code without 0 and a subscriber's number, if there can be one."""
    code = _AREA_CODE.match(significant)
    if code is None or significant[0] == "0" or not _SUBSCRIBER.fullmatch(significant[code.end() :]):
        return None
    number = phonenumbers.PhoneNumber(country_code=_COUNTRY_CODE, national_number=int(significant))
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.FIXED_LINE:
        return None
    return Phone("+86" + significant, LANDLINE)
