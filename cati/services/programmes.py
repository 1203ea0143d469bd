"""Setting a programme up from its workbook, finding it again, and closing its fieldwork."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cati.base import paths
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right
from cati.files import programme_check, programme_template
from cati.files.aside import written_aside
from cati.files.programme_check import OpenSetting as OpenSetting
from cati.files.programme_check import WorkbookCheck as WorkbookCheck
from cati.files.programme_settings import Ask
from cati.files.programme_sheets import Problem as Problem
from cati.files.programmes import load_workbook
from cati.services import audit, keys
from cati.services.context import Context
from cati.store import frames
from cati.store import programmes as store


def load_programme(
    ctx: Context,
    path: Path | str,
    chosen: Mapping[str, str] | None = None,
    ask: Ask | None = None,
    *,
    passwords: Sequence[str] = (),
    units_file: Path | None = None,
) -> LoadedProgramme:
    """Read a programme workbook and store the programme, all of it or nothing.

    Args:
        ctx: who loads, and where.
        path: an .xlsx file.
        chosen: settings decided beforehand, by name.
        ask: asked for each setting the document leaves open; None takes the proposed values.
        passwords: are tried if the workbook is protected, and kept nowhere.
        units_file: .csv or .xlsx with units (name, series) beside those of the workbook.

    Raises:
        CatiError: ``not_allowed``, ``programme_in_use``, and what `load_workbook` refuses.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    return store_programme(ctx, load_workbook(path, chosen, ask, passwords=passwords, units_file=units_file))


def check_workbook(
    ctx: Context,
    path: Path,
    chosen: Mapping[str, str] | None = None,
    *,
    passwords: Sequence[str] = (),
    units_file: Path | None = None,
) -> WorkbookCheck:
    """Look at a programme workbook before it is loaded: its grid, what is wrong, what it leaves open.

    Args:
        ctx: who looks.
        path: an .xlsx file.
        chosen: settings decided beforehand, by name.
        passwords: are tried if the workbook is protected, and kept nowhere.
        units_file: units beside those of the workbook.

    Raises:
        CatiError: ``not_allowed``, and what `cati.files.programme_check.check_workbook` refuses.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    return programme_check.check_workbook(path, chosen, passwords, units_file)


def shipped() -> tuple[Path, ...]:
    """The programme workbooks that come with the program, by name."""
    return tuple(sorted((paths.resources() / "programmes").glob("*.xlsx")))


def write_template(ctx: Context, path: Path) -> None:
    """Write an empty programme workbook in the language in use.

    Args:
        ctx: who sets a programme up.
        path: an .xlsx file; it is there whole or not at all.

    Raises:
        CatiError: ``not_allowed``, ``file_not_written``.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    with written_aside(path) as (aside,):
        programme_template.write_template(aside)


def store_programme(ctx: Context, programme: Programme) -> LoadedProgramme:
    """Store a programme with its units, groups, cells and secrets.

    One of the same code is replaced as long as nothing hangs on it yet; it keeps its secrets.

    Raises:
        CatiError: ``not_allowed``, ``programme_in_use``.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        store.lock(connection, programme.code)
        earlier = store.by_code(connection, programme.code)
        if earlier is None:
            programme_id = store.add(connection, programme, now, ctx.actor.user_id)
            keys.create_programme_secrets(ctx, connection, programme_id)
        elif store.in_use(connection, earlier.id):
            raise CatiError(
                "programme_in_use",
                N_(
                    "Programme {programme} is here already; phone lists, a draw, scores or adjustments hang "
                    "on it; it was left as it is. Give the new one another form_id."
                ),
                programme=programme.code,
            )
        else:
            programme_id = earlier.id
            store.replace(connection, programme_id, programme, now, ctx.actor.user_id)
        audit.record(
            ctx,
            connection,
            "load_programme",
            f"programme {programme.code}",
            version=programme.version,
            assumed=sorted(programme.settings.assumed),
        )
    return LoadedProgramme(programme_id, programme, "setup", now)


def listing(ctx: Context) -> tuple[LoadedProgramme, ...]:
    """All programmes, the last one loaded first; every signed-in user may know of them."""
    with ctx.database.read() as connection:
        return store.everything(connection)


def for_calling(ctx: Context) -> tuple[LoadedProgramme, ...]:
    """Programmes an operator may have to choose from: those whose people are drawn, else what there is."""
    known = listing(ctx)
    drawn = tuple(loaded for loaded in known if loaded.state == "drawn")
    return drawn or tuple(loaded for loaded in known if loaded.state != "retired") or known


def get(ctx: Context, code: str | None = None) -> LoadedProgramme:
    """One programme; every signed-in user may know of it.

    Args:
        ctx: who asks.
        code: which; None means the only one there is.

    Raises:
        CatiError: ``programme_unknown``, ``programme_none``, ``programme_several``.
    """
    with ctx.database.read() as connection:
        found = store.everything(connection) if code is None else ()
        named = None if code is None else store.by_code(connection, code)
    if named is not None:
        return named
    if code is not None:
        raise CatiError(
            "programme_unknown",
            N_("There is no programme {programme}. “cati programme list” shows those there are."),
            programme=code,
        )
    return only(found)


def only(found: Sequence[LoadedProgramme]) -> LoadedProgramme:
    """The one programme there is.

    Raises:
        CatiError: ``programme_none``, ``programme_several``.
    """
    if not found:
        raise CatiError(
            "programme_none",
            N_(
                "There is no programme yet. Load one: Ctrl+2, then O in the office, or “cati programme load”."
            ),
        )
    if len(found) > 1:
        raise CatiError(
            "programme_several",
            N_("There are several programmes: {codes}. Say which with --programme CODE."),
            codes=", ".join(sorted(loaded.programme.code for loaded in found)),
        )
    return found[0]


def close_fieldwork(ctx: Context, code: str, *, without_interviews: bool = False) -> LoadedProgramme:
    """End a programme's fieldwork: nobody is called any more, and scores may be seen.

    Args:
        ctx: who closes it.
        code: of the programme.
        without_interviews: close it even though people were to be called and no draw was begun; what the
            telephone was to give then has no score. A programme in which nobody is called needs none.

    Raises:
        CatiError: ``not_allowed``, ``programme_unknown``, ``fieldwork_not_begun``, ``draw_under_way``,
            ``fieldwork_closed``.
    """
    ctx.actor.require(Right.CLOSE_FIELDWORK)
    loaded = get(ctx, code)
    undrawn = without_interviews or not loaded.programme.has_interviews
    with ctx.database.write() as connection:
        frames.lock_programme(connection, loaded.id)
        if not store.close(connection, loaded.id, ctx.now(connection), undrawn=undrawn):
            raise _not_closable(loaded, undrawn)
        audit.record(ctx, connection, "close_fieldwork", f"programme {code}", drawn=loaded.state == "drawn")
    return get(ctx, code)


def _not_closable(loaded: LoadedProgramme, undrawn: bool) -> CatiError:
    name = loaded.programme.code
    if loaded.state == "setup" and undrawn:
        return CatiError(
            "draw_under_way",
            N_("A draw of {programme} is under way. Nothing was changed. Void it first, or hold it."),
            programme=name,
        )
    if loaded.state == "setup":
        return CatiError(
            "fieldwork_not_begun",
            N_(
                "Fieldwork of {programme} has not begun: nothing was drawn yet. Nothing was "
                "changed. Hold the draw first; if nobody is to be called: "
                "“cati programme close --without-interviews”."
            ),
            programme=name,
        )
    return CatiError("fieldwork_closed", N_("Fieldwork of {programme} is closed already."), programme=name)
