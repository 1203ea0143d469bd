"""Results of surveys on the web: the columns of a file named once, its opinions taken, withdrawn, scored.

Opinions that are alike are counted together and no row is kept: who answered on the web has no name, no
recording and nothing else to look at, and a row by itself could tell who it was. What tells respondents from
each other is hashed under a key of the programme's contacts, in 64 bits beside no answer: so somebody who
answered about the same unit in an earlier file is noticed, and nobody is known. Those hashes go, as their key
does, when the programme is retired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.ballots import is_void, packed
from cati.domain.names import channel_choice, channel_name, group_choices
from cati.domain.programmes import Channel, LoadedProgramme, Programme
from cati.domain.users import Right
from cati.domain.web import DOUBLES, EACH, FIRST, LAST, REFUSE, TIME, Columns, Opinion, Proposal, remembered
from cati.files import web as files
from cati.files.faults import MOST_SHOWN
from cati.files.streams import Stream, open_stream
from cati.files.web import Preview as Preview
from cati.files.web import WebForm, WebReader
from cati.services import audit, sets
from cati.services.ballots import form_of
from cati.services.channels import known_channel
from cati.services.context import Context
from cati.services.frames import Progress
from cati.services.sets import SetKind
from cati.store import frames as frame_store
from cati.store import web as store
from cati.store.engine import Connection
from cati.store.scoring import lock_scores
from cati.store.tally import Tally, tally
from cati.store.web import WebSet as WebSet

SETS = SetKind("web", store.SETS, store.sets_of)
"""Surveys that were taken."""
_HASH = 8
"""Bytes that stand for a respondent and unit: among a million two alike come about once in forty million
files."""
_ROW = 0xFFFFFFFF
"""Of a place in a file, the bits that are its row; above them is its sheet."""


@dataclass(frozen=True, slots=True)
class Look:
    """A file before it is taken.

    Attributes:
        preview: its top.
        proposal: which column probably says what.
    """

    preview: Preview
    proposal: Proposal


def look(
    ctx: Context, programme: LoadedProgramme, channel: str, path: Path, *, passwords: Sequence[str] = ()
) -> Look:
    """Look at a file: its top, and which column probably says what, as it was last time or by its headings.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        channel: code of a channel of the web; empty means the only one.
        path: .csv or .xlsx.
        passwords: are tried if it is protected, and kept nowhere.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_not_web``, ``web_empty``, and what
            `open_stream` refuses.
    """
    ctx.actor.require(Right.ADJUST)
    found = web_channel(programme.programme, channel)
    preview = files.read_preview(open_stream(path, passwords=passwords))
    with ctx.database.read() as connection:
        earlier = [s for s in store.sets_of(connection, programme.id) if s.channel == found.code]
    guessed = files.guess(web_form(programme.programme, found), preview.headings)
    last = earlier[-1] if earlier else None
    return Look(
        preview,
        remembered(last.columns if last else {}, last.rule if last else "", guessed, preview.headings),
    )


def take(
    ctx: Context,
    programme: LoadedProgramme,
    channel: str,
    path: Path,
    columns: Columns,
    doubles: str,
    *,
    group: str = "",
    progress: Progress | None = None,
    passwords: Sequence[str] = (),
) -> WebSet:
    """Take the opinions of a file, all or nothing.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        channel: code of a channel of the web; empty means the only one.
        path: .csv or .xlsx; all sheets have the same headings.
        columns: heading by what it says, see `cati.domain.web.Columns`.
        doubles: one of `DOUBLES`.
        group: code or label of who answered all of it, where there are groups and no column tells.
        progress: told how much is done of how much; may raise to give up.
        passwords: are tried if it is protected, and kept nowhere.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_not_web``, ``set_taken``,
            ``web_rule_unknown``, ``web_group_unknown``, ``web_doubles``, ``web_answered_before``,
            ``no_contact_key``, and what `open_stream` and
            `WebReader` refuse.
    """
    ctx.actor.require(Right.ADJUST)
    found = web_channel(programme.programme, channel)
    if doubles not in DOUBLES:
        raise CatiError(
            "web_rule_unknown",
            N_(
                "Say what is done about somebody who answered twice about the same unit. Nothing was "
                "changed. There are: {known}."
            ),
            known=", ".join(f"{name} ({_(words)})" for name, words in DOUBLES.items()),
        )
    form = web_form(programme.programme, found)
    stream = open_stream(path, passwords=passwords)
    _refuse_taken(ctx, programme, found, stream)
    reader = WebReader(stream, form, columns, doubles, _group(programme.programme, found, form, group))
    advance = progress or (lambda _done, _total: None)
    with tally(doubles) as counted:
        sheets = _count(ctx, programme, reader, counted, doubles, stream, advance)
        with ctx.database.write() as connection:
            lock_scores(connection, programme.id)
            sets.refuse_known(connection, programme, SETS, found.code, path.name, stream.sha256)
            if doubles != EACH:
                _compare(connection, programme, found, counted, doubles, reader, path, sheets)
            void = sum(one.times for one in counted.alike() if is_void(tuple(one.answers.split(" "))))
            key = store.add_set(
                connection,
                programme.id,
                found.code,
                file=path.name,
                sha256=stream.sha256,
                opinions=counted.opinions,
                doubles=counted.left_out,
                void=void,
                rule=doubles,
                columns=reader.columns,
                at=ctx.now(connection),
                by=ctx.actor.user_id,
            )
            if doubles != EACH:
                store.add_respondents(connection, key, counted.told())
            for stored in store.add_patterns(connection, key, counted.alike()):
                advance(stored, counted.opinions)
            audit.record(
                ctx, connection, "take_web", f"channel:{found.code}",
                set=key, file=path.name, sha256=stream.sha256, opinions=counted.opinions, rule=doubles,
            )  # fmt: skip
            return sets.set_of(connection, programme, SETS, key)


def web_channel(programme: Programme, code: str) -> Channel:
    """The channel of the web of a code; empty means the only one.

    Raises:
        CatiError: ``channel_unknown``, ``channel_not_web``.
    """
    known = [c for c in programme.channels if c.kind == "web"]
    if not code and len(known) == 1:
        return known[0]
    channel = known_channel(programme, code) if code else None
    if channel is None or channel.kind != "web":
        raise CatiError(
            "channel_not_web",
            N_("{channel} is no channel of a survey on the web. Nothing was changed. There are: {known}."),
            channel=code or "—",
            known=_("; ").join(map(channel_choice, known)) or "—",
        )
    return channel


def web_form(programme: Programme, channel: Channel) -> WebForm:
    """What a survey asks about which units, and who answers."""
    return WebForm(form_of(programme, channel), channel.groups)


def _count(
    ctx: Context,
    programme: LoadedProgramme,
    reader: WebReader,
    counted: Tally,
    doubles: str,
    stream: Stream,
    advance: Progress,
) -> list[str]:
    """Count the opinions of a file, doubles by their rule; gives the names of its sheets."""
    with ctx.database.read() as connection:
        keys = frame_store.unit_ids(connection, programme.id)
    key = ctx.keys.contact_key(programme.id).number_hash("web") if doubles != EACH else b""
    sheets: dict[str, int] = {}
    told = doubles != EACH
    for one in reader.opinions(advance):
        place = sheets.setdefault(one.sheet, len(sheets)) << 32 | one.row
        who = _hashed(one, key) if told else None
        counted.add(who, place, keys[one.unit], one.group, packed(one.answers), one.at)
    if doubles == REFUSE and (found := counted.doubles(MOST_SHOWN + 1)):
        raise _doubled(stream.path, list(sheets), found, counted.left_out)
    return list(sheets)


def _compare(
    connection: Connection,
    programme: LoadedProgramme,
    channel: Channel,
    counted: Tally,
    doubles: str,
    reader: WebReader,
    path: Path,
    sheets: list[str],
) -> None:
    """Notice who answered about the same unit in an earlier file that counts.

    Where by the rule the earlier file's answer counts, this file's is left out: by the time, if both files
    say it with the day, else by the order in which they were taken. Where this one's would count, the file
    is refused, since what was taken stays as it is: no row of it is kept.

    Raises:
        CatiError: ``web_answered_before``.
    """
    known = {
        one.id: one.file
        for one in store.sets_of(connection, programme.id)
        if one.channel == channel.code and not one.withdrawn_for
    }
    count = counted.compare(store.respondents(connection, known))
    if not count:
        counted.leave_out_earlier()
        return
    words = _("{row}: as in {earlier}")
    shown = []
    for place, of, there in counted.answered_before(MOST_SHOWN):
        earlier = _("{file}, row {row}").format(file=known[of], row=there & _ROW)
        shown.append(words.format(row=_place(sheets, place), earlier=earlier))
    by_time = doubles in (FIRST, LAST) and TIME in reader.columns
    raise CatiError(
        "web_answered_before",
        N_(
            "{file} was not taken: {count} times somebody answered about the same unit in an earlier file, "
            "and by the time this file counts. Nothing was changed: what was taken stays. "
            "Withdraw the earlier set, take this file, and then the earlier one again.\n{list}"
        )
        if by_time
        else N_(
            "{file} was not taken: {count} times somebody answered about the same unit who did so in an "
            "earlier file. Nothing was changed. Let the first count, or withdraw the earlier set.\n{list}"
        ),
        file=path.name,
        count=count,
        list="\n".join([*shown, *(["…"] if count > MOST_SHOWN else [])]),
    )


def _place(sheets: list[str], place: int) -> str:
    return _("{sheet}, row {row}").format(sheet=sheets[place >> 32], row=place & _ROW)


def _hashed(one: Opinion, key: bytes) -> int:
    digest = blake2b(f"{one.who}\x1f{one.unit}".encode(), digest_size=_HASH, key=key).digest()
    return int.from_bytes(digest, signed=True)


def _doubled(path: Path, sheets: list[str], found: list[tuple[int, int]], count: int) -> CatiError:
    words = _("{row}: as in {earlier}")
    shown = [
        words.format(row=_place(sheets, again), earlier=_place(sheets, first))
        for again, first in found[:MOST_SHOWN]
    ]
    return CatiError(
        "web_doubles",
        N_(
            "{file} was not taken: {count} times somebody answered about the same unit again. Nothing was "
            "changed. Choose another rule for doubles, or mend the file.\n{list}"
        ),
        file=path.name,
        count=count,
        list="\n".join([*shown, *(["…"] if len(found) > MOST_SHOWN else [])]),
    )


def _refuse_taken(ctx: Context, programme: LoadedProgramme, channel: Channel, stream: Stream) -> None:
    with ctx.database.read() as connection:
        sets.refuse_known(connection, programme, SETS, channel.code, stream.path.name, stream.sha256)


def _group(programme: Programme, channel: Channel, form: WebForm, text: str) -> str:
    """The code of who answered a whole file; empty where a column says it, or there are no groups."""
    text = text.strip()
    code = files.group_code(form, text) if text else ""
    if code is None:
        raise CatiError(
            "web_group_unknown",
            N_("“{text}” is nobody who is asked in {channel}. Nothing was changed. There are: {known}."),
            text=text,
            channel=channel_name(channel),
            known=group_choices(channel),
        )
    return code
