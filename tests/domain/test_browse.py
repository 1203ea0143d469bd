"""Ids of long lists in little room."""

from __future__ import annotations

import uuid
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.browse import Uuids

IDS = st.lists(st.uuids().map(str), max_size=30)


@given(IDS, st.integers(0, 40), st.integers(0, 40))
def test_they_read_as_the_list_they_were_made_of(ids: list[str], start: int, stop: int) -> None:
    packed = Uuids(ids)
    assert list(packed) == ids
    assert packed[start:stop] == ids[start:stop]
    assert len(packed) == len(ids)
    if ids:
        assert packed[-1] == ids[-1]
        assert all(packed.index(one) == ids.index(one) for one in ids)


def test_what_lies_across_two_ids_is_no_id() -> None:
    first, second = uuid.UUID(int=0x01).hex, uuid.UUID(int=0x02 << 120).hex
    across = str(uuid.UUID(hex=(first + second)[16:48]))
    packed = Uuids([str(uuid.UUID(hex=first)), str(uuid.UUID(hex=second))])
    for wanted in (across, str(uuid.UUID(int=7))):
        with pytest.raises(ValueError, match=wanted):
            packed.index(wanted)
    with pytest.raises(ValueError, match="-"):
        packed.index(packed[1], 0, 1)


def test_places_outside_are_refused() -> None:
    packed = Uuids(str(uuid.uuid4()) for _nth in range(2))
    for place in (2, -3):
        with pytest.raises(IndexError):
            packed[place]
    assert list(islice(packed, 5)) == packed[:]
