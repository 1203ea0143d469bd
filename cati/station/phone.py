"""The telephone of this station: its account, kept with a secret sealed to each user."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from cati.base import paths
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.phone import PhoneAccount, Transport, check_account
from cati.domain.proposals import Proposals, read_proposals
from cati.files.aside import written_aside
from cati.sealing import keys
from cati.sealing.keyring import KeyRing
from cati.services import telephones
from cati.services.context import Context

FILE_NAME = "phone.json"
OUTCOMES = Path("telephony/outcomes.csv")
_SECRETS, _TESTS = "secrets", "tests"
# What no test call tells anything of.
_UNTRIED = frozenset({_SECRETS, _TESTS, "test_daily", "pause_seconds"})


def set_account(ctx: Context, folder: Path, account: PhoneAccount) -> None:
    """Say where this station's calls go, and note it; see `keep_account`.

    Args:
        ctx: who says so; its keys alone open the secret.
        folder: of the station's data.
        account: without a secret the one this user gave for the same telephone stays.

    Raises:
        CatiError: ``not_allowed``; ``test_number_respondent``; ``phone_secret_missing``; as `keep_account`.
    """
    telephones.require_setting(ctx)
    check_account(account)
    telephones.refuse_respondent(ctx, account.test_number)
    if not account.secret:
        account = replace(account, secret=_secret_before(ctx, folder, account))
    keep_account(folder, account, ctx.actor.login, ctx.keys)
    telephones.note_account(ctx, account.server, str(account.transport), encrypted=account.encrypted)


def _secret_before(ctx: Context, folder: Path, account: PhoneAccount) -> str:
    before = known_account(folder)
    same = before is not None and (before.server, before.user) == (account.server, account.user)
    before = own_account(folder, ctx.actor.login, ctx.keys) if same else None
    if before is None:
        raise _no_secret()
    return before.secret


def give_secret(ctx: Context, folder: Path, secret: str) -> None:
    """Let somebody call by the station's telephone, who knows its password; the account stays as it is.

    Raises:
        CatiError: ``phone_none``; ``phone_secret_missing``; as `keep_account`.
    """
    account = known_account(folder)
    if account is None:
        raise no_account()
    if not secret:
        raise _no_secret()
    keep_account(folder, replace(account, secret=secret), ctx.actor.login, ctx.keys)
    telephones.note_secret(ctx)


def _no_secret() -> CatiError:
    return CatiError(
        "phone_secret_missing",
        N_("The telephone's password at the exchange is missing. Nothing was changed. Type it."),
    )


def dial_by_hand(ctx: Context, folder: Path) -> None:
    """Forget the account, and note it.

    Raises:
        CatiError: ``not_allowed``.
    """
    telephones.require_setting(ctx)
    forget_account(folder)
    telephones.note_forgotten(ctx)


def not_installed() -> CatiError:
    """What is said where the station has an account and no softphone."""
    return CatiError(
        "phone_missing",
        N_(
            "The softphone is not installed on this computer, so numbers are dialled by hand. Have "
            "it installed again, or remove the telephone's account (cati phone forget)."
        ),
    )


def no_account() -> CatiError:
    """What is said where numbers are dialled by hand and a telephone is needed."""
    return CatiError(
        "phone_none",
        N_(
            "This station has no telephone. Nobody was called. Whoever looks after stations gives it an "
            "account: System, Telephone, or “cati phone set”."
        ),
    )


def keep_account(folder: Path, account: PhoneAccount, login: str, ring: KeyRing) -> None:
    """Keep the station's account; its secret so that this user alone opens it.

    Secrets that other users of the station gave stay, as long as it is the same user of the same exchange.

    Args:
        folder: of the station's data.
        account: with its secret.
        login: of the user.
        ring: of the user.

    Raises:
        CatiError: ``phone_account``; ``file_not_written``.
    """
    check_account(account)
    before = _kept(folder)
    same = (before.get("server"), before.get("user")) == (account.server, account.user)
    secrets = dict(before.get(_SECRETS, {})) if same else {}
    secrets[login] = keys.seal(account.secret.encode(), ring.public).hex()
    facts = {name: value for name, value in asdict(account).items() if name != "secret"}
    _write(folder, {**facts, _SECRETS: secrets, _TESTS: before.get(_TESTS, {})})


def _write(folder: Path, facts: Mapping[str, Any]) -> None:
    with written_aside(folder / FILE_NAME, private=True) as (aside,):
        aside.write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


def is_test_due(folder: Path, login: str, today: date) -> bool:
    """Whether a test call is to be offered: none was answered since the account changed, or none today.

    Args:
        folder: of the station's data.
        login: of the user.
        today: local.

    Raises:
        CatiError: ``phone_file``.
    """
    facts = _kept(folder)
    made = facts.get(_TESTS, {}).get(login, {})
    if not facts.get("test_number") or login not in facts.get(_SECRETS, {}):
        return False
    changed = made.get("of") != _fingerprint(facts, login)
    return changed or (bool(facts.get("test_daily")) and made.get("day") != str(today))


def has_secret(folder: Path, login: str) -> bool:
    """Whether somebody gave the telephone's password on this station.

    Raises:
        CatiError: ``phone_file``.
    """
    return login in _kept(folder).get(_SECRETS, {})


def note_test(folder: Path, login: str, today: date) -> None:
    """A test call of this user was answered, by the account as it is.

    Raises:
        CatiError: ``phone_file``; ``file_not_written``.
    """
    facts = dict(_kept(folder))
    made = {"of": _fingerprint(facts, login), "day": str(today)}
    _write(folder, {**facts, _TESTS: {**facts.get(_TESTS, {}), login: made}})


def _fingerprint(facts: Mapping[str, Any], login: str) -> str:
    """Tells an account from what it was before, with the secret that a user gave."""
    chosen = {name: value for name, value in facts.items() if name not in _UNTRIED}
    given = facts.get(_SECRETS, {}).get(login, "")
    return sha256(json.dumps([chosen, given], sort_keys=True).encode()).hexdigest()


def forget_account(folder: Path) -> None:
    """From now on numbers are dialled by hand."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def known_account(folder: Path) -> PhoneAccount | None:
    """The station's account without its secret; None where numbers are dialled by hand.

    Raises:
        CatiError: ``phone_file``.
    """
    facts = {name: value for name, value in _kept(folder).items() if name not in (_SECRETS, _TESTS)}
    if not facts:
        return None
    try:
        account = PhoneAccount(**facts)
        account = replace(account, transport=Transport(account.transport), codecs=tuple(account.codecs))
        check_account(account)
    except (TypeError, ValueError) as wrong:
        raise _unreadable(folder) from wrong
    return account


