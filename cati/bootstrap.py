"""The only place that wires adapters together: database, keys, recorder, dialler, call runner."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cati.audio.recorder import RecorderProcess
from cati.base import i18n, settings
from cati.base.clock import Clock, ServerClock, SystemClock
from cati.base.errors import SERVER_AWAY, CatiError
from cati.base.i18n import mark as N_
from cati.base.settings import Settings
from cati.domain.findings import Finding
from cati.domain.phone import PhoneAccount
from cati.domain.users import Right, Role
from cati.services import programmes, recordings, sessions, setting_up, users
from cati.services.context import Context
from cati.station import archive_place, backups, data_folder, demo, doctor, phone, report, scrubbing
from cati.station import recordings as station_recordings
from cati.station.archive_mover import Mover, Progress, Reading
from cati.station.archive_place import Address as Address
from cati.station.archive_place import ArchivePlace
from cati.station.backups import Backup, Recorded
from cati.station.extracts import Extract as Extract
from cati.station.extracts import extract as extract
from cati.station.founding import Founding as Founding
from cati.station.line import Line, has_in_hand
from cati.station.line import count_waiting as count_waiting
from cati.station.line import send_all as send_all
from cati.station.listening import FETCHED, ListeningRoom
from cati.station.lock import WindowLock
from cati.station.opened import Opened as Opened
from cati.station.opened import demo_user, is_missing, open_at, open_floor
from cati.station.opened import refuse_missing as refuse_missing
from cati.station.practice import PracticeRoom, clear_away
from cati.station.runner import Job, Listeners
from cati.station.sound_booth import SoundBooth
from cati.station.workplace import OnPhone, OnSound, Workplace
from cati.store.engine import Database
from cati.telephony import sip


def open_database(settings: Settings, clock: Clock | None = None) -> Opened:
    """Open the database of the settings; an embedded one is made and brought up to date.

    Raises:
        CatiError: ``folder_unwritable``, ``disk_full``, ``log_unwritable``, ``database_url``; as
            `migrate.prepare`.
    """
    i18n.set_language(settings.language)
    return open_at(settings, clock)


def on_floor(settings: Settings) -> bool:
    """Whether everybody signs in to the database's server as themselves."""
    return sessions.on_floor(settings.database)


def enter_floor(settings: Settings, login: str, password: str, clock: Clock | None = None) -> Context:
    """Sign in to a server that everybody signs in to as themselves; see `sessions.enter_floor`.

    `clock`: by which the session goes, one of its own if none is given.
    """
    i18n.set_language(settings.language)
    goes_by = clock or open_floor(settings).clock
    return sessions.enter_floor(settings.database, goes_by, login, password, settings.station)


def first_demo_user(opened: Opened) -> Context:
    """Make the demonstration's own user in an empty database; its keys guard invented people."""
    ctx, _recovery = users.init(
        opened.database,
        opened.clock,
        login=demo.LOGIN,
        name=demo.LOGIN,
        password=demo.PASSWORD,
        station=opened.settings.station,
        # One person shows everything: calls first, and the office a key away.
        roles=frozenset({Role.BUREAU, Role.SUPERVISOR, Role.OPERATOR}),
    )
    return ctx


