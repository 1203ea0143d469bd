"""What a real database refuses, told in words: held by another program, full, read-only, gone."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import ssl
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert, select, text

from cati.base.errors import SERVER_AWAY, STRAINED, CatiError
from cati.store import engine
from cati.store.engine import Database
from cati.store.tables import bureau
from tests.rig.postgres import Postgres
from tests.rig.small_disk import SmallDisk, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 6) as made:
        yield made


@pytest.fixture
def on_disk(disk: SmallDisk, _sqlite_template: Path) -> Iterator[Database]:
    shutil.copyfile(_sqlite_template, disk.folder / "cati.db")
    with closing(Database(f"sqlite:///{disk.folder}/cati.db")) as database:
        yield database


def put(database: Database, name: str, value: str = "x") -> None:
    with database.write() as connection:
        connection.execute(insert(bureau).values(name=name, value=value))


def names(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(connection.scalars(select(bureau.c.name)))


def test_a_database_that_another_program_holds_says_so_and_takes_the_row_afterwards(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 20)
    with (
        closing(Database(sqlite_url)) as database,
        closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other,
    ):
        other.execute("begin immediate")
        with pytest.raises(CatiError, match="holds the database") as refused:
            put(database, "a")
        assert refused.value.code == "database_busy"
        other.execute("rollback")
        put(database, "a")
        assert names(database) == ["a"]


def test_a_full_disk_says_so_and_takes_the_row_when_there_is_room_again(
    disk: SmallDisk, on_disk: Database
) -> None:
    put(on_disk, "a")
    disk.fill()
    with pytest.raises(CatiError) as refused:
        put(on_disk, "b", "many words " * 3000)
    assert (refused.value.code, refused.value.params) == ("disk_full", {"folder": str(disk.folder)})
    assert names(on_disk) == ["a"]
    disk.free()
    put(on_disk, "b", "many words " * 3000)
    assert names(on_disk) == ["a", "b"]


def test_a_server_whose_disk_is_full_says_so_and_takes_the_row_when_there_is_room_again(
    postgres_server: Postgres, postgres_url: str
) -> None:
    home = postgres_server.kept.folder
    owner = (home / "data").stat()
    with small_disk(home / "small", 4) as disk, postgres_server.connect("postgres") as keeper:
        place = disk.folder / "space"
        place.mkdir()
        os.chown(place, owner.st_uid, owner.st_gid)
        keeper.execute(f"create tablespace small location '{place}'")
        with closing(Database(postgres_url)) as database:
            with database.write() as connection:
                connection.execute(text("alter table bureau set tablespace small"))
            disk.fill()
            with pytest.raises(CatiError) as refused:
                put(database, "a")
            assert refused.value.code == "server_disk_full"
            assert refused.value.code in SERVER_AWAY
            disk.free()
            put(database, "a")
            assert names(database) == ["a"]
            with database.write() as connection:
                connection.execute(text("alter table bureau set tablespace pg_default"))
        keeper.execute("drop tablespace small")


def test_a_server_that_lacks_memory_or_connections_is_told_from_one_that_is_gone(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database:
        for state, code in (
            ("53200", "server_memory"),
            ("53300", "server_full"),
            ("53100", "server_disk_full"),
        ):
            said = text(f"do $$ begin raise exception 'x' using errcode = '{state}'; end $$")
            with pytest.raises(CatiError) as refused, database.write() as connection:
                connection.execute(said)
            assert refused.value.code == code
            assert code in STRAINED < SERVER_AWAY


def test_a_database_on_a_full_disk_cannot_be_opened_and_the_disk_is_named_as_the_cause(
    disk: SmallDisk, on_disk: Database
) -> None:
    disk.fill()
    with pytest.raises(CatiError) as refused:
        put(on_disk, "a")
    assert refused.value.code == "disk_full"


def test_a_disk_that_can_only_be_read_says_so(disk: SmallDisk, on_disk: Database) -> None:
    disk.lock(read_only=True)
    with pytest.raises(CatiError) as refused:
        put(on_disk, "a")
    assert refused.value.code in ("database_read_only", "database_unopenable")
    assert str(disk.folder / "cati.db") in str(refused.value)


def test_a_database_that_was_moved_away_takes_nothing_until_it_is_back(
    sqlite_url: str, tmp_path: Path
) -> None:
    with closing(Database(sqlite_url)) as database, closing(Database(sqlite_url)) as idle:
        put(database, "a")
        assert names(idle) == ["a"]
        aside = database.file.rename(tmp_path / "aside.db")
        for one in (database, idle):
            with pytest.raises(CatiError) as refused:
                put(one, "b")
            assert (refused.value.code, refused.value.params) == (
                "database_moved",
                {"file": str(database.file)},
            )
        # While one connection reads, the next one has to be made first.
        with database.read(), pytest.raises(CatiError, match="is not in its place"):
            names(database)
        assert not database.file.exists()
        database.file.write_bytes(b"another")
        with pytest.raises(CatiError, match="is not in its place"):
            put(database, "b")
        aside.replace(database.file)
        put(database, "b")
        assert names(database) == ["a", "b"]


def cut_off(database: Database, keeper: Database) -> None:
    with database.read() as connection:
        backend = connection.exec_driver_sql("select pg_backend_pid()").scalar()
        with keeper.write() as other:
            other.exec_driver_sql(f"select pg_terminate_backend({backend})")
        connection.exec_driver_sql("select 1")


def test_a_server_that_ends_the_connection_is_said_to_be_silent(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database, closing(Database(postgres_url)) as keeper:
        with pytest.raises(CatiError, match="does not answer"):
            cut_off(database, keeper)
        assert names(database) == []


def certificate(folder: Path, until: datetime) -> ssl.SSLContext:
    """What a server proves itself with up to a day; its certificate lies in the folder as `server.crt`."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, until - timedelta(days=9), until)
    signed = made.add_extension(address, critical=True).sign(key, hashes.SHA256())
    form, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "server.crt").write_bytes(signed.public_bytes(form))
    held = key.private_bytes(form, serialization.PrivateFormat.PKCS8, plain)
    (folder / "server.key").write_bytes(held)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    return context


