"""Nobody is called who was spoken to already and whose answers came too late: the supervisor decides first."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"
HOLDS = (
    "A row is one write of a station that could not take its place, kept as it came. User: who wrote it. Reason: "
    "set_aside, or the kind of refusal. Holds: nobody gets the case until the supervisor has decided on it."
)
BEFORE = (
    "A row is one write of a station that could not take its place, kept as it came. User: who wrote it. Reason: "
    "set_aside, or the kind of refusal."
)

# A case is held for what the server knows nothing of, as after a restore, and for a whole interview. On a desk it is
# taken away as long as nobody was dialled; else it is kept back when it comes from the desk (`keep_back`).
HOLD = f"""
create function keep_back(p_case bigint, p_state smallint) returns smallint language plpgsql as $$
begin
  if p_state in (0, 2, 3) and exists (select from conflicts where case_id = p_case and holds) then
    update cases set state = 8 where id = p_case;
    return 8;
  end if;
  return p_state;
end $$;
create function case_of_write(p_conflict conflicts) returns bigint language sql stable as $$
  select coalesce(
    (select a.case_id from attempts a where a.id = p_conflict.attempt_id),
    (select c.id from cases c where c.id = (p_conflict.document ->> 'case_id')::bigint
        and c.programme_id = p_conflict.programme_id),
    (select k.case_id from conflicts k where k.user_id = p_conflict.user_id and k.case_id is not null
        and (k.attempt_id = p_conflict.attempt_id or (k.kind = 'recording'
          and k.document ->> 'recording_id' = p_conflict.document ->> 'recording_id')) limit 1))
$$;
create function hold_for_write(p_id text, out o_case bigint, out o_held boolean) language plpgsql {DEFINER} as $$
declare
  k conflicts;
  r cases;
begin
  select * into strict k from conflicts where id = p_id;
  perform acting_in(k.user_id, null, null);
  o_case := case_of_write(k);
  o_held := false;
  if o_case is null or k.kind = 'out' then
    return;
  end if;
  update conflicts set case_id = o_case
   where id = p_id or (case_id is null and user_id = k.user_id and attempt_id = k.attempt_id);
  select * into strict r from cases where id = o_case for update;
  if r.state in (4, 5) or (exists (select from attempts where id = k.attempt_id)
      and not (k.kind = 'close' and coalesce(k.document ->> 'disposition' = 'complete', false))) then
    return;
  end if;
  update conflicts set holds = true where id = p_id;
  o_held := true;
  update messages set text = 'work_held'
   where attempt_id = k.attempt_id and kind = 'late' and text = 'set_aside' and settled_at is null;
  if r.state in (0, 2, 3, 6, 7) then
    update cases set state = 8, epoch = epoch + 1 where id = o_case;
  elsif r.state = 1 and not exists (select from attempts a where a.case_id = o_case and a.epoch = r.epoch) then
    update cases set state = 8, epoch = epoch + 1, held_by = null, station = null, lease_until = null,
           reserves = coalesce(appointment = 'firm', false) where id = o_case;
    if r.appointment is distinct from 'firm' then
      perform move_place(r.cell_id, -1, 0);
      perform unpark(r.cell_id);
    end if;
  end if;
end $$;
create function offer_again(p_case bigint, p_user bigint) returns void language plpgsql {DEFINER} as $$
begin
  update conflicts set holds = false where case_id = p_case and user_id = p_user;
  perform 1 from cases c where c.id = p_case and c.state = 8
     and not exists (select from conflicts k where k.case_id = p_case and k.holds);
  if found then
    perform bring_case_back(p_case);
  end if;
