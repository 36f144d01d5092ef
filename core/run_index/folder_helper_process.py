"""The process that reads batches of attempt folders for another one (`FolderHelper`).

The first argument is the root of the runs, the second says whether patches are looked at. Each
batch comes in as the folders' records; for each goes out: the attempts' rows, load problems as
[path, reason], broken lines by file, and looks as [number of the attempt, SHA-256, own diff].
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from core.readers.patch_looks import Looks
from core.readers.problems import Problems
from core.readers.runs import RunFolders
from core.readers.walk import Folder
from core.run_index.messages import frames, pack
from core.run_index.set_rows import RowWriter


def serve(
    root: Path,
    batches: Iterator[bytes],
    send: Callable[[bytes], None],
    *,
    wants_looks: bool,
) -> None:
    """Answer each batch until no more come."""
    writer, decode = RowWriter(), msgspec.msgpack.Decoder(list[Folder]).decode
    for data in batches:
        send(pack(_answer(root, decode(data), writer, {} if wants_looks else None)))


def _answer(
    root: Path, folders: Sequence[Folder], writer: RowWriter, looks: Looks | None
) -> list[object]:
    problems = Problems(root)
    reader = RunFolders(root, problems, {}, looks)
    attempts = [reader.attempt(folder) for folder in folders]
    seen = []
    for number, attempt in enumerate(attempts if looks else ()):
        look = (looks or {}).get(attempt.patch.source) if attempt.patch.source else None
        if look is not None:
            seen.append([number, look.sha256, look.own_diff])
    noted = [[problem.path, problem.reason] for problem in problems.all()]
    return [writer.attempts(attempts), noted, dict(problems.broken), seen]


def main() -> None:
    """Serve until standard input closes."""
    gc.disable()
    out = sys.stdout.buffer

    def send(message: bytes) -> None:
        out.write(message)
        out.flush()

    try:
        serve(Path(sys.argv[1]), frames(sys.stdin.buffer.read), send, wants_looks=bool(sys.argv[2]))
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
