"""The draw: tickets, parties, persons, certificate."""

import hashlib
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.domain import draws
from cati.domain.draws import Draw, FrameRow, Party

CELLS = ("u1/staff", "u1/served", "u2/staff")
PLAN = {"programme": "p", "cells": [{"unit": "u1", "name": "区教育局", "group": "staff", "quota": 2}]}
PLAN_HASH = draws.hash_of(PLAN)


def party(name: str, reveal: str) -> Party:
    return Party(name, draws.commitment(name, reveal), reveal)


PARTIES = (party("统计局", "928471305662"), party("组织部", "116354265413"))


def rows_of(owners: dict[tuple[str, int], int]) -> list[tuple[str, str, str]]:
    """Entries by (cell, row) -> person."""
    return [(f"p/{cell}/1/{row}", cell, str(person)) for (cell, row), person in owners.items()]


frames = st.dictionaries(st.tuples(st.sampled_from(CELLS), st.integers(1, 30)), st.integers(1, 12)).map(
    rows_of
)


def test_a_ticket_is_the_hash_of_seed_plan_cell_and_entry_joined_by_line_feeds() -> None:
    expected = hashlib.sha256(b"seed\nplan\nu1/staff\np/u1/staff/1/7").hexdigest()
    assert draws.ticket("seed", "plan", "u1/staff", "p/u1/staff/1/7") == expected


def test_a_commitment_is_the_hash_of_name_and_part() -> None:
    expected = hashlib.sha256("统计局\n928471305662".encode()).hexdigest()
    assert draws.commitment("统计局", "928471305662") == expected


@given(frames, st.randoms())
def test_the_order_of_a_frame_does_not_matter(frame: list[tuple[str, str, str]], chance: object) -> None:
    shuffled = list(frame)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draws.order("s", PLAN_HASH, shuffled, CELLS) == draws.order("s", PLAN_HASH, frame, CELLS)


@given(frames)
def test_every_person_stands_once_and_in_the_cell_of_the_smallest_ticket(
    frame: list[tuple[str, str, str]],
) -> None:
    order = draws.order("s", PLAN_HASH, frame, CELLS)
    tickets = {entry: draws.ticket("s", PLAN_HASH, cell, entry) for entry, cell, _ in frame}
    person_of = {entry: person for entry, _, person in frame}
    drawn = [entry for cell in order for entry in order[cell]]
    assert sorted(person_of[entry] for entry in drawn) == sorted(set(person_of.values()))
    for entry in drawn:
        others = [other for other in person_of if person_of[other] == person_of[entry]]
        assert tickets[entry] == min(tickets[other] for other in others)
    for entries in order.values():
        assert [tickets[e] for e in entries] == sorted(tickets[e] for e in entries)


def test_entries_of_the_public_pool_have_no_part_in_the_draw() -> None:
    assert draws.order("s", "h", [("p/pool/1/2", "", "1")], ["u1/staff"]) == {"u1/staff": []}


def test_another_reveal_or_public_value_gives_another_seed() -> None:
    seeds = {
        draws.seed(PARTIES, "index", "2830.53"),
        draws.seed(PARTIES, "index", "2830.54"),
        draws.seed(PARTIES, "indicator", "2830.53"),
        draws.seed((PARTIES[0], party("组织部", "116354265414")), "index", "2830.53"),
        draws.seed(PARTIES[::-1], "index", "2830.53"),
    }
    assert len(seeds) == 5


def test_a_party_that_fails_to_reveal_voids_the_draw() -> None:
    silent = Party("组织部", PARTIES[1].commit)
    with pytest.raises(CatiError, match="组织部 has not revealed") as refusal:
        draws.seed((PARTIES[0], silent), "index", "1")
    assert refusal.value.code == "not_revealed"


def test_a_reveal_must_be_what_was_committed() -> None:
    silent = Party("组织部", PARTIES[1].commit)
    assert draws.revealed(silent, " 116354265413 ").reveal == "116354265413"
    with pytest.raises(CatiError, match="not what it committed to"):
        draws.revealed(silent, "116354265414")
    with pytest.raises(CatiError, match="empty"):
        draws.revealed(silent, "  ")


def test_nobody_can_take_over_the_commitment_of_another() -> None:
    copied = Party("组织部", PARTIES[0].commit)
    with pytest.raises(CatiError, match="not what it committed to"):
        draws.revealed(copied, "928471305662")


