"""The steps of the schema form one chain, each file named after its number."""

import re

from cati.base import paths


def test_every_migration_follows_the_one_before_it() -> None:
    found = []
    for file in sorted(paths.migrations().glob("versions/*.py")):
        text = file.read_text("utf-8")
        own = re.search(r'^revision = "(\d{4})"$', text, re.MULTILINE)
        before = re.search(r'^down_revision = (?:"(\d{4})"|None)$', text, re.MULTILINE)
        assert own is not None, file.name
        assert before is not None, file.name
        found.append((file.name[:4], own[1], before[1]))
    numbers = [f"{number:04d}" for number in range(1, len(found) + 1)]
    assert found == list(zip(numbers, numbers, [None, *numbers[:-1]], strict=True))
