"""Results of surveys on the web: the columns of a file named once, its opinions taken, withdrawn, scored.

Opinions that are alike are counted together and no row is kept: who answered on the web has no name, no
recording and nothing else to look at, and a row by itself could tell who it was. What tells respondents from
each other is needed while a file is read, hashed under a key that nobody keeps, and then forgotten; doubles
are therefore told within a file, in all its sheets, and not between files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.ballots import is_void, packed
from cati.domain.names import channel_choice, channel_name, group_choices
from cati.domain.programmes import Channel, LoadedProgramme, Programme
from cati.domain.users import Right
from cati.domain.web import DOUBLES, EACH, REFUSE, Columns, Opinion, Proposal, remembered
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
from cati.store.scoring import lock_scores
from cati.store.tally import Tally, tally
from cati.store.web import WebSet as WebSet

SETS = SetKind("web", store.SETS, store.sets_of)
"""Surveys that were taken."""
_HASH = 8
"""Bytes that stand for a respondent and unit while a file is read: among a million two alike come about
once in forty million files."""


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
            ``web_rule_unknown``, ``web_group_unknown``, ``web_doubles``, and what `open_stream` and
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
        void = _count(ctx, programme, reader, counted, doubles, stream, advance)
        with ctx.database.write() as connection:
            lock_scores(connection, programme.id)
            sets.refuse_known(connection, programme, SETS, found.code, path.name, stream.sha256)
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
            known="; ".join(map(channel_choice, known)) or "—",
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
) -> int:
    """Count the opinions of a file, doubles by their rule; gives how many of those that count are void."""
    with ctx.database.read() as connection:
        keys = frame_store.unit_ids(connection, programme.id)
    key = token_bytes(32)
    sheets: dict[str, int] = {}
    told = doubles != EACH
    for one in reader.opinions(advance):
        place = sheets.setdefault(one.sheet, len(sheets)) << 32 | one.row
        who = _hashed(one, key) if told else None
        counted.add(who, place, keys[one.unit], one.group, packed(one.answers))
    if doubles == REFUSE and (found := counted.doubles(MOST_SHOWN + 1)):
        names = list(sheets)
        raise _doubled(stream.path, names, found, counted.left_out)
    return sum(one.times for one in counted.alike() if is_void(tuple(one.answers.split(" "))))


def _hashed(one: Opinion, key: bytes) -> int:
    digest = blake2b(f"{one.who}\x1f{one.unit}".encode(), digest_size=_HASH, key=key).digest()
    return int.from_bytes(digest, signed=True)


def _doubled(path: Path, sheets: list[str], found: list[tuple[int, int]], count: int) -> CatiError:
    def row(place: int) -> str:
        return _("{sheet}, row {row}").format(sheet=sheets[place >> 32], row=place & 0xFFFFFFFF)

    words = _("{row}: as in {earlier}")
    shown = [words.format(row=row(again), earlier=row(first)) for again, first in found[:MOST_SHOWN]]
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
