"""A floor: a PostgreSQL where everybody is who the server let in, and may do what `cati.store.grants` says.

Its tables belong to a role that nobody can sign in as; the kinds of user are roles as well, all named
after the database, because roles belong to the whole server. A person is a role with the person's login.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import errors, sql
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.users import Role
from cati.store import queue_postgres
from cati.store.engine import Connection, Database, normalised_url
from cati.store.grants import FUNCTIONS, GRANTS, INSERT, Grant
from cati.store.stations import RESTORED
from cati.store.tables import metadata

VERSIONS = "alembic_version"
LONGEST_ROLE = 63
"""Bytes of a role's name; PostgreSQL cuts off what is longer."""
_ROLE_IS_THERE = "42710"
KEEPER = "keeper"
"""Name of the policy that lets the owner, as which the functions run, see everything."""


def owner(database: str) -> str:
    """The role that tables and functions of a floor belong to."""
    return f"{database}_owner"


def group(database: str, role: Role) -> str:
    """The role of a kind of user."""
    return f"{database}_{role}"


def server_url(url: str) -> URL:
    """The address of a server for its keeper.

    Raises:
        CatiError: ``database_url``, ``database_url_word``; ``not_server`` for a file; ``no_keeper`` where it
            names nobody.
    """
    parsed = normalised_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise CatiError(
            "not_server",
            N_(
                "A floor is on a PostgreSQL server, not in a file. Nothing was changed. Use "
                "postgresql://KEEPER@HOST/NAME."
            ),
        )
    if parsed.username is None:
        raise _no_keeper()
    return parsed


def owner_url(url: str) -> URL:
    """The address of a floor for its keeper, acting as the owner of the tables.

    Raises:
        CatiError: as `server_url`.
    """
    parsed = server_url(url)
    return parsed.update_query_dict({"options": f"-c role={owner(parsed.database or '')}"})


def _run(connection: Connection, statement: sql.Composed | sql.SQL) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    except errors.InsufficientPrivilege as refused:
        raise _no_keeper() from refused
    finally:
        cursor.close()


def _no_keeper() -> CatiError:
    return CatiError(
        "no_keeper",
        N_(
            "The address names nobody who may look after the server. Nothing was changed. Put its keeper "
            "before the @: postgresql://KEEPER@HOST/NAME."
        ),
    )


def found(keeper: Database, login: str | None = None) -> None:
    """Make the roles of a floor in an empty database, and let nobody else in.

    Args:
        keeper: signed in as somebody who may make roles and owns the database.
        login: of who is to be the first user, looked at before anything is made; None where a copy has users.

    Raises:
        CatiError: ``floor_taken`` when there is something in the database already; as `admit`.
    """
    name = keeper.url.database or ""
    with keeper.write() as connection:
        taken = connection.scalar(
            text("select count(*) from pg_class where relnamespace = 'public'::regnamespace")
        )
        if taken:
            raise CatiError(
                "floor_taken",
                N_("The database {name} is in use already. Nothing was changed. Name an empty one."),
                name=name,
            )
        if login is not None:
            _refuse_login(connection, name, login)
        make_roles(connection, name)


def _refuse_login(connection: Connection, name: str, login: str) -> None:
    """What `admit` would say of a new user's login, before a floor is made for that user."""
    if len(login.encode()) > LONGEST_ROLE:
        raise _login_too_long(login)
    other = text(
        "select count(*) from pg_roles where rolname = :login "
        "and shobj_description(oid, 'pg_authid') is distinct from :mark"
    )
    if connection.scalar(other, {"login": login, "mark": f"cati {name}"}):
        raise _login_taken(login)


def note_restored(connection: Connection, name: str) -> None:
    """Write down at a database that was just made of a copy until when it knows what happened.

    Args:
        connection: a write transaction of its owner.
        name: the database's.
    """
    last = connection.scalar(select(func.max(metadata.tables["audit"].c.at)))
    if last is not None:
        words = f"{RESTORED}{last.isoformat()}"
        _run(connection, sql.SQL("comment on database {} is {}").format(sql.Identifier(name), words))


