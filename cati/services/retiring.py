"""Retiring a finished programme (结项): what it knows of people is destroyed, and a certificate says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.services import audit, programmes
from cati.services.context import Context
from cati.store import audit as audit_store
from cati.store import retiring as store
from cati.store.retiring import Destroyed, Nameless

CERTIFICATE = "{code}-retired.json"
"""Name of the certificate, by code of the programme."""

KEPT = (
    N_("Answers, scores, adjustments, approvals and the audit log are kept."),
    N_("Phone numbers stay as keyed hashes whose key is destroyed with these contacts."),
    N_("Recordings and the key to them are kept until the bureau deletes them by its own rule."),
    N_("The bureau's list of those not to be called, and of those who agreed to be called again, is kept."),
    N_("Backups made before this moment still hold the contacts: delete them."),
)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What retiring a programme would destroy: sealed contacts, sealed problem rows, grants of their key."""

    contacts: int
    problems: int
    grants: int
    representatives: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate of retirement says.

    Attributes:
        contacts, problems, grants, representatives, web_respondents: destroyed; `contacts_sha256` is over
            contacts and representatives.
        ballots, web_opinions: kept, of people nobody can name; 0 in certificates of earlier versions.
        by: login and name of who retired it, and the station.
        kept: sentences.
        sha256: of the file, hexadecimal.
    """

    programme: str
    title: str
    at: datetime
    by: tuple[str, str, str]
    contacts: int
    contacts_sha256: str
    problems: int
    grants: int
    kept: tuple[str, ...]
    sha256: str
    representatives: int = 0
    web_respondents: int = 0
    ballots: int = 0
    web_opinions: int = 0


@dataclass(frozen=True, slots=True)
class Retirement:
    """A programme that is retired now.

    Attributes:
        certificate: the file that says what was destroyed.
        sha256: of the certificate, hexadecimal.
    """

    programme: LoadedProgramme
    destroyed: Destroyed
    certificate: Path
    sha256: str


def retire(ctx: Context, code: str, typed: str, folder: Path) -> Retirement:
    """Destroy the contacts of a programme whose fieldwork is closed. It cannot be taken back.

    Args:
        ctx: somebody who may set programmes up.
        code: of the programme.
        typed: the same code once more, typed by whoever decides.
        folder: gets the certificate.

    Raises:
        CatiError: ``not_allowed``, ``programme_unknown``, ``retiring_not_confirmed``, ``not_to_be_retired``,
            ``file_not_written``.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    loaded = programmes.get(ctx, code)
    if typed.strip() != loaded.programme.code:
        raise CatiError(
            "retiring_not_confirmed",
            N_("To retire it, type the code of the programme: {programme}. Nothing was changed."),
            programme=loaded.programme.code,
        )
    target = _file(loaded, folder)
    with written_aside(target) as (aside,), ctx.database.write() as connection:
        now = ctx.now(connection)
        destroyed = store.destroy(connection, loaded.id, now)
        if destroyed is None:
            raise _not_to_be_retired(loaded)
        kept = store.nameless(connection, loaded.id)
        said = _certificate(ctx, loaded, destroyed, kept, now.astimezone(_zone(loaded)).isoformat())
        content = json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
        aside.write_bytes(content)
        found = sha256(content).hexdigest()
        audit.record(
            ctx, connection, "retire", f"programme:{loaded.id}", contacts=destroyed.contacts,
            contacts_sha256=destroyed.contacts_sha256, problems=destroyed.problems, grants=destroyed.grants,
            representatives=destroyed.representatives, certificate=found,
        )  # fmt: skip
    ctx.keys.destroy_contacts(loaded.id)
    store.sweep(ctx.database)
    return Retirement(programmes.get(ctx, code), destroyed, target, found)


def foresee(ctx: Context, code: str) -> Foreseen:
    """What retiring a programme would destroy.

    Raises:
        CatiError: ``not_allowed``, ``programme_unknown``, ``not_to_be_retired``.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    loaded = programmes.get(ctx, code)
    if loaded.state != "closed":
        raise _not_to_be_retired(loaded)
    with ctx.database.read() as connection:
        return Foreseen(*store.left(connection, loaded.id))


def certificate(ctx: Context, code: str, folder: Path) -> Certificate:
    """The certificate of a retired programme as it was written, if it is the one the audit log knows.

    Args:
        ctx: somebody who may see how programmes stand.
        code: of the programme.
        folder: where its certificate lies.

    Raises:
        CatiError: ``not_allowed``, ``programme_unknown``, ``certificate_missing``, ``certificate_differs``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    loaded = programmes.get(ctx, code)
    file = _file(loaded, folder)
    with ctx.database.read() as connection:
        entry = audit_store.last_of(connection, "retire", f"programme:{loaded.id}")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CatiError(
            "certificate_missing",
            N_("There is no certificate {file}. Put the one that was written there, and try again."),
            file=str(file),
        ) from error
    found = sha256(content).hexdigest()
    if entry is None or entry.detail.get("certificate") != found:
        raise CatiError(
            "certificate_differs",
            N_("{file} is not the certificate that was written. Put back the original; do not use this one."),
            file=str(file),
        )
    return _read(json.loads(content), found)


def _read(said: dict[str, Any], digest: str) -> Certificate:
    destroyed, by, nameless = said["destroyed"], said["retired_by"], said.get("kept_without_names", {})
    return Certificate(
        programme=said["programme"],
        title=said["title"],
        at=datetime.fromisoformat(said["retired_at"]),
        by=(by["login"], by["name"], by["station"]),
        contacts=destroyed["contacts"],
        contacts_sha256=destroyed["contacts_sha256"],
        problems=destroyed["sealed_problem_rows"],
        grants=destroyed["contact_key_grants"],
        kept=tuple(said["kept"]),
        sha256=digest,
        representatives=destroyed.get("representatives", 0),
        web_respondents=destroyed.get("web_respondent_hashes", 0),
        ballots=nameless.get("ballots", 0),
        web_opinions=nameless.get("web_opinions", 0),
    )


def _file(loaded: LoadedProgramme, folder: Path) -> Path:
    return folder / CERTIFICATE.format(code=loaded.programme.code)


def _not_to_be_retired(loaded: LoadedProgramme) -> CatiError:
    return CatiError(
        "not_to_be_retired",
        N_("{programme} is not closed, or is retired already. Nothing was changed. Close fieldwork first."),
        programme=loaded.programme.code,
    )


def _zone(loaded: LoadedProgramme) -> ZoneInfo:
    return ZoneInfo(loaded.programme.settings.timezone)


def _certificate(
    ctx: Context, loaded: LoadedProgramme, destroyed: Destroyed, kept: Nameless, at: str
) -> dict[str, Any]:
    return {
        "programme": loaded.programme.code,
        "title": loaded.programme.title,
        "retired_at": at,
        "retired_by": {"login": ctx.actor.login, "name": ctx.actor.name, "station": ctx.actor.station},
        "destroyed": {
            "contacts": destroyed.contacts,
            "contacts_sha256": destroyed.contacts_sha256,
            "sealed_problem_rows": destroyed.problems,
            "contact_key_grants": destroyed.grants,
            "representatives": destroyed.representatives,
            "web_respondent_hashes": destroyed.web_respondents,
        },
        "kept_without_names": {"ballots": kept.ballots, "web_opinions": kept.web_opinions},
        "kept": [_(sentence) for sentence in KEPT],
    }
