"""Worker processes on this machine."""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

import msgspec

from generator.engine.protocol import Answer, Raised, Request
from generator.engine.workers import Executor

#: Read when NumPy, torch and numba are imported; afterwards some of them no longer listen.
THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class LocalProcesses(Executor):
    """At most ``at_once`` processes, each answering one request at a time.

    A process that has answered a request with an affinity stays idle for the next one of it, until another request
    needs its place. They all stop by themselves when this process is gone.
    """

    def __init__(self, root: Path, *, threads: int, at_once: int) -> None:
        """``threads``: how many the libraries in each process may use."""
        self._root = root
        self._environment = {
            **os.environ,
            **dict.fromkeys(THREAD_SETTINGS, str(threads)),
            # Memory that was freed stays. glibc would hand large pieces back and get them anew, page by page full of
            # zeros, at each step of a training: a tenth of a convolutional network's time.
            "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
            "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
            "PYTHONHASHSEED": "0",
        }
        self._at_once = at_once
        self._listeners = ThreadPoolExecutor(at_once)  # each waits for one process
        self._guard = threading.Lock()  # of all below
        self._stopped = False
        self._busy: set[WorkerProcess] = set()
        self._idle: list[tuple[str, WorkerProcess]] = []  # with the affinity it is kept for; idle longest first

    def submit(self, request: Request) -> Future[Answer]:
        return self._listeners.submit(self._answer, request)

    def stop(self) -> None:
        with self._guard:
            self._stopped = True
            idle = [process for _, process in self._idle]
            self._idle.clear()
            for process in (*self._busy, *idle):
                process.kill()
        self._listeners.shutdown(cancel_futures=True)
        for process in idle:
            process.dismiss()

    def _answer(self, request: Request) -> Answer:
        process = self._acquire(request.affinity)
        try:
            return process.ask(request)
        finally:
            self._release(process, request.affinity)

    def _acquire(self, affinity: str) -> "WorkerProcess":
        """An idle process of that affinity, or a new one in a free place or in that of the one idle longest."""
        displaced: WorkerProcess | None = None
        with self._guard:
            kept = next((one for one in self._idle if affinity and one[0] == affinity), None)
            if kept:
                self._idle.remove(kept)
                self._busy.add(kept[1])
                return kept[1]
            if self._idle and len(self._busy) + len(self._idle) >= self._at_once:
                _, displaced = self._idle.pop(0)
        if displaced:
            displaced.dismiss()
        with self._guard:
            if self._stopped:
                raise CancelledError
            process = WorkerProcess(self._root, self._environment)
            self._busy.add(process)
        return process

    def _release(self, process: "WorkerProcess", affinity: str) -> None:
        with self._guard:
            self._busy.remove(process)
            keep = affinity and process.alive and not self._stopped
            if keep:
                self._idle.append((affinity, process))
        if not keep:
            process.dismiss()


class WorkerProcess:
    """One process of ``generator.engine.worker``."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the process
        self._process = subprocess.Popen(
            (sys.executable, "-m", "generator.engine.worker"),
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Request) -> Answer:
        """Hand it a request and wait for its answer; a process that died has an answer too."""
        with contextlib.suppress(BrokenPipeError):  # it died at once; what it printed tells why
            _pipe(self._process.stdin).write(msgspec.json.encode(request) + b"\n")
            _pipe(self._process.stdin).flush()
        # Standard input stays open: its end would tell the worker that we are gone.
        line = _pipe(self._process.stdout).readline()
        if line.endswith(b"\n"):
            return msgspec.json.decode(line, type=Answer)
        code = self._process.wait()
        self._printed.seek(0)
        printed = self._printed.read().decode(errors="replace")[-4000:]
        ended = f"signal {-code}" if code < 0 else f"exit code {code}"
        hint = " (killed, which is what a system out of memory does)" if code == -9 else ""
        return Raised(f"its process ended with {ended}{hint}", printed)

    def dismiss(self) -> None:
        """Let it end, and wait for that."""
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._process.stdin).close()
        self._process.wait()
        _pipe(self._process.stdout).close()
        self._printed.close()

    def kill(self) -> None:
        self._process.kill()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