def make_roles(connection: Connection, name: str) -> None:
    """Make the roles of a floor that are not there yet, and let them into the database alone."""
    database, holder = sql.Identifier(name), sql.Identifier(owner(name))
    known = set(connection.scalars(text("select rolname from pg_roles")))
    if owner(name) not in known:
        _run(connection, sql.SQL("create role {} nologin noinherit createrole").format(holder))
    _run(connection, sql.SQL("grant {} to current_user").format(holder))
    groups = [sql.Identifier(group(name, role)) for role in Role]
    for role, identifier in zip(Role, groups, strict=True):
        if group(name, role) not in known:
            _run(connection, sql.SQL("create role {} nologin").format(identifier))
        _run(connection, sql.SQL("grant {} to {} with admin option").format(identifier, holder))
    everybody = sql.SQL(", ").join([*groups, holder])
    _run(connection, sql.SQL("revoke all on database {} from public").format(database))
    _run(connection, sql.SQL("grant connect on database {} to {}").format(database, everybody))
    # A list is copied into a table aside before it is added.
    bureau = sql.Identifier(group(name, Role.BUREAU))
    _run(connection, sql.SQL("grant temporary on database {} to {}").format(database, bureau))
    _run(connection, sql.SQL("revoke all on schema public from public"))
    _run(connection, sql.SQL("grant usage on schema public to {}").format(everybody))
    _run(connection, sql.SQL("grant create on schema public to {}").format(holder))


def apply(connection: Connection) -> None:
    """Carry out `cati.store.grants`, whatever held before.

    Args:
        connection: a write transaction of the owner; see `owner_url`.
    """
    name = str(connection.scalar(text("select current_database()")))
    holder = sql.Identifier(owner(name))
    groups = {role: sql.Identifier(group(name, role)) for role in Role}
    everybody = sql.SQL(", ").join(groups.values())
    for what in ("tables", "sequences", "functions"):
        _run(
            connection,
            sql.SQL("revoke all on all {} in schema public from public, {}").format(sql.SQL(what), everybody),
        )
    for row in connection.execute(
        text("select tablename, policyname from pg_policies where schemaname = 'public'")
    ).all():
        policy = sql.SQL("drop policy {} on {}")
        _run(connection, policy.format(sql.Identifier(row.policyname), sql.Identifier(row.tablename)))
    for table in (*metadata.tables, VERSIONS):
        _secure(connection, table, holder)
    for number, grant in enumerate(GRANTS):
        _grant(connection, number, grant, groups)
    _run(connection, sql.SQL("grant select on {} to {}").format(sql.Identifier(VERSIONS), everybody))
    seen = sql.SQL("create policy seen on {} for select to {} using (true)")
    _run(connection, seen.format(sql.Identifier(VERSIONS), everybody))
    _grant_functions(connection, groups)


def _secure(connection: Connection, table: str, holder: sql.Identifier) -> None:
    for statement in (
        "alter table {table} enable row level security",
        "alter table {table} force row level security",
        "create policy {keeper} on {table} to {holder} using (true) with check (true)",
    ):
        _run(
            connection,
            sql.SQL(statement).format(
                table=sql.Identifier(table), keeper=sql.Identifier(KEEPER), holder=holder
            ),
        )


