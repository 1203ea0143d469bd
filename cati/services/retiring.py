"""Retiring a finished programme (结项): what it knows of people is destroyed, and a certificate says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
from cati.store import retiring as store
from cati.store.retiring import Destroyed

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
    target = folder / CERTIFICATE.format(code=loaded.programme.code)
    with written_aside(target) as (aside,), ctx.database.write() as connection:
        now = ctx.now(connection)
        destroyed = store.destroy(connection, loaded.id, now)
        if destroyed is None:
            raise CatiError(
                "not_to_be_retired",
                N_("{programme} is {state}: only a closed programme is retired. Nothing was changed."),
                programme=loaded.programme.code,
                state=loaded.state,
            )
        certificate = _certificate(ctx, loaded, destroyed, now.astimezone(_zone(loaded)).isoformat())
        content = json.dumps(certificate, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
        aside.write_bytes(content)
        found = sha256(content).hexdigest()
        audit.record(
            ctx, connection, "retire", f"programme:{loaded.id}", contacts=destroyed.contacts,
            contacts_sha256=destroyed.contacts_sha256, problems=destroyed.problems, grants=destroyed.grants,
            certificate=found,
        )  # fmt: skip
    ctx.keys.destroy_contacts(loaded.id)
    store.sweep(ctx.database)
    return Retirement(programmes.get(ctx, code), destroyed, target, found)


def _zone(loaded: LoadedProgramme) -> ZoneInfo:
    return ZoneInfo(loaded.programme.settings.timezone)


def _certificate(ctx: Context, loaded: LoadedProgramme, destroyed: Destroyed, at: str) -> dict[str, Any]:
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
        },
        "kept": [_(sentence) for sentence in KEPT],
    }
