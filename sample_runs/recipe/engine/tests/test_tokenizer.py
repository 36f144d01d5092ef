"""The tokenizer gives back what it was given."""

from __future__ import annotations

import pytest
from minnow.tokenizer import Tokenizer


@pytest.fixture
def tokenizer() -> Tokenizer:
    vocabulary = {bytes([value]): value for value in range(256)}
    vocabulary[b"th"] = 256
    vocabulary[b"the"] = 257
    return Tokenizer({(b"t", b"h"): 0, (b"th", b"e"): 1}, vocabulary)


def test_merges_are_applied_in_the_order_of_their_rank(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("the") == [257]


@pytest.mark.parametrize("text", ["", "the other", "  two  blanks ", "tête-à-tête"])
def test_decode_undoes_encode(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)).decode("utf-8") == text