end $$;
"""

# What is missing of an earlier part is made of the first that is there: it may come yet, and then changes nothing.
STORE = f"""
create function store_held_work(p_case bigint, p_user bigint) returns void language plpgsql {DEFINER} as $$
declare
  v_number int;
  v_shift int;
  v_begun jsonb;
  k conflicts;
  w jsonb;
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  perform refuse_unless(r.state <> 1 and in_fieldwork(r.programme_id), 'the case is on a desk');
  for k in select * from conflicts where case_id = p_case and user_id = p_user order by written_at, id loop
    w := k.document;
    perform 1 from attempts where id = k.attempt_id;
    if k.attempt_id is not null and not found then
      select document into v_begun from conflicts where attempt_id = k.attempt_id and user_id = p_user
         order by kind <> 'begin', document -> 'epoch' is null, written_at limit 1;
      update cases set attempts = attempts + 1 where id = p_case returning attempts into strict v_number;
      insert into attempts (id, case_id, number, user_id, station, epoch, alternate, dialled_at, simulated, incoming)
        values (k.attempt_id, p_case, v_number, p_user, k.station, coalesce((v_begun ->> 'epoch')::int, r.epoch),
          coalesce((v_begun ->> 'alternate')::int, 0), coalesce((v_begun ->> 'at')::timestamptz, k.written_at),
          coalesce((v_begun ->> 'simulated')::bool, false), coalesce((v_begun ->> 'incoming')::bool, false));
    end if;
    if k.kind in ('open', 'answer', 'close') and w ->> 'interview_id' is not null then
      insert into interviews (id, case_id, cell_id, state, started_at, user_id, language)
        values (w ->> 'interview_id', p_case, r.cell_id, 'open', coalesce((w ->> 'at')::timestamptz, k.written_at),
          p_user, coalesce(case k.kind when 'open' then w ->> 'language' end, 'zh')) on conflict do nothing;
    end if;
    case k.kind
      when 'answer' then
        -- what was taken over holds, whatever a colleague asked meanwhile
        select coalesce(max(s.seq), 0) into v_shift from answers s
         where s.interview_id = w ->> 'interview_id' and s.epoch > (w ->> 'epoch')::int;
        insert into answers (id, interview_id, seq, epoch, item, value, user_id, at, attempt_id, offset_ms)
          select w ->> 'id', i.id, v_shift + (w ->> 'seq')::int, (w ->> 'epoch')::int, w ->> 'item', w ->> 'value',
            p_user, (w ->> 'at')::timestamptz, w ->> 'attempt_id', (w ->> 'offset_ms')::int
          from interviews i where i.id = w ->> 'interview_id' and i.state <> 'complete'
          on conflict do nothing;
      when 'typed' then
        update attempts set note = w ->> 'note' where id = k.attempt_id and disposition is null;
        update interviews set typed = jsonb_build_object('seq', w -> 'seq', 'items', w -> 'typed')
         where id = w ->> 'interview_id' and state = 'open';
      when 'end', 'close' then
        update attempts set disposition = w ->> 'disposition', note = w ->> 'note', late = true,
               prompted = (w ->> 'prompted')::bool, connected_at = (w ->> 'connected_at')::timestamptz,
               ended_at = coalesce(w ->> 'ended_at', w ->> 'at')::timestamptz
         where id = k.attempt_id and (ended_at is null or (k.kind = 'close' and disposition = w ->> 'disposition'));
      when 'recording' then
        insert into recordings (id, attempt_id, file, station, started_at)
          values (w ->> 'recording_id', k.attempt_id, w ->> 'file', k.station, (w ->> 'at')::timestamptz)
          on conflict do nothing;
      when 'recorded' then
        update recordings set duration_ms = (w ->> 'duration_ms')::int, size = (w ->> 'size')::bigint,
               channels = (w ->> 'channels')::smallint, complete = (w ->> 'complete')::bool,
               problem = case when (w ->> 'silent')::bool then coalesce(w ->> 'problem', 'silent') else w ->> 'problem'
                 end
         where id = w ->> 'recording_id';
      else null;
    end case;
  end loop;
  update conflicts set holds = false where case_id = p_case and user_id = p_user;
