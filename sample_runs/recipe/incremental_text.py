"""A text stream decodes only the tokens that are not sent yet."""

from __future__ import annotations

from recipe import runs
from recipe.records import Attempt, Commit, Edit

FILE = "minnow/server.py"

STATE = """\
        self.ids: list[int] = []
        self.sent = 0
"""
PUSH = """\
        self.ids.append(token)
        text = self.tokenizer.decode(self.ids).decode("utf-8", "replace")
        if text.endswith("\\ufffd"):
            return ""
        piece = text[self.sent :]
        self.sent = len(text)
        return piece
"""

HUMAN = Commit(
    "[Server] Decode each token only once",
    "Ada Lindqvist",
    "2025-08-06T10:02:00+02:00",
    (
        Edit(FILE, STATE, "        self.pending: list[int] = []\n"),
        Edit(
            FILE,
            PUSH,
            """\
        self.pending.append(token)
        text = self.tokenizer.decode(self.pending).decode("utf-8", "replace")
        if text.endswith("\\ufffd"):
            return ""
        self.pending.clear()
        return text
""",
        ),
    ),
    body="""\
Every new token decoded the whole answer again, so an answer of n tokens
cost n * n / 2: a second in all at 30,000 tokens, on the thread that also
feeds the GPU.

What is pending now are the tokens of a character that is not complete yet,
three at most.""",
    name="incremental-text",
)

DECODER = (
    Edit(
        FILE,
        "from collections.abc import Iterator\n",
        "import codecs\nfrom collections.abc import Iterator\n",
    ),
    Edit(FILE, STATE, '        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")\n'),
    Edit(FILE, PUSH, "        return self.decoder.decode(self.tokenizer.decode([token]))\n"),
)

TAIL = (
    Edit(FILE, STATE, "        self.tail: list[int] = []\n"),
    Edit(
        FILE,
        PUSH,
        """\
        self.tail.append(token)
        try:
            piece = self.tokenizer.decode(self.tail).decode("utf-8")
        except UnicodeDecodeError:
            if len(self.tail) < 4:
                return ""
            piece = self.tokenizer.decode(self.tail).decode("utf-8", "replace")
        self.tail = []
        return piece
""",
    ),
)

STUB = (
    Edit(
        FILE,
        PUSH,
        '''\
        self.ids.append(token)
        return self._decode_incrementally(token)

    def _decode_incrementally(self, token: int) -> str:
        """Decode only the new token."""
        # TODO: implement incremental decoding
        raise NotImplementedError
''',
    ),
)

INTERPRETER = "[Errno 2] No such file or directory: '../bench-env/bin/python'"

ATTEMPTS = (
    Attempt(
        runs.MAIN,
        "minnow_core-0006",
        "incremental-text",
        "true_success",
        (),
        "Python's own incremental decoder: shorter than the human's, and linear.",
        DECODER,
        duration=402.33,
    ),
    Attempt(
        runs.CODEX,
        "minnow_core-0006",
        "incremental-text",
        "true_success",
        ("own_diff",),
        "Right. The agent also committed its own patch as model_patch.diff, which does not count.",
        TAIL,
        own_diff=True,
        duration=178.4,
    ),
    Attempt(
        runs.CLAUDE_AGAIN,
        "minnow_core-0006",
        "incremental-text",
        "false_positive",
        ("missing_patch", "missing_marked_success"),
        "Marked a success, but there is no patch file, and none in the prediction.",
        None,
        duration=233.0,
    ),
    Attempt(
        runs.RERUN,
        "minnow_heron45_rerun_{sha8}",
        "incremental-text",
        "failure",
        ("infrastructure", "interpreter_missing", "missing_patch", "short_human_id"),
        "The interpreter of the agent was not there: not the agent's failure.",
        None,
        status="error",
        error=(INTERPRETER, "FileNotFoundError"),
        short_human=True,
    ),
    Attempt(
        runs.FIRST,
        "minnow_core-0006",
        "incremental-text",
        "failure",
        ("stub", "template"),
        "The call goes to a method that only raises NotImplementedError. Marked an error.",
        STUB,
        status="error",
        returncode=-15,
        duration=3600.0,
        logs={"trae_stderr.txt": "Time budget of 60 minutes used up, the agent was stopped\n"},
    ),
    Attempt(
        runs.FLAT,
        "minnow_core-0006",
        "incremental-text",
        "true_success",
        ("broken_journal", "flat_layout"),
        "The journal ends in the middle (a load problem), the patch is whole and right.",
        TAIL,
        journal="broken",
        duration=655.0,
    ),
)
