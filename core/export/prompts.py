"""The prompt of every call to the judge, for checking a figure without a key.

Prompts at one commit share most of their text. So each text is stored once, under its hash, and a
prompt is a list of references to texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core import codec
from core.export.export_document import Document
from core.export.export_records import ExportedPrompt, ExportedText, PromptSection
from core.judge.question.judge_prompt import Question
from core.judge.question.replay import Replay, Replayer
from core.records import replace
from core.sources import sha256


def prompt_texts(document: Document, prompts: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Every text once; meanwhile `prompts` is filled, one entry per call (`docs/export.md`)."""
    seen: set[str] = set()
    for replay in _replays(document):
        call = replay.call
        entry = ExportedPrompt(call.id, call.prompt_hash, replay.problem)
        if replay.question is not None:
            parts = _parts(replay.question)
            hashes = {name: sha256(text) for name, text in parts.items()}
            for name, text in parts.items():
                if hashes[name] not in seen:
                    seen.add(hashes[name])
                    yield codec.to_data(ExportedText(hashes[name], text))
            entry = _with_question(entry, call.fences, replay.question, hashes)
        prompts.append(codec.to_data(entry))


def _with_question(
    entry: ExportedPrompt, fences: Sequence[str], question: Question, hashes: Mapping[str, str]
) -> ExportedPrompt:
    shared, own = fences
    return replace(
        entry,
        instructions=hashes["instructions"],
        schema=hashes["schema"],
        afterword=question.afterword((shared, own)),
        sections=tuple(
            PromptSection(
                section.name,
                shared if section.shared else own,
                hashes[f"section {section.name}"],
            )
            for section in question.sections
        ),
    )


def _parts(question: Question) -> dict[str, str]:
    """The texts of a question by their role; no two sections share a name."""
    return {
        "instructions": question.instructions,
        "schema": json.dumps(question.schema),
        **{f"section {section.name}": section.text for section in question.sections},
    }


def _replays(document: Document) -> Iterator[Replay]:
    commits = {result.commit.sha: result.commit for result in document.commits}
    for result in document.commits:
        human = result.commit.sha
        rubrics = document.records.rubrics.get(human, ())
        attempts = [found.assessment for found in result.attempts]
        replayer = Replayer(
            result.commit if result.found else None,
            rubrics,
            (known.attempt for known in attempts),
            commits,
        )
        for rubric in rubrics:
            yield from replayer.rubric(rubric)
        canaries = (c for c in document.records.canaries if c.attempt.endswith(f"/{human}"))
        keys = {known.attempt.key for known in attempts}
        again = (j for j in document.records.asked_again if j.attempt in keys)
        for judgement in (*canaries, *again, *(j for known in attempts for j in known.judgements)):
            yield from replayer.judgement(judgement)
