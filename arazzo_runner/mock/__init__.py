"""An API made from its description: `Mock(descriptions).respond(request)` in process, `MockServer` on a port.

Each operation answers with its first documented success: the example that fits, else a value made from the schema. What
the request said is echoed, what was created is found again by its id, and a request that breaks the description gets
the documented error. Everything is deterministic.
"""

from __future__ import annotations

from .checks import Refusal
from .faults import Fault, Faults, Rule, check_targets, read_faults
from .server import Answered, Mock

__all__ = ["Answered", "Fault", "Faults", "Mock", "Refusal", "Rule", "check_targets", "read_faults"]