def choose_archive(opened: Opened, ctx: Context, where: Address | None) -> str:
    """Try an archive out and let recordings of this station go there from now on; None lets them stay.

    Returns:
        The fingerprint of the server's key; empty where there is none.

    Raises:
        CatiError: ``not_allowed``; as `ArchivePlace`, its `try_out` and `archive_place.keep_address`.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    key = ""
    if where is not None:
        with closing(ArchivePlace(where)) as place:
            key = place.host_key
            place.try_out()
        where = replace(where, options={**where.options, "host_key": key}) if key else where
    archive_place.keep_address(opened.settings.data_folder, where)
    recordings.note_place(ctx, "" if where is None else where.url)
    return key


def archive_recordings(opened: Opened, ctx: Context, tell: Callable[[int, int], None] | None) -> Progress:
    """Move what is finished on this station into the archive, or see what waits.

    Args:
        opened: the station.
        ctx: who asks.
        tell: gets files done and files in all; None only looks.

    Raises:
        CatiError: ``archive_none``; ``window_open``; as `archive_place.address` and `Mover.move_all`.
    """
    folder = opened.settings.data_folder
    where = archive_place.address(folder)
    if where is None:
        raise CatiError(
            "archive_none",
            N_(
                "No archive was named on this station: “cati recording place” names it. Recordings stay here."
            ),
        )
    mover = Mover(ctx, station_recordings.folder(folder), where, Reading())
    if tell is None:
        return mover.look()
    # A window moves them by itself, and knows what is being heard there.
    lock = WindowLock(folder)
    try:
        return mover.move_all(tell)
    finally:
        lock.release()


def scrub_recordings(
    opened: Opened, ctx: Context, typed: str | None, tell: Callable[[int, int], None]
) -> scrubbing.Scrub:
    """Read every recording of a place; see `scrubbing.scrub`.

    Args:
        opened: the station.
        ctx: who asks.
        typed: address or folder; None for the station's archive, or for its own folder without one.
        tell: gets files done and files in all.

    Raises:
        CatiError: as `archive_place.address` and `scrubbing.scrub`; ``file_missing`` for no folder.
    """
    own = station_recordings.folder(opened.settings.data_folder)
    named = archive_place.address(opened.settings.data_folder)
    if typed is not None and "://" not in typed:
        typed = str(Path(typed).expanduser().absolute())
    where = Address(typed) if typed else named or Address(str(own))
    if named is not None and where.url.rstrip("/") == named.url.rstrip("/"):
        where = named
    if where.protocol == "file" and not Path(where.url).is_dir() and where.url != str(own):
        raise CatiError(
            "no_such_folder",
            N_("There is no folder {folder}. Nothing was examined."),
            folder=where.url,
        )
    return scrubbing.scrub(ctx, where, tell, station=where.url == str(own))


def back_up(opened: Opened, folder: Path | None, *, with_recordings: bool) -> tuple[Backup, Recorded]:
    """Copy the database; recordings are counted, and copied when asked for.

    Whoever may read the data folder may do so: all that is secret in it stays sealed.

    Args:
        opened: the station.
        folder: where to; the station's own by default.
        with_recordings: they lie beside the station's copies already, so a folder has to be named.

    Raises:
        CatiError: ``backup_where``; as `backups.make` and `backups.copy_recordings`.
    """
    own = opened.settings.data_folder
    if with_recordings and folder is None:
        raise CatiError(
            "backup_where",
            N_("Say into which folder the recordings are to be copied, best on another disk."),
        )
    made = backups.make(opened.database, opened.clock, folder or own / backups.FOLDER)
    if folder is not None and with_recordings:
        return made, backups.copy_recordings(own, folder)
    return made, backups.recorded(own)


def restore(settings: Settings, file: Path) -> Path | None:
    """Put a copy in the place of the database; where the one before lies now. See `backups.restore`."""
    i18n.set_language(settings.language)
    return backups.restore(settings.database, settings.data_folder, file, SystemClock())


def examine(
    settings: Settings, tell: doctor.Tell, enter: Callable[[], Context] | None = None
) -> tuple[Finding, ...]:
    """Look at everything of a station without changing anything; see `doctor.examine`.

    Args:
        settings: of the station.
        tell: see there.
        enter: signs somebody in on a floor; None where nobody said who it is.
    """
    i18n.set_language(settings.language)
    if enter is None or not on_floor(settings):
        return doctor.examine(settings, SystemClock(), tell=tell)
    signed_in = enter
    return doctor.examine(settings, ServerClock(), tell=tell, enter=lambda: signed_in().database)


def write_report(settings: Settings, target: Path, tell: doctor.Tell) -> None:
    """Write what whoever mends the program needs, and nothing of anybody; see `report.write`."""
    report.write(settings, examine(settings, tell), target)


def open_station(settings: Settings, *, demonstration: bool, tell: demo.Progress) -> Station | Founding:
    """Open the data folder for a window; nobody else's window may have it open.

    Args:
        settings: of this station.
        demonstration: fill an embedded database that has no user yet with the demonstration, unless
            somebody chose its folder for work in earnest.
        tell: gets steps done and steps in all while that is made.

    Returns:
        The station, or what founds one where there are no users yet; then nothing is open.

    Raises:
        CatiError: as `open_database`; ``window_open``.
    """
    chosen = data_folder.is_chosen(settings.data_folder)
    demonstration = demonstration and not chosen
    if not demonstration and is_missing(settings):
        return Founding(settings)
    data_folder.make(settings.data_folder)
    lock = WindowLock(settings.data_folder)
    try:
        clear_away(settings.data_folder)
        if on_floor(settings):
            return Station(open_floor(settings), lock)
        try:
            opened = open_at(settings)
        except CatiError as refused:
            if refused.code not in SERVER_AWAY or not has_in_hand(settings.data_folder):
                raise
            # Somebody may have to finish an interview here; all else waits for the server.
            return Station(open_floor(settings), lock)
        if demonstration and opened.database.is_sqlite and not users.initialised(opened.database):
            opened.close()
            _make_demonstration(settings, opened.database.file, tell)
            opened = open_at(settings)
        new = not users.initialised(opened.database)
        if new or (chosen and demo_user(opened) is not None):
            opened.close()
            lock.release()
            return Founding(settings, from_demo=not new)
        return Station(opened, lock)
    except BaseException:
        lock.release()
        raise


def _make_demonstration(settings: Settings, file: Path, tell: demo.Progress) -> None:
    # Made aside and moved into place whole: whoever is cut off half-way begins anew.
    folder = file.with_name(f"{file.name}.making")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    making = folder / file.name
    aside = open_at(replace(settings, database=f"sqlite:///{making.as_posix()}"))
    try:
        demo.make(first_demo_user(aside), tell)
    finally:
        aside.close()
    making.replace(file)
    shutil.rmtree(folder)


class Station:
    """A station that a window was opened on: lets people in and gives them their place of work.

    Args:
        opened: its database.
        lock: of the data folder.
    """

    def __init__(self, opened: Opened, lock: WindowLock) -> None:
        self._opened = opened
        self._lock = lock
        self._workplaces: list[Workplace] = []
        self._rooms: list[ListeningRoom] = []
        self._reading = Reading()
        self._mover: Mover | None = None
        shutil.rmtree(opened.settings.data_folder / FETCHED, ignore_errors=True)
        # An embedded database is itself what survives a power cut here.
        server = not opened.database.is_sqlite
        self._line = Line(opened.settings.data_folder, opened.clock) if server else None
        self.settings = opened.settings
        self.demo = demo_user(opened)

    def sign_in(self, login: str, password: str, *, take_over: bool = False) -> Context:
        """Open a session.

        Args:
            login, password: as typed.
            take_over: also where this operator is at work at another station.

        Raises:
            CatiError: ``sign_in_refused``; as `sessions.enter_floor` and `Line.take_place`.
        """
        opened = self._opened
        try:
            if on_floor(opened.settings):
                # By the clock that the server sets with each sign of life.
                session = enter_floor(opened.settings, login, password, opened.clock)
            else:
                session = sessions.sign_in(
                    opened.database, opened.clock, login, password, opened.settings.station
                )
        except CatiError as refused:
            going_on = self._go_on(login, password) if refused.code in SERVER_AWAY else None
            if going_on is None:
                raise
            return going_on
        if self._line is not None:
            try:
                self._line.take_place(session, instead=take_over)
            except CatiError:
                with suppress(CatiError):
                    sessions.sign_out(session)
                raise
            self._line.begin(session)
        self._begin_archiving(session)
        return session

    def _begin_archiving(self, session: Context) -> None:
        self._end_archiving()
        folder = self._opened.settings.data_folder
        try:
            where = archive_place.address(folder)
        except CatiError:
            # Told by whoever asks how it stands; nobody's sign-in hangs on it.
            return
        if where is not None and recordings.may_archive(session):
            self._mover = Mover(session, station_recordings.folder(folder), where, self._reading)
            self._mover.start()

    def _end_archiving(self) -> None:
        if self._mover is not None:
            self._mover.stop()
            self._mover = None

    def _go_on(self, login: str, password: str) -> Context | None:
        """While the server is gone, whoever had an interview under way here goes on with it."""
        if self._line is None:
            return None
        return self._line.resume(login, password, lambda: self._database_of(login, password))

    def _database_of(self, login: str, password: str) -> Database:
        """Where a session works, without asking the server: closed with the session or the station."""
        opened = self._opened
        if on_floor(opened.settings):
            return sessions.far_database(opened.settings.database, login, password)
        return opened.database

    def listen(
        self,
        told: Callable[[str, int], None],
        live: Callable[[bool], None],
        lost: Callable[[datetime | None, str], None],
    ) -> None:
        """Be told of what changes on the server while somebody is signed in; nothing without one.

        Args:
            told: takes what has changed and the programme's row number or 0, on a thread of the station.
            live: takes whether changes are told at all, on the same thread.
            lost: takes since when the server has not answered (aware), None when it does again, and
                the code of what it says instead; so too.
        """
        if self._line is not None:
            presence = self._line.presence
            presence.told, presence.live, presence.lost = told, live, lost

    def sign_out(self, session: Context) -> None:
        """Note the end of a session; nothing is heard any more."""
        self._end_archiving()
        for room in self._rooms:
            room.close()
        self._rooms.clear()
        if self._line is not None:
            self._line.end()
        sessions.sign_out(session)

    def unfinished(self, session: Context) -> tuple[str, ...]:
        """What of the setting up is still open."""
        if self._line is not None and self._line.held is not None:
            return ()
        return setting_up.unfinished(session)

    def sound_booth(self, on_sound: OnSound) -> SoundBooth:
        """Where microphone and loudspeaker are tested, with a recorder of its own.

        Args:
            on_sound: gets levels and faults, on a thread of the recorder.
        """
        chosen = settings.load({"data_folder": str(self.settings.data_folder)}).audio_device
        return SoundBooth(RecorderProcess(on_sound), chosen or None, owned=True)

    def founding(self) -> Founding:
        """Leave the demonstration for work in earnest; nothing of it is changed by that yet."""
        self.close()
        return Founding(self.settings, from_demo=True)

    def restore(self, session: Context, file: Path) -> Path | None:
        """Close, and put a copy in the place of the database; where the one before lies now.

        Raises:
            CatiError: ``not_allowed``; as `backups.restore`. The station is closed then too.
        """
        self.close()
        session.actor.require(Right.MANAGE_USERS)
        opened = self._opened
        return backups.restore(
            opened.settings.database, opened.settings.data_folder, file, opened.clock, session.actor.login
        )

    def daily_backup(self, tell: Callable[[], None]) -> None:
        """Copy the database unless that was done today already.

        Args:
            tell: called again and again; may raise to stop.
        """
        opened = self._opened
        # A server is backed up by its keeper.
        if opened.database.is_sqlite and users.initialised(opened.database):
            backups.daily(opened.database, opened.clock, opened.settings.data_folder, tell)

    def workplace(
        self,
        session: Context,
        programme: str | None = None,
        *,
        schedule: Callable[[Job], None],
        listeners: Listeners,
        show_number: Callable[[str | None], None],
        on_sound: OnSound,
        on_phone: OnPhone = lambda news: None,
    ) -> Workplace:
        """Everything an operator works with (blocks on the database); closed with the station at the latest.

        Args:
            session: of `sign_in`.
            programme: its code; None for the only one there is to call for.
            schedule, listeners, show_number, on_sound, on_phone: see `Workplace`.

        Raises:
            CatiError: ``programme_none``, ``programme_several``, ``programme_unknown``.
        """
        line = self._line
        held = line.held if line is not None else None
        if held is not None:
            several, chosen = False, held.programme
        else:
            known = programmes.for_calling(session)
            several = len(known) > 1
            chosen = programmes.get(session, programme) if programme else programmes.only(known)
        account, trouble = self._telephone(session)
        place = Workplace(
            session if line is None else line.of(session),
            chosen,
            data_folder=self._opened.settings.data_folder,
            schedule=schedule,
            listeners=listeners,
            show_number=show_number,
            on_sound=on_sound,
            device=self._microphone(),
            several=several,
            # The demonstration calls nobody.
            shift_test=self.demo is None,
            sender=None if line is None else line.sender,
            held=held,
            case=None if line is None else line.case,
            phone=account,
            on_phone=on_phone,
            is_told=lambda: line is not None and line.presence.is_live,
            is_relieved=lambda: line is not None and line.presence.is_relieved,
        )
        if line is not None and place.sharing is not None:
            line.presence.asked = place.sharing.ask
        place.trouble = place.trouble or trouble
        self._workplaces.append(place)
        return place

    def practice(
        self,
        session: Context | None,
        programme: str = "",
        *,
        schedule: Callable[[Job], None],
        listeners: Listeners,
        show_number: Callable[[str | None], None],
        on_sound: OnSound,
        on_phone: OnPhone = lambda news: None,
    ) -> Workplace:
        """A workplace where respondents are invented and nothing counts; all of it is deleted with it.

        Args:
            session: of `sign_in`; a passed test is credited to it. None for who has not signed in: then a
                programme that comes with the program is practised, and the database is not looked into.
            programme: code of the one to be practised; of no meaning without a session.
            schedule, listeners, show_number, on_sound, on_phone: see `Workplace`.

        Raises:
            CatiError: ``programme_unknown``.
        """
        opened = self._opened
        folder, station = opened.settings.data_folder, opened.settings.station
        if session is None:
            room = PracticeRoom(folder, demo.definition(), opened.clock, station)
        else:
            loaded = programmes.get(session, programme)
            room = PracticeRoom(folder, loaded.programme, opened.clock, station, (session, loaded))
        place = Workplace(
            room.ctx,
            room.programme,
            data_folder=room.folder,
            schedule=schedule,
            listeners=listeners,
            show_number=show_number,
            on_sound=on_sound,
            device=self._microphone(),
            practice=room,
        )
        self._workplaces.append(place)
        return place

    def _telephone(self, session: Context) -> tuple[PhoneAccount | None, CatiError | None]:
        """The account by which somebody calls here; or why they dial by hand although there is one."""
        # The people of the demonstration are invented, their numbers may be somebody's.
        if self.demo is not None:
            return None, None
        try:
            account = phone.own_account(self._opened.settings.data_folder, session.actor.login, session.keys)
        except CatiError as refused:
            return None, refused
        if account is not None and not sip.is_installed():
            return None, phone.not_installed()
        return account, None

    def _microphone(self) -> str | None:
        # It may have been chosen in the window since the station was opened.
        folder = self._opened.settings.data_folder
        return settings.load({"data_folder": str(folder)}).audio_device or None

    def listening_room(self, session: Context) -> ListeningRoom:
        """Where recordings of this station are heard; closed with the station at the latest."""
        folder = self._opened.settings.data_folder
        where = archive_place.address(folder)
        room = ListeningRoom(
            session, station_recordings.folder(folder), self._reading, where, folder / FETCHED
        )
        self._rooms.append(room)
        return room

    def close(self) -> None:
        """Let go of recorder, loudspeaker, database and lock."""
        self._end_archiving()
        for room in self._rooms:
            room.close()
        for place in self._workplaces:
            place.close()
        if self._line is not None:
            self._line.close()
        self._opened.close()
        self._lock.release()