def _grant(connection: Connection, number: int, grant: Grant, groups: dict[Role, sql.Identifier]) -> None:
    table = sql.Identifier(grant.table)
    roles = sql.SQL(", ").join(groups[role] for role in grant.roles)
    columns = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, grant.columns)))
    where, after = sql.SQL(grant.where), sql.SQL(grant.after or grant.where)
    for verb in grant.verbs:
        only = columns if grant.columns else sql.SQL("")
        _run(connection, sql.SQL("grant {}{} on {} to {}").format(sql.SQL(verb), only, table, roles))
        rule = {
            "select": "using ({where})",
            "insert": "with check ({where})",
            "update": "using ({where}) with check ({after})",
            "delete": "using ({where})",
        }[verb]
        _run(
            connection,
            sql.SQL("create policy {} on {} for {} to {} {}").format(
                sql.Identifier(f"{verb} {number}"),
                table,
                sql.SQL(verb),
                roles,
                sql.SQL(rule).format(where=where, after=after),
            ),
        )
        key = metadata.tables[grant.table].autoincrement_column
        if verb == INSERT and key is not None:
            counter = connection.scalar(
                text("select pg_get_serial_sequence(:table, :column)"),
                {"table": grant.table, "column": key.name},
            )
            if counter is not None:
                _run(connection, sql.SQL("grant usage on sequence {} to {}").format(sql.SQL(counter), roles))


def _grant_functions(connection: Connection, groups: dict[Role, sql.Identifier]) -> None:
    for row in connection.execute(
        text(
            "select proname, oid::regprocedure::text as signature from pg_proc "
            "where pronamespace = 'public'::regnamespace"
        )
    ).all():
        roles = FUNCTIONS.get(row.proname)
        if roles is not None:
            members = sql.SQL(", ").join(groups[role] for role in roles)
            _run(
                connection,
                sql.SQL("grant execute on function {} to {}").format(sql.SQL(row.signature), members),
            )


# ---- persons -------------------------------------------------------------------------------------


def admit(connection: Connection, user_id: int, password: str | None) -> None:
    """Let a user in at the server as the row says: by login, roles, and whether active.

    Args:
        connection: of whoever may manage users, or of the user (who then only changes the own password).
        user_id: whose row it is.
        password: the new one; what the server keeps of it is computed here, so that it is sent to nobody.
            None leaves it as it is.

    Raises:
        CatiError: ``login_taken`` by a role that is not of this floor; ``login_too_long``.
    """
    login = str(connection.scalar(text("select login from users where id = :id"), {"id": user_id}))
    verifier = None
    if password is not None:
        server = connection.connection.driver_connection
        assert server is not None
        verifier = server.pgconn.encrypt_password(
            password.encode(), login.encode(), b"scram-sha-256"
        ).decode()
    if len(login.encode()) > LONGEST_ROLE:
        raise _login_too_long(login)
    try:
        queue_postgres.call(connection, "admit", user=user_id, verifier=verifier)
    except DBAPIError as refused:
        if getattr(refused.orig, "sqlstate", None) != _ROLE_IS_THERE:
            raise
        raise _login_taken(login) from refused


def _login_too_long(login: str) -> CatiError:
    return CatiError(
        "login_too_long",
        N_("The login {login} is too long for the server. Nothing was changed. Take a shorter one."),
        login=login,
    )


def _login_taken(login: str) -> CatiError:
    return CatiError(
        "login_taken",
        N_("There is a user “{login}” already. Nothing was changed. Take another login."),
        login=login,
    )


def free_connections(connection: Connection) -> int:
    """How many more connections the server has room for, whoever asks (its keeper has a few more)."""
    room = connection.scalar(
        text(
            "select current_setting('max_connections')::int"
            " - coalesce(current_setting('superuser_reserved_connections', true)::int, 0)"
            " - coalesce(current_setting('reserved_connections', true)::int, 0)"
            " - sum(numbackends)::int from pg_stat_database"
        )
    )
    return int(room or 0)


