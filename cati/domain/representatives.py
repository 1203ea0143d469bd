"""Representatives: people of rosters who are drawn by the same lot as those who are called.

Yazhou 2023, 八（一）3: of 30 delegates, deputies and members each, 10 are drawn at random. Whoever cannot
come is followed by the next ticket of the same roster. A ballot carries no name, and nothing here knows its
number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cati.domain.draws import hash_of
from cati.domain.programmes import Programme, Roster, in_language


@dataclass(frozen=True, slots=True)
class Representative:
    """A person of a roster as it was handed in. Shows nothing of itself when printed.

    Attributes:
        number: phone number in E.164.
    """

    name: str
    organisation: str
    post: str
    number: str

    def __repr__(self) -> str:
        return "Representative(…)"

    def encode(self) -> bytes:
        """What is sealed."""
        return json.dumps([self.name, self.organisation, self.post, self.number], ensure_ascii=False).encode()

    @classmethod
    def decode(cls, plain: bytes) -> Representative:
        """The person that `encode` wrote."""
        return cls(*json.loads(plain))


def plan(programme: Programme) -> dict[str, Any]:
    """What the draw depends on, in the form of that of the telephone sample: each roster is a cell."""
    return {
        "programme": programme.code,
        "cells": [
            {
                "unit": roster.channel,
                "name": in_language(roster.labels, programme.default_language, roster.code),
                "group": roster.code,
                "quota": roster.drawn,
            }
            for roster in programme.rosters
        ],
    }


def plan_hash(programme: Programme) -> str:
    """SHA-256 (hex) of the plan in canonical JSON."""
    return hash_of(plan(programme))


def cell(roster: Roster) -> str:
    """How a roster is called in the draw's files."""
    return f"{roster.channel}/{roster.code}"


def entry(programme: str, roster: Roster, row: int) -> str:
    """How a person of a roster is called in the draw's files, by the row of the list."""
    return f"{programme}/{cell(roster)}/1/{row}"


def invited(places: Mapping[int, bool], drawn: int) -> Sequence[int]:
    """Places in the order of the draw of those who are to come.

    Args:
        places: whether each place's person is absent.
        drawn: how many are to come.
    """
    return [place for place in sorted(places) if not places[place]][:drawn]
