"""The tokenizer remembers the ids of words it has merged before."""

from __future__ import annotations

from recipe import runs
from recipe.records import Attempt, Commit, Edit

FILE = "minnow/tokenizer.py"

HUMAN = Commit(
    "[Tokenizer] Merge each word only once",
    "Ada Lindqvist",
    "2025-03-11T10:24:00+01:00",
    (
        Edit(FILE, "NO_RANK = 1 << 30\n", "NO_RANK = 1 << 30\nMAX_CACHED_WORDS = 65_536\n"),
        Edit(
            FILE,
            """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
""",
            """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
        self._word_ids: dict[str, tuple[int, ...]] = {}
""",
        ),
        Edit(
            FILE,
            """\
            pieces = self._merge(word.encode("utf-8"))
            ids.extend(self.vocabulary[piece] for piece in pieces)
        return ids
""",
            '''\
            ids.extend(self._encode_word(word))
        return ids

    def _encode_word(self, word: str) -> tuple[int, ...]:
        """The ids of one word, from memory if it was seen before."""
        ids = self._word_ids.get(word)
        if ids is None:
            pieces = self._merge(word.encode("utf-8"))
            ids = tuple(self.vocabulary[piece] for piece in pieces)
            if len(self._word_ids) < MAX_CACHED_WORDS:
                self._word_ids[word] = ids
        return ids
''',
        ),
    ),
    body="""\
Half of the time of `encode` on chat traffic went into merging words that
had been merged before: the 5,000 most frequent words make up 90 % of all.

Keep the ids of up to 65,536 words. Encoding the sample conversations takes
0.21 s instead of 1.9 s; the worst case, no word twice, is 4 % slower.""",
    name="word-cache",
)

OWN_WAY = (
    Edit(
        FILE,
        "import json\nimport re\n",
        "import json\nimport re\nfrom functools import lru_cache\n",
    ),
    Edit(
        FILE,
        """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
""",
        """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
        # One cache for each: two tokenizers may know different merges.
        self._ids_of = lru_cache(maxsize=1 << 16)(self._ids_of_uncached)
""",
    ),
    Edit(
        FILE,
        """\
            pieces = self._merge(word.encode("utf-8"))
            ids.extend(self.vocabulary[piece] for piece in pieces)
        return ids
""",
        """\
            ids.extend(self._ids_of(word))
        return ids

    def _ids_of_uncached(self, word: str) -> tuple[int, ...]:
        return tuple(self.vocabulary[piece] for piece in self._merge(word.encode("utf-8")))
""",
    ),
)

SAME_TREE = (
    Edit(
        FILE,
        "NO_RANK = 1 << 30\n",
        "NO_RANK = 1 << 30\n\n# Enough for the vocabulary of everyday text.\n"
        "MAX_CACHED_WORDS = 65536\n",
    ),
    Edit(
        FILE,
        """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
""",
        """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
        # word -> its token ids
        self._word_ids: dict[str, tuple[int, ...]] = {}
""",
    ),
    Edit(
        FILE,
        """\
            pieces = self._merge(word.encode("utf-8"))
            ids.extend(self.vocabulary[piece] for piece in pieces)
        return ids
""",
        '''\
            ids.extend(self._encode_word(word))
        return ids

    def _encode_word(
        self,
        word: str,
    ) -> tuple[int, ...]:
        """Encode a single word.

        Natural text repeats itself, so the result of the merge loop is kept.
        """
        ids = self._word_ids.get(word)
        if ids is None:  # first time
            pieces = self._merge(word.encode('utf-8'))
            ids = tuple(self.vocabulary[piece] for piece in pieces)
            if (len(self._word_ids) < MAX_CACHED_WORDS):
                self._word_ids[word] = ids
        return ids
''',
    ),
)

TEMPLATE = (
    Edit(
        FILE,
        "class Tokenizer:\n",
        '''\
def optimized_token_lookup(tensor, size):
    """Optimized lookup for better performance."""
    # Use a cache to avoid recomputation
    cache = {}
    for i in range(size):
        cache[i] = tensor
    return cache


# Example usage:
# result = optimized_token_lookup(my_tensor, 1024)


class Tokenizer:
''',
    ),
    Edit(
        FILE,
        """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
""",
        """\
        self.pieces = {index: piece for piece, index in vocabulary.items()}
        # Apply optimization where applicable
        if hasattr(self, "some_token_attribute"):
            self.some_token_attribute = optimized_token_lookup(self.some_token_attribute, 1024)
        if hasattr(self, "another_token_attribute"):
            pass  # Replace with your actual optimization logic here
""",
    ),
)

ATTEMPTS = (
    Attempt(
        runs.MAIN,
        "minnow_core-0000",
        "word-cache",
        "true_success",
        (),
        "The same idea by other means: a bounded cache for each tokenizer. Right file, complete.",
        OWN_WAY,
        duration=1037.78,
        steps=14,
    ),
    Attempt(
        runs.CLAUDE,
        "minnow_core-0000",
        "word-cache",
        "true_success",
        ("equal_tree",),
        "Differs from the human only in comments, a docstring, quotes and line breaks.",
        SAME_TREE,
        duration=298.616,
        logs={
            "claude_code_stdout.txt": '{"type":"result","subtype":"success","is_error":false,'
            '"duration_ms":298616,"num_turns":31,"result":"Words are now merged once and their ids'
            ' kept in a bounded dictionary.","total_cost_usd":0.41,"usage":{"input_tokens":32,'
            '"cache_read_input_tokens":109943,"output_tokens":9077}}\n'
        },
    ),
    Attempt(
        runs.CODEX,
        "minnow_core-0000",
        "word-cache",
        "false_positive",
        ("template",),
        "Placeholder attributes, an example-usage comment and a helper that nothing needs.",
        TEMPLATE,
        duration=123.424,
    ),
    Attempt(
        runs.FIRST,
        "minnow_core-0000",
        "word-cache",
        "false_positive",
        ("too_fast", "returncode_1_marked_success", "empty_marked_success", "no_steps"),
        "The agent died after 1.5 s, left an empty patch, and was recorded as a success.",
        (),
        returncode=1,
        duration=1.523,
        steps=0,
        logs={
            "trae_stdout.txt": "",
            "trae_stderr.txt": "\x1b[1;31mError\x1b[0m: configuration file trae_config.yaml has no"
            " entry for the provider\nUsage: trae-cli run [OPTIONS] TASK\n",
        },
    ),
)
