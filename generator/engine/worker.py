"""The process in which experiments are imported and run: a fresh one for every task, so that it runs today's source,
or for several of one experiment that stand in no comparison.

It reads requests (lines of JSON) from standard input, answers each with a line on standard output, and dies when its
standard input closes, at the latest with the process that started it.
"""

import os
import queue
import sys
import threading
import traceback

import msgspec
import numpy as np

from generator import files
from generator.engine.protocol import (
    Answer,
    DataRequest,
    Declared,
    DeclareRequest,
    Prepared,
    Raised,
    Refused,
    Request,
    TaskRequest,
)
from generator.errors import UserError
from generator.layout import Layout
from generator.record import DataInfo, images_folder
from generator.registry import declare
from generator.vocabulary import Experiment


def main() -> None:
    # What an experiment or a library prints must not get between us and the reader of the answer.
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        request = msgspec.json.decode(requests.get(), type=Request)
        answer_to.write(msgspec.json.encode(answer(request, Layout())) + b"\n")
        answer_to.flush()


def _listen(requests: "queue.SimpleQueue[bytes]") -> None:
    """Pass on what is asked, line by line; nobody left to ask is the end, whatever is being done."""
    for line in sys.stdin.buffer:
        requests.put(line)
    # Skips the interpreter's clean-up, which with some native libraries takes seconds.
    sys.stderr.flush()
    os._exit(0)


def answer(request: Request, layout: Layout) -> Answer:
    """Do what is asked; whatever is raised on the way is part of the answer."""
    try:
        match request:
            case DeclareRequest():
                return _declare(request)
            case DataRequest():
                return _prepare(request, layout)
            case TaskRequest():
                from generator.engine.evaluate import evaluate_task

                return evaluate_task(request, layout)
    except UserError as error:
        return Refused(error.what, error.where, error.remedy)
    except Exception as error:  # who asked decides what a bug means for the other tasks
        return Raised(" ".join(f"{type(error).__name__}: {error}".split()), _trace(error))


def _trace(error: Exception) -> str:
    """The traceback from the first frame that is neither the engine's nor joblib's, if there is one."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = (os.sep + os.path.join("generator", "engine") + os.sep, os.sep + "joblib" + os.sep)
    skipped = next((i for i, frame in enumerate(frames) if not any(part in frame.filename for part in ours)), 0)
    return "".join(
        (
            "Traceback (most recent call last):\n",
            *traceback.format_list(frames[skipped:]),
            *traceback.format_exception_only(error),
        )
    )


def _declare(request: DeclareRequest) -> Declared:
    found: list[Experiment] = []
    broken: dict[str, str] = {}
    for slug in request.slugs:
        try:
            found.append(declare(slug))
        except UserError:
            raise
        except Exception:  # one plug-in's import error must not keep the others from running
            broken[slug] = traceback.format_exc()
    return Declared(tuple(found), broken)


def _prepare(request: DataRequest, layout: Layout) -> Prepared:
    from generator import sources

    images = sources.load(request.config)
    digest = files.digest_bytes(
        images.name.encode(),
        images.images.tobytes(),
        images.labels.tobytes(),
        repr((images.images.shape, images.class_names, images.n_train)).encode(),
    )
    for name, array in (("images", images.images), ("labels", images.labels)):
        with files.replacing(images_folder(layout.records, digest) / f"{name}.npy") as temporary:
            np.save(temporary, np.ascontiguousarray(array))
    info = DataInfo(
        name=images.name,
        digest=digest,
        class_names=images.class_names,
        n_images=len(images.labels),
        n_train=images.n_train,
        origin=sources.origin(request.config),
    )
    return Prepared(info, tuple(str(path) for path in sources.files(request.config)))


if __name__ == "__main__":
    main()
