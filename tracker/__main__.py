"""`python -m tracker` is the `tracker` command.

Auditors need neither database nor server, so `tracker verify` loads neither. The processes that
it starts load this module again: nothing is imported above.
"""

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["verify"]:
        from tracker.auditor import main as run
    else:
        from tracker.cli import main as run
    run()


if __name__ == "__main__":
    main()
