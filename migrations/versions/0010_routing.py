"""Who is handed whom: by language, by share of a unit, and nobody in a paused cell."""

import sqlalchemy as sa
from alembic import context, op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FORMER = "0005"
"""The revision that made the function that is replaced here."""

OLD_SIGNATURE = "claim_case(bigint, bigint, text, bigint[], timestamptz, interval, int)"
SIGNATURE = "claim_case(bigint, bigint, text, bigint[], timestamptz, interval, int, text[], bigint[])"

KINDS = "kind in ('complaint', 'help', 'refusal', 'language')"
OLD_KINDS = "kind in ('complaint', 'help', 'refusal')"
COMMENT = (
    "A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, a refusal "
    "to be decided on, or a respondent whose language nobody speaks."
)
OLD_COMMENT = (
    "A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, or "
    "a refusal to be decided on."
)

# States: 0 fresh, 1 held, 2 callback, 3 appointment, 5 closed, 7 reserve. They are literals, because only
# then are the partial indexes used. No statement waits for a second cell while one is locked, and a failed
# recheck (a row lock that is kept) ends the transaction: o_case is then -1, and the caller asks again.
# p_full: units of which the operator has a full share; what was agreed with or begun by the operator comes
# all the same. A fresh case has no language: one is learnt by talking.
CREATE = """
create function claim_case(
  p_programme bigint, p_user bigint, p_station text, p_groups bigint[], p_now timestamptz,
  p_lease interval, p_factor int, p_languages text[], p_full bigint[], out o_case bigint, out o_reason text
) language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, now());
  v_cell bigint;
  v_reserves bool;
  v_person bigint;
  v_position int;
  v_watermark int;
  v_quota int;
  v_passed bigint[] := '{}';
begin
  -- what the operator holds already
  select c.id into o_case from cases c join cells q on q.id = c.cell_id
   where c.state = 1 and c.held_by = p_user and q.programme_id = p_programme
     and (c.lease_until > v_now or (q.group_id = any(p_groups) and not q.paused))
   order by c.id limit 1 for update of c;
  if found then
    o_reason := 'resume';
    update cases set station = p_station, lease_until = v_now + p_lease, epoch = epoch + 1 where id = o_case;
    return;
  end if;

  -- what the operator was cut off in a moment ago
  select c.id, c.cell_id, c.reserves, 'resume' into o_case, v_cell, v_reserves, o_reason
    from cases c join cells q on q.id = c.cell_id
   where c.state in (2, 3) and c.state = 2 and c.owner_id = p_user and c.owner_until > v_now
     and q.programme_id = p_programme and c.not_before <= v_now
     and (c.barred_id is null or c.barred_id <> p_user) and q.group_id = any(p_groups)
     and not q.paused and (c.language is null or c.language = any(p_languages))
     and (c.reserves or q.completed + q.reserved < q.quota)
   order by c.not_before, c.id limit 1 for update of c skip locked;

  -- the operator's own appointments, then others'
  if o_case is null then
    select c.id, c.cell_id, c.reserves, 'own_appointment' into o_case, v_cell, v_reserves, o_reason
      from cases c join cells q on q.id = c.cell_id
     where c.state in (2, 3) and c.state = 3 and c.owner_id = p_user
       and q.programme_id = p_programme and c.not_before <= v_now
       and (c.barred_id is null or c.barred_id <> p_user) and q.group_id = any(p_groups)
     and not q.paused and (c.language is null or c.language = any(p_languages))
       and (c.reserves or q.completed + q.reserved < q.quota)
     order by c.not_before, c.id limit 1 for update of c skip locked;
  end if;
  if o_case is null then
    select c.id, c.cell_id, c.reserves, 'appointment' into o_case, v_cell, v_reserves, o_reason
      from cases c join cells q on q.id = c.cell_id
     where c.state in (2, 3) and c.state = 3 and c.programme_id = p_programme
       and (c.owner_id is null
            or (c.owner_id <> p_user and (c.owner_until is null or c.owner_until <= v_now)))
       and c.not_before <= v_now
       and (c.barred_id is null or c.barred_id <> p_user) and q.group_id = any(p_groups)
     and not q.paused and (c.language is null or c.language = any(p_languages))
     and q.unit_id <> all(p_full)
       and (c.reserves or q.completed + q.reserved < q.quota)
     order by c.not_before, c.id limit 1 for update of c skip locked;
  end if;

  -- callbacks
  if o_case is null then
    select c.id, c.cell_id, c.reserves, 'callback' into o_case, v_cell, v_reserves, o_reason
      from cases c join cells q on q.id = c.cell_id
     where c.state in (2, 3) and c.state = 2 and c.programme_id = p_programme
       and (c.owner_until is null or c.owner_until <= v_now or c.owner_id = p_user)
       and c.not_before <= v_now
       and (c.barred_id is null or c.barred_id <> p_user) and q.group_id = any(p_groups)
     and not q.paused and (c.language is null or c.language = any(p_languages))
     and q.unit_id <> all(p_full)
       and (c.reserves or q.completed + q.reserved < q.quota)
     order by c.not_before, c.id limit 1 for update of c skip locked;
  end if;

  if o_case is not null then
    if not v_reserves then
      update cells set reserved = reserved + 1 where id = v_cell and completed + reserved < quota;
      if not found then
        o_case := -1;
        o_reason := null;
        return;
      end if;
    end if;
  else
    -- fresh cases: the least full cell first, in it the smallest ticket
    for i in 1..1000 loop
      select q.id, q.watermark, q.quota into v_cell, v_watermark, v_quota from cells q
       where q.programme_id = p_programme and not q.exhausted and q.completed + q.reserved < q.quota
         and q.group_id = any(p_groups) and q.id <> all(v_passed)
         and not q.paused and q.unit_id <> all(p_full)
       order by (q.completed + q.reserved)::float8 / q.quota, q.watermark, q.id
       limit 1 for update skip locked;
      if not found then
        if i > 1 then
          -- locked ones are for the next transaction, those that were passed for somebody else
          perform 1 from cells q
           where q.programme_id = p_programme and not q.exhausted and q.completed + q.reserved < q.quota
             and q.group_id = any(p_groups) and q.id <> all(v_passed)
             and not q.paused and q.unit_id <> all(p_full);
          if found then
            o_case := -1;
          end if;
          return;
        end if;
        -- all are locked, or there are none: wait for one of them while nothing else is locked
        select q.id into v_cell from cells q
         where q.programme_id = p_programme and not q.exhausted and q.completed + q.reserved < q.quota
           and q.group_id = any(p_groups) and not q.paused and q.unit_id <> all(p_full)
         order by random() limit 1;
        if not found then
          return;
        end if;
        select q.watermark, q.quota into v_watermark, v_quota from cells q
         where q.id = v_cell and not q.exhausted and not q.paused
           and q.completed + q.reserved < q.quota for update;
        if not found then
          o_case := -1;
          return;
        end if;
      end if;

      select c.id, c.position, c.person_id into o_case, v_position, v_person from cases c
       where c.cell_id = v_cell and c.state = 0 and c.position > v_watermark
         and (c.barred_id is null or c.barred_id <> p_user)
       order by c.position limit 1 for update skip locked;
      if not found then
        -- the watermark only saves work: one below it counts as well
        select c.id, c.position, c.person_id into o_case, v_position, v_person from cases c
         where c.cell_id = v_cell and c.state = 0 and (c.barred_id is null or c.barred_id <> p_user)
         order by c.position limit 1 for update skip locked;
      end if;
      if not found then
        update cases set state = 0 where id in (
          select c.id from cases c where c.cell_id = v_cell and c.state = 7
           order by c.position limit v_quota * p_factor);
        if not found then
          perform 1 from cases c where c.cell_id = v_cell and c.state = 0 limit 1;
          if found then
            v_passed := v_passed || v_cell;
          else
            update cells set exhausted = true where id = v_cell;
          end if;
        end if;
        continue;
      end if;

      update persons set case_id = o_case where id = v_person and (case_id is null or case_id = o_case);
      if not found then
        update cases set state = 5, disposition = 'person_taken' where id = o_case;
        o_case := -1;
        return;
      end if;
      -- a case that was passed for its operator's sake stays above the watermark
      update cells set reserved = reserved + 1, watermark = greatest(watermark, coalesce(
        (select min(c.position) - 1 from cases c where c.cell_id = v_cell and c.state = 0
            and c.position > v_watermark and c.position < v_position), v_position))
       where id = v_cell;
      o_reason := 'fresh';
      exit;
    end loop;
  end if;

  if o_case is null then
    o_case := -1;
    return;
  end if;
  update cases set state = 1, held_by = p_user, station = p_station, lease_until = v_now + p_lease,
         epoch = epoch + 1, reserves = true
   where id = o_case;
end $$
"""


def upgrade() -> None:
    """Put the function in the place of the former one (SQLite has none), and make the indexes it is asked by."""
    postgres = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("messages") as change:
        change.drop_constraint(op.f("ck_messages_kind"), type_="check")
        change.create_check_constraint(op.f("ck_messages_kind"), KINDS)
    op.create_index("ix_interviews_user_id", "interviews", ["user_id"])
    op.create_index("ix_attendance_at", "attendance", ["at"])
    if postgres:
        op.create_table_comment("messages", COMMENT)
        op.execute(f"drop function {OLD_SIGNATURE}")
        op.execute(CREATE)


def downgrade() -> None:
    """Take the former one again."""
    op.drop_index("ix_attendance_at", table_name="attendance")
    op.drop_index("ix_interviews_user_id", table_name="interviews")
    op.execute(sa.text("update messages set kind = 'help' where kind = 'language'"))
    with op.batch_alter_table("messages") as change:
        change.drop_constraint(op.f("ck_messages_kind"), type_="check")
        change.create_check_constraint(op.f("ck_messages_kind"), OLD_KINDS)
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("messages", OLD_COMMENT)
        op.execute(f"drop function {SIGNATURE}")
        op.execute(context.script.get_revision(FORMER).module.CREATE)