def test_a_line_that_is_lost_while_an_answer_is_awaited_is_given_up_without_another_word(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_self: object, generator: Generator[object, object, object], *_patience: object) -> None:
        next(generator)
        raise psycopg.OperationalError("connection socket closed")

    with closing(Database(postgres_url).impatient()) as database:

        def ask() -> None:
            with database.write() as connection, monkeypatch.context() as cut:
                connection.exec_driver_sql("select 1")
                cut.setattr(psycopg.Connection, "wait", lost)
                connection.exec_driver_sql("select 2")

        with pytest.raises(CatiError) as told:
            ask()
        assert told.value.code == "database_unreachable"
        assert names(database) == []


@pytest.mark.parametrize(("days", "code"), [(-1, "server_unproven"), (1, "server_full")])
def test_a_server_whose_certificate_has_run_out_is_told_nothing(days: int, code: str, tmp_path: Path) -> None:
    context = certificate(tmp_path, datetime.now(UTC) + timedelta(days=days))

    def serve(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _address = door.accept()
                client.recv(8)
                client.sendall(b"S")
                with suppress(ssl.SSLError), context.wrap_socket(client, server_side=True) as line:
                    line.recv(1000)
                    line.sendall(refusal("53300"))
                    line.recv(1000)

    with socket.create_server(("127.0.0.1", 0)) as door:
        serving = threading.Thread(target=serve, args=(door,), daemon=True)
        serving.start()
        address = f"postgresql://127.0.0.1:{door.getsockname()[1]}/x?gssencmode=disable&sslmode=verify-full"
        away = Database(f"{address}&sslrootcert={tmp_path}/server.crt", login="x", password="y")
        with closing(away), pytest.raises(CatiError) as refused:
            names(away)
        door.shutdown(socket.SHUT_RDWR)
        serving.join(10)
    assert refused.value.code == code


ASKS_PASSWORD = b"R\0\0\0\x08\0\0\0\x03"


def refusal(state: str, words: str = "对不起, 请稍后再试") -> bytes:
    """How a server that speaks Chinese lets nobody in."""
    fields = b"".join(field.encode() + b"\0" for field in ("S致命错误", "VFATAL", f"C{state}", f"M{words}"))
    return b"E" + (len(fields) + 5).to_bytes(4) + fields + b"\0"


def turn_away(door: socket.socket, said: tuple[bytes, ...]) -> None:
    """Let clients knock, say each part of an answer after hearing something, and close the door."""
    with suppress(OSError):
        while True:
            client, _address = door.accept()
            with client:
                for part in said:
                    client.recv(1000)
                    client.sendall(part)
                if said[-1]:
                    client.recv(1000)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ((refusal("53300"),), "server_full"),
        ((ASKS_PASSWORD, refusal("53300")), "server_full"),
        ((refusal("57P03"),), "server_starting"),
        ((ASKS_PASSWORD, refusal("57P01")), "database_unreachable"),
        ((ASKS_PASSWORD, b""), "database_unreachable"),
        ((ASKS_PASSWORD, refusal("58030")), "server_disk_full"),
        ((ASKS_PASSWORD, refusal("XX000", "could not write init file")), "server_disk_full"),
        ((ASKS_PASSWORD, refusal("XX000")), "database_unreachable"),
        ((ASKS_PASSWORD, refusal("28P01")), "sign_in_refused"),
        ((ASKS_PASSWORD, refusal("28000")), "login_closed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_server_that_lets_nobody_in_is_told_by_its_code_and_not_as_a_wrong_password(
    said: tuple[bytes, ...], code: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        serving = threading.Thread(target=turn_away, args=(door, said), daemon=True)
        serving.start()
        address = f"postgresql://127.0.0.1:{port}/x?sslmode=disable&gssencmode=disable"
        with closing(Database(address, login="x", password="y")) as away, pytest.raises(CatiError) as refused:
            names(away)
        door.shutdown(socket.SHUT_RDWR)
        serving.join(10)
    assert refused.value.code == code
