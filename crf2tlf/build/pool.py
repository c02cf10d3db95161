"""Steps in worker processes, or in this one where a single step is due."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from crf2tlf.build.fingerprint import hash_path
from crf2tlf.build.folder import label_path, resolve_inside
from crf2tlf.build.steps import Step, StepResult
from crf2tlf.errors import Context, Crf2tlfError, ProgramError

# Forking a process that has its libraries loaded takes milliseconds, importing them anew 0.5 s a worker. Other systems
# than Linux cannot fork safely once their own libraries run.
START_METHOD = "fork" if sys.platform == "linux" else "spawn"


@dataclass(frozen=True)
class Outcome:
    """How a step ended: what it wrote (content hash by label) or, in `error`, why it failed.

    Errors travel between processes as text; `trace` is set where the program, not the data, is at fault.
    """

    outputs: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
    trace: str = ""


def run_step(step: Step, study: str, build_folder: Path) -> Outcome:
    """Run one step and hash what it wrote; an exception becomes an Outcome with its text."""
    started = time.perf_counter()
    error = trace = ""
    try:
        result = step.run(*step.arguments)
        if not isinstance(result, StepResult):
            raise _fault(study, step, f"{step.run.__qualname__} returned {type(result).__name__}, not StepResult")
        outputs = _hash_outputs(step, study, build_folder)
        return Outcome(outputs, dict(result.rows), dict(result.notes), time.perf_counter() - started)
    except Crf2tlfError as raised:
        error = str(raised) or type(raised).__name__
    except Exception as raised:
        cause = f"{type(raised).__name__}: {raised}" if str(raised) else type(raised).__name__
        error, trace = str(_fault(study, step, f"the program failed with {cause}")), traceback.format_exc()
    return Outcome(seconds=time.perf_counter() - started, error=error, trace=trace)


def _hash_outputs(step: Step, study: str, build_folder: Path) -> dict[str, str]:
    found = {}
    for output in step.outputs:
        # The step may have put a link where its output should be.
        if resolve_inside(build_folder, output) is None:
            raise _fault(study, step, f"it wrote outside the build folder: {output}")
        content = hash_path(output)
        if content is None and output in step.optional:
            continue
        if content is None:
            raise _fault(study, step, f"it ended without writing {label_path(output, build_folder)}")
        found[label_path(output, build_folder)] = content
    return found


def _fault(study: str, step: Step, message: str) -> ProgramError:
    return ProgramError(message, Context(study=study, dataset=step.name))


def outcome_of(future: Future[Outcome], step: Step, study: str) -> Outcome:
    """The outcome of a step that has ended, also where its worker died or the step could not be sent to one."""
    raised = future.exception()
    if raised is None:
        return future.result()
    if isinstance(raised, BrokenProcessPool):
        message = "its worker process, or one beside it, was ended from outside (out of memory?)"
        fault = ProgramError(message, Context(study=study, dataset=step.name, fix="build again with --jobs 1"))
        return Outcome(error=str(fault))
    cause = f"{type(raised).__name__}: {raised}"
    return Outcome(error=str(_fault(study, step, f"it could not be run in a worker process: {cause}")))


class SerialExecutor(Executor):
    """Runs each call at once in this process."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # the base class is generic here
        """A future that has its result already; KeyboardInterrupt and SystemExit pass through."""
        future: Future[Outcome] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Workers:
    """The executor of one run, as a context: leaving it by an exception ends running steps at once."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.executor: Executor = SerialExecutor()
        self._processes: list[multiprocessing.process.BaseProcess] = []

    def __enter__(self) -> Self:
        if self.count > 1:
            before = set(multiprocessing.active_children())
            self.executor = start_pool(self.count)
            self._processes = [child for child in multiprocessing.active_children() if child not in before]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            for process in self._processes:
                process.terminate()
        self.executor.shutdown(wait=True, cancel_futures=True)


def start_pool(count: int) -> ProcessPoolExecutor:
    """A pool whose workers are all running: forking later, beside threads of this process, would be unsafe."""
    context = multiprocessing.get_context(START_METHOD)
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_prepare_worker)
    with warnings.catch_warnings():
        # Python 3.12 warns of any thread at a fork, also of the idle ones of numerical libraries, which prepare
        # themselves for a fork. No step has run in this process, and no progress is shown yet.
        warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
        for future in [executor.submit(os.getpid) for _ in range(count)]:
            future.result()
    return executor


def _prepare_worker() -> None:
    # Ctrl-C reaches the whole process group: the parent alone decides what to do and then ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        with suppress(OSError):
            parent.join()
        os._exit(1)
