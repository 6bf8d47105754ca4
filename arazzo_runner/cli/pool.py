"""Files worked on one after the other, or many of them in parallel processes, told in order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from ..errors import Unavailable

_PARALLEL_FROM: Final = 8  # tasks that are worth the start of further processes

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


@contextmanager
def parallel(
    work: Callable[[Task], Outcome], tasks: Sequence[Task], *, processes: int | None = None
) -> Iterator[Iterator[Outcome]]:
    """The outcomes in the order of the tasks, worked out while they are asked for; `work` is a function of a module.

    Raises:
        Unavailable: a process was killed from outside.
    """
    workers = min(processes or os.cpu_count() or 1, len(tasks))
    if len(tasks) < _PARALLEL_FROM or workers < 2:
        yield map(work, tasks)
        return
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    before = set(active_children())
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_interrupts)
    try:
        with _interrupts_held():
            results = pool.map(work, tasks, chunksize=max(1, min(16, len(tasks) // (4 * workers))))
        yield results
    except BaseException as error:
        # What is under way would be waited for, and a second Ctrl-C meanwhile leaves processes behind.
        for worker in set(active_children()) - before:
            worker.terminate()
        if isinstance(error, BrokenExecutor):
            hint = "is there enough memory? name fewer files at once"
            raise Unavailable("a process that works on files was killed", hint=hint) from None
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that reports."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started meanwhile are spared a Ctrl-C until they can say so themselves; ours comes a little later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
