"""Proofs of who wrote what a station sends, so that a colleague may send it and invent nothing.

Where everybody signs in to the server as themselves, a transaction that begins with `vouch` carries out one
write of somebody else: row security then takes that one for the writer, and only what the write says.
"""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Document, Key, Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEYS = (
    "A row is a key by which a server that everybody signs in to as themselves knows what a user wrote on a station, "
    "whoever sends it."
)
RELAYED = (
    "A row is one write of a station that somebody else than its writer brought to the server, with the writer's "
    "proof. Xact, at: the last transaction that carried it out."
)
DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"
FUNCTIONS = f"""
create function enrol(p_inner bytea, p_outer bytea) returns void language sql {DEFINER} as $$
  insert into proof_keys (user_id, inner_half, outer_half, at) values (me(), p_inner, p_outer, now())
  on conflict do nothing
$$;
create function vouched() returns jsonb language sql stable {DEFINER} as $$
  -- both: another server, onto which this one was restored, counts transactions anew
  select document from relayed where xact = pg_current_xact_id_if_assigned()::text and at = now()
$$;
create function vouch(p_envelope bytea, p_mac bytea) returns boolean language plpgsql {DEFINER} as $$
declare
  v_envelope jsonb := convert_from(p_envelope, 'UTF8')::jsonb;
  v_writer bigint := (v_envelope ->> 'user_id')::bigint;
begin
  -- RFC 2104, with the key as both hashes begin with it
  perform 1 from proof_keys k
    where k.user_id = v_writer and sha256(k.outer_half || sha256(k.inner_half || p_envelope)) = p_mac;
  if not found then
    return false;
  end if;
  if vouched() is not null then
    raise exception 'a transaction carries out one write' using errcode = 'insufficient_privilege';
  end if;
  insert into relayed (id, user_id, sender_id, xact, at, document)
    values (v_envelope ->> 'id', v_writer, me(), pg_current_xact_id()::text, now(), v_envelope)
    on conflict (id) do update set user_id = excluded.user_id, sender_id = excluded.sender_id,
      xact = excluded.xact, at = excluded.at, document = excluded.document;
  return true;
end $$;
create function writer() returns bigint language sql stable {DEFINER} as $$
  select coalesce((vouched() ->> 'user_id')::bigint, me())
$$;
create function proven(p_attempt text, p_interview text, p_item text, p_value text, p_disposition text)
returns boolean language plpgsql stable {DEFINER} as $$
declare
  v_envelope jsonb := vouched();
  w jsonb := v_envelope -> 'write';
begin
  return coalesce((p_attempt is null or w ->> 'attempt_id' = p_attempt)
    and (p_interview is null or w ->> 'interview_id' = p_interview)
    and (p_disposition is null or w ->> 'disposition' = p_disposition)
    and (p_item is null or case v_envelope ->> 'kind'
           when 'answer' then w ->> 'item' = p_item and w ->> 'value' is not distinct from p_value
           else w -> 'answers' ->> p_item = p_value end), false);
end $$;
create function acting_in(p_user bigint, p_case bigint, p_disposition text) returns bigint
language plpgsql stable {DEFINER} as $$
declare
  v_envelope jsonb := vouched();
  w jsonb := v_envelope -> 'write';
begin
  if v_envelope is null then
    return acting(p_user);
  end if;
  if p_user <> (v_envelope ->> 'user_id')::bigint
      or (p_case is not null and p_case is distinct from (w ->> 'case_id')::bigint)
      or (p_disposition is not null and p_disposition is distinct from w ->> 'disposition') then
    raise exception 'that is not what was written' using errcode = 'insufficient_privilege';
  end if;
  return (v_envelope ->> 'user_id')::bigint;
end $$;
"""
OURS = (
    "enrol(bytea, bytea)",
    "vouched()",
    "vouch(bytea, bytea)",
    "writer()",
    "proven(text, text, text, text, text)",
    "acting_in(bigint, bigint, text)",
)
CASE, OUTCOME, ANY = (
    "acting_in(p_user, p_case, null)",
    "acting_in(p_user, p_case, p_disposition)",
    "acting_in(null, null, null)",
)
CHANGED = {
    # What a station keeps can be sent again for three days.
    "at_hand()": (("me()", "writer()"), ("interval '1 day'", "interval '4 days'")),
    "in_hand()": (("me()", "writer()"), ("interval '1 day'", "interval '4 days'")),
    "may_answer(text, text, int)": (("me()", "writer()"),),
    "begin_attempt(text, bigint, int, bigint, text, int, timestamptz, bool, bool)": (
        ("acting(p_user)", CASE),
    ),
    "note_attempt(text, bigint, int, bigint, text, int, timestamptz, bool, bool)": (
        ("acting(p_user)", CASE),
        ("acting(null)", ANY),
    ),
    "settle_case(bigint, int, bigint, timestamptz, text, text, timestamptz, bigint, timestamptz, bool, bigint, "
    "text)": (("acting(p_user)", OUTCOME), ("acting(null)", ANY)),
    "settled_state(text, text, timestamptz)": (("acting(null)", ANY),),
}
"""Which functions look at the writer from now on, and what is put in place of what in each."""


def _change(function: str, words: tuple[tuple[str, str], ...]) -> None:
    held = op.get_bind()
    body = held.execute(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": function})
    said = str(body.scalar_one())
    for before, after in words:
        assert before in said, (function, before)
        said = said.replace(before, after)
    held.exec_driver_sql(said.replace("%", "%%"))


def upgrade() -> None:
    """Add keys and what they have proven, and let rights follow the writer."""
    op.create_table(
        "proof_keys",
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("inner_half", sa.LargeBinary(64), primary_key=True),
        sa.Column("outer_half", sa.LargeBinary(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        comment=KEYS,
    )
    op.create_table(
        "relayed",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("sender_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("xact", sa.String(20), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("document", Document, nullable=False),
        comment=RELAYED,
    )
    op.create_index("ix_relayed_xact", "relayed", ["xact"])
    if op.get_bind().dialect.name == "postgresql":
        # Bodies name functions that are made further down.
        op.execute("set local check_function_bodies = off")
        op.execute(FUNCTIONS)
        for signature in OURS:
            op.execute(f"revoke execute on function {signature} from public")
        for function, words in CHANGED.items():
            _change(function, words)


def downgrade() -> None:
    """Rights follow whoever is signed in."""
    if op.get_bind().dialect.name == "postgresql":
        for function, words in CHANGED.items():
            _change(function, tuple((after, before) for before, after in words))
        for signature in OURS:
            op.execute(f"drop function {signature}")
    op.drop_table("relayed")
    op.drop_table("proof_keys")