@pytest.mark.parametrize(
    ("parties", "code"),
    [
        (PARTIES[:1], "too_few_parties"),
        ((PARTIES[0], party("统计局", "1")), "party_twice"),
        ((PARTIES[0], Party("组织部", "abc")), "bad_commit"),
        ((PARTIES[0], Party("组织部", "x" * 64)), "bad_commit"),
        ((PARTIES[0], Party("组\n织", "a" * 64)), "draw_text"),
        ((PARTIES[0], Party(" ", "a" * 64)), "draw_text"),
    ],
)
def test_a_draw_does_not_begin_with_bad_parties(parties: tuple[Party, ...], code: str) -> None:
    with pytest.raises(CatiError) as refusal:
        draws.checked_parties(parties)
    assert refusal.value.code == code


def test_good_parties_are_taken_with_their_spelling_tidied() -> None:
    untidy = [Party(f" {p.name} ", p.commit.upper(), None) for p in PARTIES]
    assert draws.checked_parties(untidy) == tuple(Party(p.name, p.commit) for p in PARTIES)


def test_commitments_are_typed_as_parts_or_brought_as_hashes_and_empty_lines_are_nobody() -> None:
    brought = f"  {PARTIES[1].commit.upper()} "
    lines = [(" 统计局 ", "928471305662 "), ("", " "), ("组织部", brought)]
    typed = draws.typed_commitments(lines)
    assert typed == {p.name: p.commit for p in PARTIES}
    assert draws.revealed(Party("统计局", typed["统计局"]), "928471305662").reveal == "928471305662"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([("统计局", "1"), (" 统计局", "2"), ("组织部", "3")], "party_twice"),
        ([("统计局", "1"), ("", "2")], "draw_text"),
        ([("统计局", "1"), ("组织部", "  ")], "draw_text"),
    ],
)
def test_no_party_that_was_typed_is_left_out_in_silence(lines: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(CatiError) as refusal:
        draws.typed_commitments(lines)
    assert refusal.value.code == code


def test_fields_that_could_run_into_one_another_are_not_hashed() -> None:
    with pytest.raises(ValueError, match="line feed"):
        draws.joined_hash("a\nb", "c")


def test_an_entry_is_named_by_a_hash_nobody_can_make_without_its_secret() -> None:
    name = draws.entry_name("p/u1/staff/1/2", "+8613800001111", "secret")
    assert name == hashlib.sha256(b"p/u1/staff/1/2|+8613800001111|secret").hexdigest()
    assert name != draws.entry_name("p/u1/staff/1/2", "+8613800001111", "guess")


def frame_rows() -> Iterator[FrameRow]:
    for n, cell in enumerate(CELLS):
        for row in range(3):
            yield FrameRow(f"p/{cell}/1/{row}", cell, "ab" * 32, str(n + row))


def test_the_frame_is_written_as_plain_csv() -> None:
    lines = b"".join(draws.frame_lines(frame_rows())).decode().split("\n")
    assert lines[0] == "entry,cell,name,person"
    assert lines[1] == f"p/u1/staff/1/0,u1/staff,{'ab' * 32},0"
    assert lines[-1] == ""
    assert len(lines) == 11


def a_draw() -> Draw:
    seed = draws.seed(PARTIES, "上证指数", "2830.53")
    rows = [(r.entry, r.cell, r.person) for r in frame_rows()]
    frame_hash = hashlib.sha256(b"".join(draws.frame_lines(frame_rows()))).hexdigest()
    times = ("2024-01-29T01:00:00+00:00", "2024-01-29T09:00:00+00:00")
    return Draw(
        PLAN, PARTIES, "上证指数", "2830.53", frame_hash, *times, draws.order(seed, PLAN_HASH, rows, CELLS)
    )


def test_a_certificate_is_canonical_and_states_its_own_digest() -> None:
    text = draws.certificate(a_draw())
    content = json.loads(text)
    assert text == draws.canonical(content)
    digest = content.pop("digest")
    assert digest == hashlib.sha256(draws.canonical(content)).hexdigest()
    assert content["plan"] == PLAN
    assert content["seed"] == draws.seed(PARTIES, "上证指数", "2830.53")


def test_a_certificate_needs_every_reveal() -> None:
    draw = a_draw()
    silent = Draw(
        draw.plan,
        (PARTIES[0], Party("组织部", PARTIES[1].commit)),
        "n",
        "v",
        draw.frame_hash,
        "",
        "",
        draw.order,
    )
    with pytest.raises(CatiError, match="has not revealed"):
        draws.certificate(silent)
