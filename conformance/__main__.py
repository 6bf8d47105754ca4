"""`python -m conformance`: run, lint, report, install, dist."""

from __future__ import annotations

import sys

from .harness.command import main

sys.exit(main())
