"""What an operator needs to know of the refusal list, and of cases out of hand, is asked for and not read."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

DEFINER = "stable security definer set search_path = pg_catalog, public, pg_temp"
MOST_NUMBERS = 20
"""More than one person has: whoever asks more is not about to call somebody."""
FUNCTIONS = f"""
create function refused_by(p_numbers bytea[], p_now timestamptz) returns boolean language plpgsql {DEFINER} as $$
begin
  perform refuse_unless(cardinality(p_numbers) <= {MOST_NUMBERS}, 'nobody has so many numbers');
  return exists (select from wishes w where w.kind = 'refusal' and w.number_hash = any(p_numbers)
                    and w.expires_at > acting_time(p_now));
end $$;
create function cell_of(p_case bigint) returns bigint language plpgsql {DEFINER} as $$
begin
  return (select c.cell_id from cases c where c.id = p_case and (not is_person() or c.id = any(at_hand())));
end $$;
"""
SIGNATURES = ("refused_by(bytea[], timestamptz)", "cell_of(bigint)")


def upgrade() -> None:
    """Make the functions, for nobody but their owner to call (SQLite has none)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTIONS)
        for signature in SIGNATURES:
            op.execute(f"revoke execute on function {signature} from public")


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "postgresql":
        for signature in SIGNATURES:
            op.execute(f"drop function {signature}")