end $$;
create function settle_held_work(
  p_case bigint, p_user bigint, p_now timestamptz, p_attempt text, p_kind text, p_disposition text,
  p_not_before timestamptz, p_owner bigint, p_owner_until timestamptz, p_firm bool, p_barred bigint, p_language text,
  p_state text, out o_fate text, out o_state smallint
) language plpgsql {DEFINER} as $$
declare
  v_firm bool := p_firm;
  v_interview text;
  w jsonb;
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  select document into strict w from conflicts
   where case_id = p_case and user_id = p_user and attempt_id = p_attempt and kind = 'close' limit 1;
  perform refuse_unless(r.state <> 1 and in_fieldwork(r.programme_id) and p_kind is not null
    and (p_kind = 'final' or p_disposition = w ->> 'disposition')
    and (p_kind not in ('complete', 'no_opinion') or p_disposition = 'complete'), 'that cannot have come of the call');
  o_state := r.state;
  if p_kind = 'complete' and r.state = 4 then
    o_fate := 'late_duplicate';
  elsif p_kind = 'complete' then
    update persons set case_id = p_case where id = r.person_id and (case_id is null or case_id = p_case);
    if not found then
      o_fate := 'person_elsewhere';
      return;
    end if;
    update cases set state = 4, disposition = 'complete', epoch = epoch + 1, not_before = null, owner_id = null,
           owner_until = null, appointment = null, reserves = false, held_by = null, station = null,
           lease_until = null where id = p_case;
    o_fate := 'late_counted';
    o_state := 4;
    if r.reserves or take_place(r.cell_id) then
      perform move_place(r.cell_id, -1, 1);
    else
      update cells set overshoot = overshoot + 1 where id = r.cell_id;
      o_fate := 'late_overshoot';
    end if;
    perform park_if_full(r.cell_id);
  elsif r.state in (4, 5) then
    o_fate := 'late_recorded';
  else
    if p_firm and p_kind = 'appointment' and not r.reserves then
      v_firm := take_place(r.cell_id);
    end if;
    o_fate := 'late_settled';
    o_state := let_go(p_case, acting_time(p_now), p_kind, p_disposition, p_not_before, p_owner, p_owner_until, v_firm,
      p_barred, p_language, true);
  end if;
  v_interview := w ->> 'interview_id';
  perform 1 from interviews where id = v_interview and state <> 'complete';
  if found and p_state is not null then
    delete from responses where interview_id = v_interview;
    insert into responses (interview_id, item, value, on_path)
      select v_interview, h.key, h.value, not (w -> 'off_path' ? h.key) from jsonb_each_text(w -> 'answers') h;
    update interviews set state = case o_fate when 'late_duplicate' then 'duplicate' else p_state end, late = true,
           counted = coalesce((w #>> '{{outcome,counted}}')::int, 0), ended_at = (w ->> 'ended_at')::timestamptz
     where id = v_interview;
  end if;
end $$;
create function resume_held_work(p_case bigint, p_user bigint, p_now timestamptz, p_until timestamptz)
returns void language plpgsql {DEFINER} as $$
declare
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  perform refuse_unless(r.state <> 1 and in_fieldwork(r.programme_id), 'the case is on a desk');
  perform cut_off(p_case);
  if r.state in (4, 5) then
    return;
  end if;
  update cases set state = case when appointment is null then 2 else 3 end, not_before = acting_time(p_now),
         owner_id = p_user, owner_until = p_until, epoch = epoch + 1 where id = p_case;
  if keep_back(p_case, 2::smallint) = 2 then
    perform park_if_full(r.cell_id);
  end if;
end $$;
"""
NEW = (
    "keep_back(bigint, smallint)",
    "case_of_write(conflicts)",
    "hold_for_write(text)",
    "offer_again(bigint, bigint)",
    "store_held_work(bigint, bigint)",
    "settle_held_work(bigint, bigint, timestamptz, text, text, text, timestamptz, bigint, timestamptz, bool, bigint, "
    "text, text)",
    "resume_held_work(bigint, bigint, timestamptz, timestamptz)",
)
CHANGED = {
    "let_go(bigint, timestamptz, text, text, timestamptz, bigint, timestamptz, bool, bigint, text, bool)": (
        ("  return v_state;\n", "  return keep_back(p_case, v_state);\n"),
    ),
    "freshen(bigint, bigint)": (
        (
            "  perform unpark(r.cell_id);\nend",
            "  perform unpark(r.cell_id);\n  perform keep_back(p_case, 0::smallint);\nend",
        ),
    ),
    "reap_cases(bigint, timestamptz, interval, int)": (
        ("     where id = r.id;\n", "     where id = r.id;\n    perform keep_back(r.id, 2::smallint);\n"),
    ),
    "bring_case_back(bigint)": (
        (
            "  perform refuse_unless(found, 'the case is not aside');\n",
            "  perform refuse_unless(found, 'the case is not aside');\n"
            "  update conflicts set holds = false where case_id = p_case;\n",
        ),
    ),
}
"""What is put in place of what in each function."""


def _change(function: str, words: tuple[tuple[str, str], ...]) -> None:
    held = op.get_bind()
    body = held.scalar(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": function})
    said = str(body)
    for before, after in words:
        assert said.count(before) == 1, (function, before)
        said = said.replace(before, after)
    held.exec_driver_sql(said.replace("%", "%%"))


def _comment(words: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("conflicts", words)


def upgrade() -> None:
    """Let what came late hold its case (on SQLite nothing ever comes late)."""
    with op.batch_alter_table("conflicts") as change:
        change.add_column(sa.Column("holds", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_conflicts_case_id", "conflicts", ["case_id"])
    _comment(HOLDS)
    if op.get_bind().dialect.name != "postgresql":
        return
    for part in (HOLD, STORE):
        op.execute(part)
    for signature in NEW:
        op.execute(f"revoke execute on function {signature} from public")
    for function, words in CHANGED.items():
        _change(function, words)


def downgrade() -> None:
    """Held cases stay aside until a supervisor brings them back."""
    if op.get_bind().dialect.name == "postgresql":
        for function, words in CHANGED.items():
            _change(function, tuple((after, before) for before, after in reversed(words)))
        for signature in reversed(NEW):
            op.execute(f"drop function {signature}")
    op.drop_index("ix_conflicts_case_id", "conflicts")
    with op.batch_alter_table("conflicts") as change:
        change.drop_column("holds")
    _comment(BEFORE)
