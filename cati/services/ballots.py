"""Ballots keyed elsewhere: taken once both keyings agree, or a third look has said what the paper says."""

from __future__ import annotations

from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.ballots import Ballots, Difference, differences, lines, settled, void_lines
from cati.domain.names import channel_name, group_choices
from cati.domain.programmes import BALLOT_KINDS, Channel, LoadedProgramme, Programme, in_language
from cati.domain.users import Right
from cati.files import ballots as files
from cati.files.ballots import BallotForm as BallotForm
from cati.files.ballots import BallotItem
from cati.services import audit, sets
from cati.services.channels import known_channel
from cati.services.context import Context
from cati.services.sets import SetKind
from cati.store import ballots as store
from cati.store import frames as frame_store
from cati.store import keying as keying_store
from cati.store.ballots import BallotSet as BallotSet
from cati.store.scoring import lock_scores

SETS = SetKind("ballots", store.SETS, store.ballot_sets_of, keying_store.give_up_set)
"""Ballots that were taken; the keying of a withdrawn set goes on."""


def take(
    ctx: Context,
    programme: LoadedProgramme,
    channel: str,
    path: Path,
    *,
    group: str = "",
    looks: Path | None = None,
) -> BallotSet:
    """Take the ballots of a file, all or nothing.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        channel: code of a channel of ballots.
        path: .csv or .xlsx; one sheet, or two with the same ballots keyed by two people.
        group: code or label of who filled them in, where the channel tells groups apart.
        looks: the differences of the two sheets as a third look settled them; see `write_differences`.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_not_ballots``, ``ballot_group_unknown``,
            ``set_taken``, ``keyings_differ``, ``keyings_too_many``, and what `read_keyings` and
            `read_looks` refuse.
    """
    ctx.actor.require(Right.ADJUST)
    found = ballot_channel(programme.programme, channel)
    code = ballot_group(programme.programme, found, group)
    form = ballot_form(programme.programme, channel)
    digest, keyings = files.read_keyings(path, form)
    ballots = _agreed(path, keyings, form, looks)
    with ctx.database.write() as connection:
        lock_scores(connection, programme.id)
        sets.refuse_known(connection, programme, SETS, channel, path.name, digest)
        keys = frame_store.unit_ids(connection, programme.id)
        key = store.add_set(
            connection,
            programme.id,
            channel,
            code,
            file=path.name,
            sha256=digest,
            lines=[(number, keys[unit], line) for number, unit, line in lines(ballots)],
            ballots=len(ballots),
            void=void_of(programme.programme, code, ballots),
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(
            ctx, connection, "take_ballots", f"channel:{channel}",
            set=key, file=path.name, sha256=digest, ballots=len(ballots), keyings=len(keyings),
        )  # fmt: skip
        return sets.set_of(connection, programme, SETS, key)


def compare(ctx: Context, programme: LoadedProgramme, channel: str, path: Path) -> tuple[Difference, ...]:
    """What two keyings of the same ballots have not alike; nothing for a file with one.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_not_ballots``, ``keyings_too_many``, and
            what `read_keyings` refuses.
    """
    ctx.actor.require(Right.ADJUST)
    form = ballot_form(programme.programme, channel)
    first, second = _two(path, files.read_keyings(path, form)[1])
    return () if second is None else differences(first, second, len(form.items))


def write_differences(ctx: Context, programme: LoadedProgramme, channel: str, path: Path, out: Path) -> int:
    """Write what two keyings have not alike, to be settled by a third look; gives how many there are.

    Raises:
        CatiError: as `compare`.
        OSError: it could not be written.
    """
    found = compare(ctx, programme, channel, path)
    files.write_differences(out, ballot_form(programme.programme, channel), found)
    return len(found)


def write_form(ctx: Context, programme: LoadedProgramme, channel: str, ballots: int, out: Path) -> None:
    """Write an empty workbook for two people to key the ballots of a channel.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        channel: code.
        ballots: how many there are, 1 to 100,000.
        out: an .xlsx file; an existing one is replaced.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_not_ballots``, ``ballots_number``.
        OSError: it could not be written.
    """
    ctx.actor.require(Right.ADJUST)
    if not 1 <= ballots <= files.MOST_BALLOTS:
        raise CatiError(
            "ballots_number",
            N_("A form is for 1 to {most} ballots. Nothing was written."),
            most=files.MOST_BALLOTS,
        )
    files.write_form(out, ballot_form(programme.programme, channel), ballots)


def ballot_form(programme: Programme, channel: str) -> BallotForm:
    """What the ballots of a channel ask, in the programme's own language.

    Raises:
        CatiError: ``channel_unknown``, ``channel_not_ballots``.
    """
    return form_of(programme, ballot_channel(programme, channel))


def form_of(programme: Programme, found: Channel) -> BallotForm:
    """What a channel asks about which units, in the programme's own language."""
    spoken = programme.default_language
    items = [
        BallotItem(
            item.name,
            in_language(item.labels, spoken, item.name),
            programme.choices[item.list_name] if item.list_name else (),
            item.numbers,
        )
        for item in found.items
    ] or [
        BallotItem(
            question.name,
            in_language(question.short or question.labels, spoken, question.name),
            programme.choices[question.list_name],
        )
        for question in programme.items
    ]
    return BallotForm(tuple(unit for unit in programme.units if found.is_about(unit)), tuple(items))


def ballot_channel(programme: Programme, code: str) -> Channel:
    """The channel of ballots of a code.

    Raises:
        CatiError: ``channel_unknown``, ``channel_not_ballots``.
    """
    channel = known_channel(programme, code)
    if channel.kind not in BALLOT_KINDS:
        raise CatiError(
            "channel_not_ballots",
            N_("No ballots are filled in for {channel}. Nothing was changed. Choose another channel."),
            channel=channel_name(channel),
        )
    return channel


def void_of(programme: Programme, group: str, ballots: Ballots) -> int:
    """How many lines are void; whom questionnaires are mailed to are asked about their own unit only.

    Args:
        programme: whose.
        group: code of who filled them in; empty where the channel tells no groups apart.
        ballots: as they hold.
    """
    return void_lines(ballots, about_one=is_about_one(programme, group))


def is_about_one(programme: Programme, group: str) -> bool:
    """Whether each paper of a group is about one unit: a questionnaire mailed to that unit's own staff."""
    return any(one.code == group for one in programme.mailed)


def ballot_group(programme: Programme, channel: Channel, text: str) -> str:
    """The code of who fills ballots in, by code or label; empty where the channel tells no groups apart.

    Raises:
        CatiError: ``ballot_group_missing``, ``ballot_group_unknown``.
    """
    text = text.strip()
    for group in channel.groups:
        if text in (group.code, *group.labels.values()):
            return group.code
    known = group_choices(channel)
    if not text and channel.groups:
        raise CatiError(
            "ballot_group_missing",
            N_(
                "Who filled in the ballots of {channel} has to be said. Nothing was changed. "
                "There are: {known}."
            ),
            channel=channel_name(channel),
            known=known,
        )
    if text:
        raise CatiError(
            "ballot_group_unknown",
            N_(
                "“{text}” is nobody who fills in ballots of {channel}. Nothing was changed. There "
                "are: {known}."
            ),
            text=text,
            channel=channel_name(channel),
            known=known,
        )
    return ""


def _two(path: Path, keyings: list[Ballots]) -> tuple[Ballots, Ballots | None]:
    if len(keyings) > 2:
        raise CatiError(
            "keyings_too_many",
            N_("{file} has {count} sheets with ballots. Nothing was changed. Leave one, or two keyings."),
            file=path.name,
            count=len(keyings),
        )
    return keyings[0], keyings[1] if len(keyings) == 2 else None


def _agreed(path: Path, keyings: list[Ballots], form: BallotForm, looks: Path | None) -> Ballots:
    """The ballots that both keyings agree on, or that a third look settled."""
    first, second = _two(path, keyings)
    if second is None:
        return first
    third = {} if looks is None else files.read_looks(looks, form)
    ballots, open_ones = settled(first, second, third, len(form.items))
    if open_ones:
        raise CatiError(
            "keyings_differ",
            N_(
                "The two keyings in {file} differ in {count} places, first at ballot {ballot}. Nothing was "
                "changed. Let a third person look at the papers: E at the ballots, or “cati ballots "
                "differences”, writes a list."
            ),
            file=path.name,
            count=len(open_ones),
            ballot=open_ones[0].ballot,
        )
    return ballots
