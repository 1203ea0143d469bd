"""Ballots keyed in the window, twice by two people.

A clerk (录入员) keys and sees nothing else: the data of ballots is entered by a bought service (Yazhou 2023,
八（二）), whose people need no name, no number and no score. What follows is in `services.third_look`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.ballots import Line, differences, settled
from cati.domain.keying import NOT_KEYED, KeyedBallot, KeyedItem, Keying, next_ballot
from cati.domain.programmes import LoadedProgramme, Programme, Unit, in_language
from cati.domain.users import Right
from cati.files.ballots import MOST_BALLOTS
from cati.services import audit, clearances
from cati.services.ballots import ballot_channel, ballot_form, ballot_group, is_about_one
from cati.services.context import Context
from cati.store import frames as frame_store
from cati.store import keying as store
from cati.store.engine import Connection
from cati.store.scoring import lock_scores
from cati.store.statements import take_turns


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the ballots of a channel are.

    Attributes:
        group: label of who filled them in, empty where the channel has none.
        once: ballots that were keyed once at least, to their end.
        twice: ballots of which both keyings were ended.
        differing: places that the two keyings have not alike; None for who does not settle them.
        open: those of them that nobody has settled.
        mine: ballots that whoever asks has keyed.
    """

    keying: Keying
    label: str
    group: str
    once: int
    twice: int
    differing: int | None
    open: int | None
    mine: int

    @property
    def is_ready(self) -> bool:
        """Whether the ballots can be taken."""
        return self.keying.set_id is None and self.twice == self.keying.ballots and self.open == 0


@dataclass(frozen=True, slots=True)
class Desk:
    """A ballot in hand.

    Attributes:
        id: of this keying of it.
        ballot: its number.
        units: on paper, in order.
        items: what is asked about each.
        lines: what was keyed already, by code of the unit.
        about_one: the paper is about one of the units only, which is said first.
    """

    id: int
    keying: Keying
    ballot: int
    units: tuple[Unit, ...]
    items: tuple[KeyedItem, ...]
    lines: Mapping[str, Line]
    about_one: bool = False


def most_to_do_first(ctx: Context, known: Sequence[LoadedProgramme]) -> tuple[LoadedProgramme, ...]:
    """Programmes in their order, but first those with ballots that whoever asks may key now."""
    ctx.actor.require(Right.KEY_BALLOTS)
    with ctx.database.read() as connection:
        waits = {loaded.id for loaded in known if _has_work(ctx, connection, loaded)}
    return tuple(sorted(known, key=lambda loaded: loaded.id not in waits))


def _has_work(ctx: Context, connection: Connection, loaded: LoadedProgramme) -> bool:
    return loaded.state != "retired" and any(
        next_ballot(store.keyed_of(connection, one.id), one.ballots, ctx.actor.user_id) is not None
        for one in store.keyings_of(connection, loaded.id)
        if one.set_id is None
    )


def open_keying(
    ctx: Context,
    programme: LoadedProgramme,
    channel: str,
    ballots: int,
    *,
    group: str = "",
    by_item: bool = False,
) -> Keying:
    """Let so many ballots of a channel be keyed, or say how many there are after all.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        channel: code of a channel of ballots.
        ballots: how many papers there are, 1 to 100,000, numbered by hand 1, 2, 3 …
        group: code or label of who filled them in, where the channel tells groups apart.
        by_item: how the paper lies; see `Grid`. Only heeded the first time.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_not_ballots``, ``ballot_group_unknown``,
            ``keying_number``, ``keying_beyond``.
    """
    ctx.actor.require(Right.ADJUST)
    found = ballot_channel(programme.programme, channel)
    code = ballot_group(programme.programme, found, group)
    if not 1 <= ballots <= MOST_BALLOTS:
        raise CatiError(
            "keying_number",
            N_("There can be 1 to {most} ballots. Nothing was changed. Say how many papers there are."),
            most=MOST_BALLOTS,
        )
    with ctx.database.write() as connection:
        lock_scores(connection, programme.id)
        known = store.keyings_of(connection, programme.id)
        same = next((k for k in known if (k.channel, k.group, k.set_id) == (channel, code, None)), None)
        if same is None:
            key = store.open_keying(
                connection, programme.id, channel, code, ballots=ballots, by_item=by_item,
                at=ctx.now(connection), by=ctx.actor.user_id,
            )  # fmt: skip
        else:
            key = same.id
            highest = max((one.ballot for one in store.keyed_of(connection, key)), default=0)
            if highest > ballots:
                raise CatiError(
                    "keying_beyond",
                    N_("Ballot {number} is keyed already. Nothing was changed. Name a number that holds it."),
                    number=highest,
                )
            store.resize(connection, key, ballots)
        audit.record(
            ctx, connection, "open_keying", f"channel:{channel}", keying=key, group=code, ballots=ballots
        )
        return keying_of(connection, programme, key)