# ---- what is wrong -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Something by which people could get where they do not belong.

    Attributes:
        code: what; see `CHECKS` and `cati.services.floor`.
        subject: the table, function, role, setting, or number of a line.
    """

    code: str
    subject: str


CHECKS = {
    "owner_signs_in": "select rolname from pg_roles where rolname = :owner and (rolcanlogin or rolsuper)",
    "owner_other": "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace "
    "and c.relkind in ('r', 'p', 'S', 'v', 'm') and pg_get_userbyid(c.relowner) <> :owner "
    "union all select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace "
    "and pg_get_userbyid(p.proowner) <> :owner",
    "row_security": "select relname from pg_class where relnamespace = 'public'::regnamespace "
    "and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)",
    "search_path": "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef "
    "and coalesce(array_to_string(proconfig, ','), '') not like '%search_path=pg_catalog, public, pg_temp%'",
    "public_table": "select c.relname from pg_class c, aclexplode(c.relacl) a "
    "where c.relnamespace = 'public'::regnamespace and a.grantee = 0",
    "public_column": "select c.relname from pg_class c join pg_attribute t on t.attrelid = c.oid, "
    "aclexplode(t.attacl) a where c.relnamespace = 'public'::regnamespace and a.grantee = 0",
    "public_function": "select p.proname from pg_proc p, "
    "aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a "
    "where p.pronamespace = 'public'::regnamespace and a.grantee = 0",
    "public_schema": "select n.nspname from pg_namespace n, aclexplode(n.nspacl) a "
    "where n.nspname = 'public' and a.grantee = 0",
    "public_database": "select d.datname from pg_database d, "
    "aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a "
    "where d.datname = current_database() and a.grantee = 0",
    "person_powerful": "select u.login from users u join pg_roles r on r.rolname = u.login "
    "where r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication",
    "person_owner": "select u.login from users u join pg_roles r on r.rolname = u.login "
    "where pg_has_role(r.oid, :owner, 'member')",
    "person_roles": "select u.login from users u join pg_roles r on r.rolname = u.login "
    "cross join unnest(array['operator', 'supervisor', 'bureau', 'observer', 'admin', 'clerk']) g "
    "where not r.rolsuper and pg_has_role(r.oid, current_database() || '_' || g, 'member') "
    "is distinct from (u.active and u.roles ? g)",
    "tls": "select name from pg_settings where name = 'ssl' and setting <> 'on'",
    "password_encryption": "select name from pg_settings where name = 'password_encryption' "
    "and setting <> 'scram-sha-256'",
}
"""What is asked of the live catalogue; each row that comes is a fault, of that subject."""


# Each line by itself: which one holds for a connection, the first that fits, is for the keeper to see.
_LETS_IN = (
    "select line_number from pg_hba_file_rules where auth_method <> 'reject' and error is null "
    "and (database && array['all', 'sameuser', 'samerole', 'samegroup', current_database()::text] "
    "or exists (select from unnest(database) named where named like '/%'))"
)
HOST_CHECKS = {
    "hba_error": "select line_number from pg_hba_file_rules where error is not null",
    "hba_plain": f"{_LETS_IN} and type in ('host', 'hostnossl') "
    "and address not in ('127.0.0.1', '::1', 'localhost', 'samehost')",
    "hba_open": f"{_LETS_IN} and auth_method = 'trust'",
    "hba_weak": f"{_LETS_IN} and auth_method in ('password', 'md5')",
}
"""What is asked of the lines of pg_hba.conf, which only a superuser may read; subjects are their numbers."""


def host_faults(connection: Connection) -> tuple[Fault, ...]:
    """By which lines of pg_hba.conf people could get in as they should not.

    Args:
        connection: of the keeper as such, not as the owner of the tables; nothing is found unless that is a
            superuser.
    """
    if not connection.scalar(text("select rolsuper from pg_roles where rolname = current_user")):
        return ()
    return tuple(
        Fault(code, str(line))
        for code, query in HOST_CHECKS.items()
        for line in sorted(connection.scalars(text(query)))
    )


def faults(connection: Connection) -> tuple[Fault, ...]:
    """What is wrong with a floor; empty when nothing is."""
    name = str(connection.scalar(text("select current_database()")))
    return tuple(
        Fault(code, str(subject))
        for code, query in CHECKS.items()
        for subject in sorted(set(connection.scalars(text(query), {"owner": owner(name)})))
    )
