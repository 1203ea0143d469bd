"""Entry: without arguments the window opens, otherwise the command line runs."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program with the arguments of the process."""
    if len(sys.argv) == 1:
        from cati.gui.start import open_window

        sys.exit(open_window())
    from cati.cli.main import run as run_command

    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
