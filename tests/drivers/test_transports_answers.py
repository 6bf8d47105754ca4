"""Every transport sends the request as it is and gives the answer as it is."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from drivers_support import RawServer, answer, says  # noqa: F401
