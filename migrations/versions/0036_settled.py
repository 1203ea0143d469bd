"""What a call can have come to is looked at where a case is settled, whatever program asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# Codes are those of cati/domain/dispositions.py. After the first list a case waits to be dialled again, maybe at
# another of its numbers; those of the second end it only after as many attempts as the programme wants.
REFUSE = """
create function refuse_untrue_end(
  p_case bigint, p_epoch int, p_user bigint, p_holds boolean, p_kind text, p_disposition text, p_owner bigint,
  p_barred bigint
) returns void language plpgsql as $$
declare
  v_said text := vouched() #>> '{write,disposition}';
begin
  -- whom a cut came to after the last answer is not called again: the outcome is that of the call before
  perform refuse_unless(exists (
      select from attempts a where a.case_id = p_case and a.user_id = p_user and a.epoch = p_epoch)
    or (p_disposition = 'complete' and exists (
      select from attempts a where a.case_id = p_case and a.epoch < p_epoch and (a.user_id = p_user or p_holds)
         and (a.ended_at is null or a.disposition = 'complete')
         and a.number = (select max(l.number) from attempts l where l.case_id = p_case))),
    'nobody was called');
  perform refuse_unless(p_barred is null or p_barred = p_user, 'nobody keeps others off');
  perform refuse_unless(coalesce(case p_kind
    when 'appointment' then p_disposition = 'appointment' and (p_owner is null or p_owner = p_user)
    when 'callback' then (p_owner is null or p_disposition = 'handed_over') and p_disposition in (
      'no_answer', 'busy', 'unreachable', 'machine', 'not_in_service', 'inconvenient', 'wrong_person',
      'language', 'silent', 'business', 'partial', 'handed_over')
    when 'final' then v_said is distinct from 'complete'
      and (v_said is null or v_said = p_disposition or exists (
        select from attempts a where a.case_id = p_case and a.disposition = p_disposition))
      and (p_disposition not in ('no_answer', 'busy', 'unreachable', 'machine', 'silent', 'dialling_cut_off')
        or exists (select from cases c join programmes p on p.id = c.programme_id where c.id = p_case
          and c.attempts >= coalesce((p.definition #>> '{settings,retry,minimum_attempts}')::int, 1)))
    else p_kind in ('complete', 'no_opinion') and p_disposition = 'complete' and exists (
      select from interviews i join answers s on s.interview_id = i.id where i.case_id = p_case)
    end, false), 'that cannot have come of the call');
end $$
"""
SIGNATURE = "refuse_untrue_end(bigint, int, bigint, boolean, text, text, bigint, bigint)"
HELD = "  if r.state = 1 and r.epoch = p_epoch and r.held_by = v_user then\n"
CHECK = """  if acting_in(null, null, null) is not null then
    perform refuse_untrue_end(p_case, p_epoch, v_user,
      coalesce(r.state = 1 and r.epoch = p_epoch and r.held_by = v_user, false), p_kind, p_disposition, p_owner,
      p_barred);
  end if;
"""
ONLY_LATE = """  -- what comes late comes from whoever held the case under this epoch and dialled
  if acting_in(null, null, null) is not null then
    perform 1 from attempts a where a.case_id = p_case and a.user_id = v_user and a.epoch = p_epoch;
    if not found then
      raise exception 'the case is in other hands' using errcode = 'insufficient_privilege';
    end if;
  end if;
  o_state := r.state;
"""
LATE = "  o_state := r.state;\n"
# What ends a case for good is told by all its calls, not by the last one alone.
BY_LAST = "acting_in(p_user, p_case, p_disposition)"
BY_ALL = "acting_in(p_user, p_case, case when p_kind <> 'final' then p_disposition end)"
CLOSES = "  perform refuse_unheld(p_case);\n"
LISTED = """  perform refuse_unless(not is_person() or p_disposition in ('complete', 'partial', 'refusal_final'),
    'that is not said by a list');
"""
# Whoever names a call and the moment it ended knows of it, be it a colleague's that was gone on with.
ENDED = "a.ended_at = p_ended"
OF_WRITER = f"{ENDED}\n             and (v_user is null or a.user_id = v_user)"
CHANGED = {
    "settle_case(bigint, int, bigint, timestamptz, text, text, timestamptz, bigint, timestamptz, bool, bigint, "
    "text)": ((ONLY_LATE, LATE), (HELD, CHECK + HELD), (BY_LAST, BY_ALL)),
    "close_held_case(bigint, text, timestamptz)": ((CLOSES, CLOSES + LISTED),),
    "settled_state(text, text, timestamptz)": ((f"{OF_WRITER});", f"{ENDED});"),),
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


def upgrade() -> None:
    """Look at it (on SQLite the program does)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(REFUSE)
    op.execute(f"revoke execute on function {SIGNATURE} from public")
    for function, words in CHANGED.items():
        _change(function, words)


def downgrade() -> None:
    """Believe what is asked for."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for function, words in CHANGED.items():
        _change(function, tuple((after, before) for before, after in reversed(words)))
    op.execute(f"drop function {SIGNATURE}")
