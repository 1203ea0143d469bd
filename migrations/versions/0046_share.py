"""Whose share of a unit is full is looked at for the case that is handed out, not for all of an operator's units."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

# All that an operator has completed was counted at each claim, which grew with the season.
BEFORE = """           array(
             select d.unit_id from (
               select q.unit_id, count(*) as number from interviews i join cells q on q.id = i.cell_id
                where i.user_id = u.id and i.state = 'complete' and not i.excluded and q.programme_id = p_programme
                group by 1) d
              where d.number * 5 >= (select sum(q.quota) from cells q where q.unit_id = d.unit_id)),
"""
AFTER = "           '{}'::bigint[],\n"
SAID = """    -- what a session says of hours and shares is not asked; a full share is a fifth of a unit at least, so mostly
    -- nobody has to be counted
"""
SAYS = "    -- what a session says of hours and shares is not asked\n"
OUT_BEFORE = """    if v_full <> '{}' then
      v_full := full_units(p_programme, v_user, v_now);
    end if;
  end if;
"""
OUT_AFTER = """    begin
      select h.o_case, h.o_reason into o_case, o_reason from hand_out(
        p_programme, v_user, p_station, v_groups, v_now, v_lease, v_factor, v_spoken, v_full) h;
      -- a full share is a fifth of a unit at least, so mostly nobody has to be counted for all units
      select 5 * sum((select count(*) from interviews i
                       where i.user_id = v_user and i.cell_id = q.id and i.state = 'complete' and not i.excluded))
             >= sum(q.quota)
        into v_share
        from cases c join cells h on h.id = c.cell_id join cells q on q.unit_id = h.unit_id
       where c.id = o_case;
      if v_share is not true then
        return;
      end if;
      raise exception using errcode = 'CA001';
    exception when sqlstate 'CA001' then
      v_full := full_units(p_programme, v_user, v_now);
    end;
  end if;
"""
CLAIM = "claim_case(bigint, bigint, text, bigint[], timestamptz, interval, int, text[], bigint[])"
DECLARED, DECLARES = "  v_cleared boolean;\n", "  v_cleared boolean;\n  v_share boolean;\n"
CHANGES = ((DECLARED, DECLARES), (BEFORE, AFTER), (SAID, SAYS), (OUT_BEFORE, OUT_AFTER))
"""What is put in place of what."""


def say(words: tuple[tuple[str, str], ...], function: str = CLAIM) -> None:
    """Put words of a function in the place of others."""
    held = op.get_bind()
    said = str(held.exec_driver_sql(f"select pg_get_functiondef('{function}'::regprocedure)").scalar())
    for before, after in words:
        assert said.count(before) == 1, before
        said = said.replace(before, after)
    held.exec_driver_sql(said.replace("%", "%%"))


def upgrade() -> None:
    """Count in one unit, by an index that knows the cells."""
    op.create_index("ix_interviews_user_id_cell_id", "interviews", ["user_id", "cell_id"])
    op.drop_index("ix_interviews_user_id", "interviews")
    if op.get_bind().dialect.name != "postgresql":
        return
    say(CHANGES)


def downgrade() -> None:
    """Count in all units at each claim."""
    if op.get_bind().dialect.name == "postgresql":
        say(tuple((after, before) for before, after in reversed(CHANGES)))
    op.create_index("ix_interviews_user_id", "interviews", ["user_id"])
    op.drop_index("ix_interviews_user_id_cell_id", "interviews")