def progress(ctx: Context, programme: LoadedProgramme) -> tuple[Progress, ...]:
    """How far the ballots of each channel are, the first opened first.

    Raises:
        CatiError: ``not_allowed``.
    """
    if not ctx.actor.may(Right.SETTLE_BALLOTS):
        ctx.actor.require(Right.KEY_BALLOTS)
    with ctx.database.read() as connection:
        return tuple(
            _progress(ctx, connection, programme.programme, keying)
            for keying in store.keyings_of(connection, programme.id)
        )


def take_in_hand(
    ctx: Context, programme: LoadedProgramme, keying_id: int, number: int | None = None, after: int = 0
) -> Desk | None:
    """Begin to key a ballot, or go on with one that was begun; None when there is none left for this person.

    Args:
        ctx: somebody who may key ballots.
        programme: whose.
        keying_id: which ballots.
        number: of the ballot; None for the next that wants a keying. One's own that was ended is opened
            again while nobody has ended the other keying of it.
        after: with no number, the number the person comes from.

    Raises:
        CatiError: ``not_allowed``, ``pledge_before_keying``, ``keying_unknown``, ``keying_taken``,
            ``ballot_unknown``, ``ballot_keyed_twice``.
    """
    ctx.actor.require(Right.KEY_BALLOTS)
    me = ctx.actor.user_id
    with ctx.database.write() as connection:
        clearances.require_of_keyers(ctx, connection, programme)
        take_turns(connection, f"keying {keying_id}")
        keying = untaken(connection, programme, keying_id)
        known = store.keyed_of(connection, keying_id)
        wanted = next_ballot(known, keying.ballots, me, after) if number is None else number
        if wanted is None:
            return None
        _refuse_beyond(keying, wanted)
        both = [one for one in known if one.ballot == wanted]
        mine = next((one for one in both if one.user_id == me), None)
        if mine is None and len(both) == 2:
            raise _keyed_twice(wanted)
        if mine is None:
            turn = 2 if both and both[0].turn == 1 else 1
            key = store.begin(connection, keying_id, wanted, turn, at=ctx.now(connection), by=me)
        else:
            key = mine.id
            if mine.done:
                _open_again(ctx, connection, keying, mine, both)
        return _desk(connection, programme.programme, keying, key, wanted)


def keep_lines(ctx: Context, programme: LoadedProgramme, desk: Desk, changed: Mapping[str, Line]) -> None:
    """Store what was keyed, whole or not; it is there again when the ballot is taken in hand again.

    Raises:
        CatiError: ``not_allowed``, ``ballot_not_in_hand``.
    """
    with ctx.database.write() as connection:
        _in_hand(ctx, connection, desk)
        store.put_lines(connection, desk.id, changed, frame_store.unit_ids(connection, programme.id))


def finish(ctx: Context, programme: LoadedProgramme, desk: Desk, changed: Mapping[str, Line]) -> None:
    """Store what was keyed last, and end this keying of the ballot.

    Raises:
        CatiError: ``not_allowed``, ``ballot_not_in_hand``, ``ballot_not_whole``.
    """
    with ctx.database.write() as connection:
        _in_hand(ctx, connection, desk)
        store.put_lines(connection, desk.id, changed, frame_store.unit_ids(connection, programme.id))
        kept = store.lines_of(connection, desk.id)
        blank = (NOT_KEYED,) * len(desk.items)
        about = [kept.get(unit.code, blank) for unit in desk.units]
        if desk.about_one:
            # Which unit it is has to be known; there is nothing on the paper about any other.
            about = list(kept.values()) or [blank]
        missing = sum(
            not item.takes(answer) for line in about for item, answer in zip(desk.items, line, strict=True)
        )
        if missing:
            raise CatiError(
                "ballot_not_whole",
                N_(
                    "{count} places of ballot {number} are not keyed yet. What is keyed was kept. Key the "
                    "rest; + leaves the rest of a line without ticks."
                ),
                count=missing,
                number=desk.ballot,
            )
        store.set_done(connection, desk.id, ctx.now(connection))
        audit.record(
            ctx, connection, "key_ballot", f"channel:{desk.keying.channel}",
            keying=desk.keying.id, ballot=desk.ballot,
        )  # fmt: skip


