"""A programme as JSON, exact both ways, and the hash of what a draw depends on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from cati.domain.programmes import Programme


def to_json(programme: Programme) -> dict[str, Any]:
    """The programme in JSON's own types; numbers with decimals as text, so that nothing is rounded."""
    document = written(programme)
    assert isinstance(document, dict)
    return document


def from_json(document: Mapping[str, Any]) -> Programme:
    """The programme that `to_json` wrote; parts added to a later version take their defaults."""
    programme = read_as(Programme, document)
    assert isinstance(programme, Programme)
    return programme


def plan(programme: Programme, only: Collection[str] | None = None) -> dict[str, Any]:
    """What the draw depends on: the programme's code and each cell with its quota.

    Args:
        programme: what is drawn for.
        only: ``unit code/group code`` of the cells a draw is for; all if None.
    """
    return {
        "programme": programme.code,
        "cells": [
            {"unit": unit.code, "name": unit.name, "group": group.code, "quota": group.quota}
            for unit, group in programme.cells
            if only is None or f"{unit.code}/{group.code}" in only
        ],
    }


def plan_hash(programme: Programme, only: Collection[str] | None = None) -> str:
    """SHA-256, in hex, of `plan` as canonical JSON (keys sorted, no blanks, UTF-8)."""
    text = json.dumps(plan(programme, only), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def written(value: Any) -> Any:
    """Frozen dataclasses of JSON's types, tuples, mappings, dates, times and decimals in JSON's own types."""
    if dataclasses.is_dataclass(value):
        return {f.name: written(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: written(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [written(part) for part in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_as(kind: Any, value: Any) -> Any:
    """What `written` was given, a value of the type `kind`."""
    if value is None:
        return None
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return read_as(next(part for part in parts if part is not type(None)), value)
    if origin is tuple:
        kinds = [parts[0]] * len(value) if parts[-1] is Ellipsis else list(parts)
        return tuple(read_as(part, item) for part, item in zip(kinds, value, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {key: read_as(parts[1], item) for key, item in value.items()}
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)
        return kind(**{name: read_as(part, value[name]) for name, part in _fields(kind) if name in value})
    if kind in (date, time, datetime):
        return kind.fromisoformat(value)
    return kind(value) if kind is Decimal else value


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass with their types, which are found by evaluating what was written: slow."""
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in dataclasses.fields(kind))
