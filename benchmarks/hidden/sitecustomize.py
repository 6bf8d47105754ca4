"""Makes pyreqwest look as if it were not installed, to measure the default transport in the same environment."""

import sys

sys.modules["pyreqwest"] = None  # type: ignore[assignment]