def keyed_items(programme: Programme, channel: str) -> tuple[KeyedItem, ...]:
    """The columns of a ballot, with the digit of each answer: its key, or its place where none has one."""
    found = []
    for item in ballot_form(programme, channel).items:
        keyed = any(choice.key for choice in item.choices)
        answers = {
            choice.key if keyed else str(place): choice.name
            for place, choice in enumerate(item.choices, start=1)
            if choice.key or not keyed
        }
        spoken = programme.default_language
        words = {one.name: in_language(one.labels, spoken, one.name) for one in item.choices}
        found.append(KeyedItem(item.label, answers, item.numbers, words))
    return tuple(found)


def _progress(ctx: Context, connection: Connection, programme: Programme, keying: Keying) -> Progress:
    known = store.keyed_of(connection, keying.id)
    done: dict[int, int] = {}
    for one in known:
        done[one.ballot] = done.get(one.ballot, 0) + one.done
    differing = still_open = None
    if ctx.actor.may(Right.SETTLE_BALLOTS):
        form = ballot_form(programme, keying.channel)
        both = store.both_of(connection, keying.id)
        differing = len(differences(*both, len(form.items)))
        still_open = len(settled(*both, store.looks_of(connection, keying.id), len(form.items))[1])
    channel, spoken = ballot_channel(programme, keying.channel), programme.default_language
    group = next((g for g in channel.groups if g.code == keying.group), None)
    return Progress(
        keying,
        in_language(channel.labels, spoken, channel.label),
        "" if group is None else in_language(group.labels, spoken, group.code),
        sum(times > 0 for times in done.values()),
        sum(times == 2 for times in done.values()),
        differing,
        still_open,
        sum(one.done and one.user_id == ctx.actor.user_id for one in known),
    )


def _desk(connection: Connection, programme: Programme, keying: Keying, key: int, ballot: int) -> Desk:
    form = ballot_form(programme, keying.channel)
    items = keyed_items(programme, keying.channel)
    lines = store.lines_of(connection, key)
    return Desk(key, keying, ballot, form.units, items, lines, is_about_one(programme, keying.group))


def keying_of(connection: Connection, programme: LoadedProgramme, keying_id: int) -> Keying:
    """The keying of a number.

    Raises:
        CatiError: ``keying_unknown``.
    """
    found = next((k for k in store.keyings_of(connection, programme.id) if k.id == keying_id), None)
    if found is None:
        raise CatiError(
            "keying_unknown",
            N_("There is no keying {number}. Nothing was changed. “cati ballots keyed” shows them."),
            number=keying_id,
        )
    return found


def untaken(connection: Connection, programme: LoadedProgramme, keying_id: int) -> Keying:
    """The keying of a number, if its ballots do not count yet.

    Raises:
        CatiError: ``keying_unknown``, ``keying_taken``.
    """
    found = keying_of(connection, programme, keying_id)
    if found.set_id is not None:
        raise CatiError(
            "keying_taken",
            N_("These ballots were taken as set {number}. Nothing was changed. Withdraw that set first."),
            number=found.set_id,
        )
    return found


def _refuse_beyond(keying: Keying, number: int) -> None:
    if not 1 <= number <= keying.ballots:
        raise CatiError(
            "ballot_unknown",
            N_("There are ballots 1 to {ballots}. Nothing was opened. Type one of these numbers."),
            ballots=keying.ballots,
        )


def _keyed_twice(number: int) -> CatiError:
    return CatiError(
        "ballot_keyed_twice",
        N_("Ballot {number} is keyed twice already. Nothing was opened. Go on with another one."),
        number=number,
    )


def _open_again(
    ctx: Context, connection: Connection, keying: Keying, mine: KeyedBallot, both: list[KeyedBallot]
) -> None:
    if len(both) == 2 and all(one.done for one in both):
        raise _keyed_twice(mine.ballot)
    store.set_done(connection, mine.id, None)
    audit.record(
        ctx, connection, "open_ballot", f"channel:{keying.channel}", keying=keying.id, ballot=mine.ballot
    )


def _in_hand(ctx: Context, connection: Connection, desk: Desk) -> None:
    """Refuse to write into what is another's, or ended."""
    ctx.actor.require(Right.KEY_BALLOTS)
    found = store.keyed(connection, desk.id)
    if found is None or found[1].user_id != ctx.actor.user_id or found[1].done:
        raise CatiError(
            "ballot_not_in_hand",
            N_("Ballot {number} is not in your hand any more. What was stored stays. Open it again."),
            number=desk.ballot,
        )