def own_account(folder: Path, login: str, ring: KeyRing) -> PhoneAccount | None:
    """The station's account with the secret that this user gave; None where numbers are dialled by hand.

    Raises:
        CatiError: ``phone_file``; ``phone_secret`` when this user gave none, or has new keys since.
    """
    account = known_account(folder)
    if account is None:
        return None
    try:
        sealed = bytes.fromhex(_kept(folder)[_SECRETS][login])
        return replace(account, secret=keys.unseal(sealed, ring.private).decode())
    except (KeyError, ValueError, CatiError):
        raise CatiError(
            "phone_secret",
            N_(
                "The telephone's password was not given by {login} on this station, or {login} has new keys "
                "since. Until it is given (Ctrl+B, or “cati phone unlock”) numbers are dialled by hand."
            ),
            login=login,
        ) from None


def _kept(folder: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((folder / FILE_NAME).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as wrong:
        raise _unreadable(folder) from wrong
    if not isinstance(found, dict):
        raise _unreadable(folder)
    return found


def _unreadable(folder: Path) -> CatiError:
    return CatiError(
        "phone_file",
        N_(
            "The telephone's settings in {file} cannot be read. Nothing was changed. Set them again (cati "
            "phone set), or delete the file to dial by hand."
        ),
        file=str(folder / FILE_NAME),
    )


def proposals(folder: Path) -> Proposals:
    """Which outcomes the network's words propose: by the bureau's own table where there is one.

    Args:
        folder: of the station's data; a file in it goes before the shipped one.

    Raises:
        CatiError: ``proposals_file``.
    """
    own = folder / OUTCOMES.name
    return read_proposals((own if own.is_file() else paths.resources() / OUTCOMES).read_text("utf-8"))
