"""What two keyings have not alike, settled by a third look at the paper; then ballots are taken as a set.

Which of two keyings is right is decided by who supervises, with the paper in hand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.ballots import (
    NONE_TICKED,
    SEVERAL_TICKED,
    Difference,
    differences,
    lines,
    packed,
    settled,
)
from cati.domain.keying import KeyedItem
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right, may
from cati.files.ballots import answer_of
from cati.services import audit
from cati.services.ballots import SETS, ballot_form, void_of
from cati.services.context import Context
from cati.services.keying import keyed_items, keying_of, untaken
from cati.services.sets import set_of
from cati.store import ballots as ballot_store
from cati.store import frames as frame_store
from cati.store import keying as store
from cati.store import users as user_store
from cati.store.ballots import BallotSet
from cati.store.engine import Connection
from cati.store.scoring import lock_scores
from cati.store.statements import take_turns

BLANK = "."
"""The key of the grid for an item without a tick."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place that two keyings have not alike.

    Attributes:
        unit: name.
        item: as it is keyed.
        look: what the paper says as somebody found, None while nobody looked.
    """

    difference: Difference
    unit: str
    item: KeyedItem
    look: str | None


def doubts(ctx: Context, programme: LoadedProgramme, keying_id: int) -> tuple[Doubt, ...]:
    """What two keyings of the same ballots have not alike, settled or not, by ballot, unit and item.

    Raises:
        CatiError: ``not_allowed``, ``keying_unknown``.
    """
    ctx.actor.require(Right.SETTLE_BALLOTS)
    with ctx.database.read() as connection:
        keying = keying_of(connection, programme, keying_id)
        form = ballot_form(programme.programme, keying.channel)
        names = {unit.code: unit.name for unit in form.units}
        items = keyed_items(programme.programme, keying.channel)
        looks = store.looks_of(connection, keying_id)
        return tuple(
            Doubt(one, names[one.unit], items[one.place], looks.get((one.ballot, one.unit, one.place)))
            for one in differences(*store.both_of(connection, keying_id), len(items))
        )


def settle(
    ctx: Context, programme: LoadedProgramme, keying_id: int, difference: Difference, paper: str
) -> str:
    """Store what the paper says where two keyings are not alike; gives the answer.

    Whoever keyed the ballot does not settle it where somebody else could: with three people the third
    decides, with two they look at the paper together and the log says who stored it.

    Args:
        ctx: somebody who may settle.
        programme: whose.
        keying_id: of which ballots.
        difference: the place.
        paper: a digit, name or label of an answer, a number, ``*`` for several ticks, ``.``
            as in the grid or ``-`` for none.

    Raises:
        CatiError: ``not_allowed``, ``keying_unknown``, ``keying_taken``, ``no_difference``,
            ``look_no_answer``, ``look_by_keyer``.
    """
    ctx.actor.require(Right.SETTLE_BALLOTS)
    with ctx.database.write() as connection:
        take_turns(connection, f"keying {keying_id}")
        keying = untaken(connection, programme, keying_id)
        form = ballot_form(programme.programme, keying.channel)
        found = differences(*store.both_of(connection, keying_id), len(form.items))
        if difference not in found:
            raise CatiError(
                "no_difference",
                N_(
                    "Both keyings are alike there by now. Nothing was changed. Look at the differences again."
                ),
            )
        answer = _looked(programme.programme, keying.channel, difference.place, paper)
        keyers = {
            one.user_id for one in store.keyed_of(connection, keying_id) if one.ballot == difference.ballot
        }
        alone = ctx.actor.user_id in keyers
        if alone and _could_look(connection, keyers):
            raise CatiError(
                "look_by_keyer",
                N_(
                    "You keyed ballot {number} yourself. Nothing was changed. Let somebody look at the paper "
                    "who keyed it neither time."
                ),
                number=difference.ballot,
            )
        store.put_look(
            connection, keying_id, difference.ballot,
            frame_store.unit_ids(connection, programme.id)[difference.unit], difference.place, answer,
            at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip
        audit.record(
            ctx, connection, "settle_ballot", f"channel:{keying.channel}", keying=keying_id,
            ballot=difference.ballot, unit=difference.unit, item=difference.place + 1, keyed_it=alone,
        )  # fmt: skip
        return answer


def take(ctx: Context, programme: LoadedProgramme, keying_id: int) -> BallotSet:
    """Take the ballots as a set that counts, once all are keyed twice and nothing is in doubt.

    Raises:
        CatiError: ``not_allowed``, ``keying_unknown``, ``keying_taken``, ``keying_not_whole``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.write() as connection:
        lock_scores(connection, programme.id)
        take_turns(connection, f"keying {keying_id}")
        keying = untaken(connection, programme, keying_id)
        form = ballot_form(programme.programme, keying.channel)
        first, second = store.both_of(connection, keying_id)
        found, open_ones = settled(first, second, store.looks_of(connection, keying_id), len(form.items))
        if open_ones or len(found) < keying.ballots:
            raise CatiError(
                "keying_not_whole",
                N_(
                    "{twice} of {ballots} ballots are keyed twice, and {open} differences are not settled. "
                    "Nothing was changed."
                ),
                twice=len(found),
                ballots=keying.ballots,
                open=len(open_ones),
            )
        rows = lines(found)
        digest = hashlib.sha256("\n".join(f"{n} {unit} {packed(line)}" for n, unit, line in rows).encode())
        keys = frame_store.unit_ids(connection, programme.id)
        key = ballot_store.add_set(
            connection, programme.id, keying.channel, keying.group, file="", sha256=digest.hexdigest(),
            lines=[(number, keys[unit], line) for number, unit, line in rows], ballots=len(found),
            void=void_of(programme.programme, keying.group, found),
            at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip
        store.keep_set(connection, keying_id, key)
        audit.record(
            ctx, connection, "take_ballots", f"channel:{keying.channel}",
            set=key, keying=keying_id, sha256=digest.hexdigest(), ballots=len(found), keyings=2,
        )  # fmt: skip
        return set_of(connection, programme, SETS, key)


def _looked(programme: Programme, channel: str, place: int, paper: str) -> str:
    """The answer that was typed: by the digit it has in the grid, by name or label, or a mark."""
    text = paper.strip()
    if text in (SEVERAL_TICKED, NONE_TICKED):
        return text
    if text == BLANK:
        return NONE_TICKED
    item, asked = keyed_items(programme, channel)[place], ballot_form(programme, channel).items[place]
    answer = item.answers.get(text) or (answer_of(asked, text) if text else None)
    if answer is None:
        raise CatiError(
            "look_no_answer",
            N_(
                "“{text}” is no answer to {item}. Nothing was stored. Type its digit, * for several, . for "
                "none."
            ),
            text=text,
            item=asked.label,
        )
    return answer


def _could_look(connection: Connection, keyers: set[int]) -> bool:
    """Whether there is somebody who may settle and keyed the ballot neither time."""
    return any(
        user.active and not user.simulated and user.id not in keyers and may(user.roles, Right.SETTLE_BALLOTS)
        for user in user_store.everybody(connection)
    )
