"""When respondents of a survey on the web answered, so that a later file is compared by time and not by rows."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


BEFORE = (
    "A row is part of what tells respondents of a survey on the web apart in later files: 64 bits each, of "
    "respondent and unit under a key of the programme's contacts, in order; and where each stood in its file. Gone "
    "once the programme is retired."
)
COMMENT = (
    "A row is part of what tells respondents of a survey on the web apart in later files: 64 bits each, of "
    "respondent and unit under a key of the programme's contacts, in order; where each stood in its file, and when "
    "each answered, if a column says so. Gone once the programme is retired."
)


def _comment(words: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("web_respondents", words)


def upgrade() -> None:
    """Add the column; of what was taken before, nobody knows."""
    with op.batch_alter_table("web_respondents") as respondents:
        respondents.add_column(sa.Column("moments", sa.LargeBinary))
    _comment(COMMENT)


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("web_respondents") as respondents:
        respondents.drop_column("moments")
    _comment(BEFORE)
