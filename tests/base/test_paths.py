"""Where a folder lies, by the system's own table of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cati.base.paths import is_on_network_share

TABLE = """\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
35 21 0:44 / /mnt/bureau\\040share rw shared:20 - cifs //server/cati rw
36 21 0:45 / /srv rw - nfs4 server:/srv rw
37 36 8:2 / /srv/local rw - ext4 /dev/sdb1 rw
38 21 0:46 / /data rw - nfs server:/data rw
39 21 8:3 / /data rw - xfs /dev/sdc1 rw
"""


@pytest.mark.parametrize(
    ("folder", "shared"),
    [
        ("/home/wang/cati", False),
        ("/mnt/bureau share", True),
        ("/mnt/bureau share/cati/data", True),
        ("/srv/cati", True),
        ("/srv/local/cati", False),
        ("/data/cati", False),
    ],
)
def test_a_network_share_is_known_by_what_is_mounted_last_and_deepest(
    tmp_path: Path, folder: str, shared: bool
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(TABLE, "utf-8")
    assert is_on_network_share(Path(folder), mounts) is shared


def test_without_a_table_a_folder_is_taken_for_a_local_one(tmp_path: Path) -> None:
    assert not is_on_network_share(tmp_path, tmp_path / "none")


def test_this_computer_can_tell(tmp_path: Path) -> None:
    assert not is_on_network_share(tmp_path)
