"""`python -m arazzo_runner` is the command `arazzo-run`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
