"""What an entry of the audit log tells beside what was done: to what, and with which details, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.adjusting import STATES
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.list_checks import AREAS, SIZE
from cati.domain.messages import KIND_LABELS, Kind
from cati.domain.programmes import Programme, in_language
from cati.domain.review import REASONS
from cati.domain.sound import Heard
from cati.domain.users import Role
from cati.domain.web import DOUBLES
from cati.gui.exports.page import PEOPLE, WHAT
from cati.gui.office.words import grouped, role_words
from cati.gui.review.words import group_names, unit_names, verdict_done

if TYPE_CHECKING:
    from cati.services.audit import StoredEntry

SUBJECTS = {
    "attendance": N_("attendance {name}"),
    "audit log": N_("audit log"),
    "case": N_("case {name}"),
    "cell": N_("cell {name}"),
    "channel": N_("channel {name}"),
    "database": N_("database {name}"),
    "draw": N_("draw {name}"),
    "interview": N_("interview {name}"),
    "message": N_("message {name}"),
    "notice": N_("notice {name}"),
    "pool": N_("public pool"),
    "programme": N_("programme {name}"),
    "recording": N_("recording {name}"),
    "retirement": N_("retirement {name}"),
    "station": N_("station {name}"),
    "unit": N_("unit {name}"),
    "user": N_("user {name}"),
}
"""By kind, to be translated; kind and key are kept with a blank or a colon between."""

DETAILS = {
    "again": N_("call again"),
    "answer": N_("network's answer"),
    "answered": N_("picked up"),
    "assumed": N_("settings as proposed"),
    "attempt": N_("call"),
    "ballot": N_("ballot"),
    "ballots": N_("ballots"),
    "before": N_("before"),
    "body": N_("body"),
    "by": N_("looked for by"),
    "case": N_("case"),
    "cases": N_("cases"),
    "certificate": N_("certificate"),
    "circumstances": N_("circumstances"),
    "claim": N_("claim"),
    "code": N_("ground"),
    "contacts": N_("contacts destroyed"),
    "contacts_sha256": N_("contacts' hash"),
    "copied": N_("copied from"),
    "count": N_("count"),
    "day": N_("day"),
    "decided": N_("decided"),
    "disposition": N_("outcome"),
    "document": N_("document"),
    "everybody": N_("to everybody"),
    "done": N_("done"),
    "drawn": N_("after a draw"),
    "effect": N_("effect"),
    "encrypted": N_("encrypted voice"),
    "exempted": N_("exempted from"),
    "file": N_("file"),
    "first": N_("from day"),
    "follows": N_("follows"),
    "faults": N_("faults"),
    "files": N_("files"),
    "format": N_("format"),
    "found": N_("found"),
    "frame_hash": N_("hash of the lists"),
    "from_ms": N_("heard from"),
    "granted_by": N_("granted by"),
    "grants": N_("keys destroyed"),
    "grants_withdrawn": N_("keys withdrawn"),
    "group": N_("group"),
    "grounds": N_("grounds"),
    "hash": N_("hash"),
    "heard": N_("voice"),
    "hindering": N_("hindered"),
    "how": N_("way"),
    "identity": N_("people"),
    "interviews": N_("interviews"),
    "item": N_("item"),
    "keyed_it": N_("keyed it, too"),
    "keying": N_("keying"),
    "keyings": N_("keyings"),
    "kind": N_("kind"),
    "languages": N_("languages"),
    "last": N_("to day"),
    "late": N_("after the lease"),
    "listener": N_("who listened"),
    "login": N_("by whom"),
    "missing": N_("missing"),
    "moment": N_("time"),
    "opinions": N_("opinions"),
    "named": N_("caller named"),
    "number": N_("number"),
    "numbers": N_("with numbers"),
    "own": N_("own interview"),
    "pages": N_("pages"),
    "parties": N_("parties"),
    "passed_over": N_("passed over"),
    "party": N_("party"),
    "persons": N_("persons held accountable"),
    "place": N_("archive"),
    "place_ms": N_("place"),
    "planned": N_("planned"),
    "points": N_("points"),
    "problem": N_("problem"),
    "problems": N_("problem rows destroyed"),
    "programme": N_("programme"),
    "reason": N_("reason"),
    "recipient": N_("for whom"),
    "relief": N_("relieved by"),
    "replaced": N_("replaced"),
    "roles": N_("roles"),
    "representatives": N_("representatives destroyed"),
    "roster": N_("roster"),
    "rows": N_("rows"),
    "rule": N_("rule for doubles"),
    "score": N_("score"),
    "scores": N_("hash of the scores"),
    "seconds": N_("seconds"),
    "seed": N_("seed"),
    "server": N_("exchange"),
    "set": N_("set"),
    "sha256": N_("hash"),
    "signer": N_("signed by"),
    "size": N_("bytes"),
    "state": N_("state"),
    "station": N_("station"),
    "team": N_("team"),
    "ticket": N_("ticket"),
    "transport": N_("way there"),
    "to_ms": N_("heard to"),
    "undecided": N_("undecided points"),
    "complaints": N_("unsettled complaints"),
    "overdue": N_("overdue hand-ins"),
    "unit": N_("unit"),
    "units": N_("units"),
    "unreadable_grants": N_("keys that cannot be opened"),
    "verdict": N_("verdict"),
    "verified": N_("verified"),
    "version": N_("version"),
    "versions": N_("lists and versions"),
    "waiver": N_("waived by"),
    "what": N_("what"),
    "later": N_("draws before"),
    "unlisted": N_("cells without a list"),
}
"""By name, to be translated."""

PAPERS = {
    "attendance": N_("attendance"),
    "draw": N_("draw"),
    "retirement": N_("retirement"),
    "sign_in": N_("list to sign"),
}
EFFECTS = {
    "none": N_("none"),
    "place_free": N_("out, the cell calls for one more"),
    "stays_short": N_("out, the cell stays one short"),
    "overshoot_moved_up": N_("out, one beyond the quota took its place"),
    "called_again": N_("out, the person is called again"),
    "counted_again": N_("counts again"),
}
VOICES = {
    Heard.WELL: N_("heard well"),
    Heard.QUIET: N_("quiet"),
    Heard.CLIPPED: N_("too loud"),
    Heard.SILENT: N_("silent"),
    Heard.MISSING: N_("no microphone"),
}
WORDS: Mapping[str, Mapping[Any, str]] = {
    "by": {"number": N_("number"), "contact": N_("name or digits")},
    "disposition": {code: one.label for code, one in DISPOSITIONS.items()},
    "effect": EFFECTS,
    "exempted": {SIZE: N_("smallest size"), AREAS: N_("covering all areas")},
    "heard": VOICES,
    "how": {"copied": N_("copied"), "exported": N_("exported"), "printed": N_("printed")},
    "identity": PEOPLE,
    "kind": {kind: KIND_LABELS[kind] for kind in Kind},
    "reason": {code: words for reasons in REASONS.values() for code, words in reasons.items()},
    "rule": DOUBLES,
    "state": STATES,
    "what": {**WHAT, **PAPERS},
}
"""By detail: what its values are called where there are only these, to be translated."""

_SUBJECT = re.compile(rf"({'|'.join(SUBJECTS)})(?:[ :](.*))?", re.DOTALL)
_HASH = re.compile(r"[0-9a-f]{64}")


class Entries:
    """Tells entries in the words of a programme and with its users' names.

    Args:
        programme: in hand, whose codes are told by name; None without one.
        logins: of the users by row number.
    """

    def __init__(self, programme: Programme | None, logins: Mapping[int, str]) -> None:
        self._logins = logins
        self._units = unit_names(programme) if programme is not None else {}
        self._groups = group_names(programme) if programme is not None else {}
        self._channels, self._grounds = _labels(programme)
        self._told: Mapping[str, Callable[[Any], str]] = {
            "code": lambda code: self._grounds.get(code, code),
            "format": lambda form: f".{form}",
            "from_ms": _clock,
            "place_ms": _clock,
            "to_ms": _clock,
            "roles": lambda roles: _(", ").join(role_words(Role(role)) for role in roles),
            "unit": lambda code: self._units.get(code, code),
            "verdict": verdict_done,
            "versions": lambda lists: _(", ").join(map(self._version, lists)),
        }

    def subject(self, entry: StoredEntry) -> str:
        """To what it was done; what another program wrote otherwise stays as it is."""
        found = _SUBJECT.fullmatch(entry.subject)
        if found is None:
            return entry.subject
        kind, key = found[1], found[2] or ""
        name = key
        if kind == "user" and key.isdecimal():
            name = self._logins.get(int(key), key)
        elif kind == "user":
            name = _("unknown")
        elif kind == "unit":
            name = self._units.get(key, key)
        elif kind == "channel":
            name = self._channels.get(key, key)
        elif kind == "cell":
            _code, _slash, cell = key.partition("/")
            unit, _slash, group = cell.partition("/")
            name = f"{self._units.get(unit, unit)} · {self._groups.get(group, group)}"
        return _(SUBJECTS[kind]).format(name=name).strip()

    def details(self, entry: StoredEntry) -> str:
        """All that is kept with it, each with its name."""
        told = (
            _("{name}: {value}").format(name=_(DETAILS.get(name, name)), value=self._value(name, value))
            for name, value in entry.detail.items()
            if value is not None and value != ""
        )
        return _("; ").join(told)

    def _value(self, name: str, value: Any) -> str:
        if name in self._told:
            return self._told[name](value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int):
            return f"{value:,}"
        if isinstance(value, list):
            return _(", ").join(value)
        if value in (words := WORDS.get(name, {})):
            return _(words[value])
        return grouped(value, 4) if _HASH.fullmatch(value) else str(value)

    def _version(self, listed: str) -> str:
        group, _blank, version = listed.rpartition(" ")
        name = _("public pool") if group == "pool" else self._groups.get(group, group)
        return f"{name} {version}"


def _labels(programme: Programme | None) -> tuple[dict[str, str], dict[str, str]]:
    """Names of channels and of grounds for points, by code."""
    if programme is None:
        return {}, {}
    spoken = language()
    return (
        {one.code: in_language(one.labels, spoken, one.label) for one in programme.channels},
        {one.code: in_language(one.labels, spoken, one.label) for one in programme.adjustments},
    )


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02}"
