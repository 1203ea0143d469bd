"""Entry: without a command the window opens, otherwise the command line runs."""

from __future__ import annotations

import os
import sys

from cati.base.settings import VARIABLES


def main() -> None:
    """Run the program with the arguments of the process."""
    if len(sys.argv) > 1:
        from cati.cli import main as command_line

        given = command_line.without_command(sys.argv[1:])
        if given is None:
            sys.exit(command_line.run(sys.argv[1:]))
        # As said for this one window, they go before what the environment says.
        os.environ.update({VARIABLES[name]: value for name, value in given.items()})
    from cati.gui.start import open_window

    sys.exit(open_window())


if __name__ == "__main__":
    main()
