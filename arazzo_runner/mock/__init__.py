"""An API made from its description, in process: `Mock(descriptions).respond(request)`.

Each operation answers with its first documented success: the example, else a value made from the schema; what the
request said is echoed, and what was created is found again by its id. Everything is deterministic.
"""

from __future__ import annotations

from .checks import Refusal
from .server import Mock

__all__ = ["Mock", "Refusal"]
