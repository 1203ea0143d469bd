"""Which day it is where a programme is carried out."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from cati.domain.programmes import LoadedProgramme
from cati.services.context import Context
from cati.store.engine import Connection


def today_of(ctx: Context, connection: Connection, programme: LoadedProgramme) -> date:
    """The day in the programme's own time zone."""
    return ctx.now(connection).astimezone(ZoneInfo(programme.programme.settings.timezone)).date()
