"""Files and batches of the fake server. Output lines come back in a different order."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from core.judge.fake_server import bodies
from core.judge.fake_server.faults import Answer

_ENDED = ("completed", "expired", "cancelled", "failed")


class Batches:
    """Accepts files, runs batches at once, and returns results once told how they ended."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]) -> None:
        self.status = "completed"  # of every batch, from the next request on
        self.refuse = ""  # "files" or "batches": every request there is refused
        self.done_share = 1.0  # of the lines of an expired or cancelled batch
        self.files: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self._answer = answer

    def route(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Answer a request to `/v1/files` or `/v1/batches`."""
        parts = path.split("/")[2:]
        if method == "POST" and parts == [self.refuse]:
            return Answer(400, bodies.encode(bodies.error("Not today", "refused")))
        if method == "POST" and parts == ["files"]:
            return self._take_file(content, headers)
        if method == "GET" and parts[0] == "files" and parts[2:] == ["content"]:
            found = self.files.get(parts[1])
            if found is not None:
                return Answer(body=found, content_type="application/octet-stream")
        if method == "POST" and parts == ["batches"]:
            return self._start(json.loads(content))
        if method == "GET" and parts == ["batches"]:
            jobs = {"object": "list", "data": list(self.jobs.values()), "has_more": False}
            return Answer(body=bodies.encode(jobs))
        if method == "GET" and parts[0] == "batches" and parts[-1] in self.jobs:
            return Answer(body=bodies.encode(self._look(self.jobs[parts[-1]])))
        return Answer(404, bodies.encode(bodies.error("No such object", "not_found")))

    def _take_file(self, content: bytes, headers: dict[str, str]) -> Answer:
        boundary = re.search("boundary=(.+)", headers["content-type"])
        assert boundary is not None
        for part in content.split(b"--" + boundary[1].strip('"').encode()):
            head, _, data = part.partition(b"\r\n\r\n")
            if b"filename=" in head:
                name = f"file-{uuid.uuid4().hex}"
                self.files[name] = data.removesuffix(b"\r\n")
                return Answer(body=bodies.encode(_file(name, len(data))))
        return Answer(400, bodies.encode(bodies.error("No file", "missing_file")))

    def _start(self, body: dict[str, Any]) -> Answer:
        job = {
            "id": f"batch_{uuid.uuid4().hex}",
            "object": "batch",
            "endpoint": body["endpoint"],
            "input_file_id": body["input_file_id"],
            "completion_window": body["completion_window"],
            "created_at": int(time.time()),
            "status": "validating",
            "metadata": body.get("metadata"),
            "errors": None,
        }
        self.jobs[job["id"]] = job
        return Answer(body=bodies.encode(job))

    def _look(self, job: dict[str, Any]) -> dict[str, Any]:
        if job["status"] in _ENDED:
            return job
        job["status"] = self.status
        if self.status == "failed":
            bad = {"code": "invalid_json_line", "message": "Line 1 is wrong", "line": 1}
            job["errors"] = {"object": "list", "data": [bad]}
        elif self.status in _ENDED:
            self._finish(job)
        return job

    def _finish(self, job: dict[str, Any]) -> None:
        lines = [json.loads(line) for line in self.files[job["input_file_id"]].splitlines()]
        reached = round(len(lines) * self.done_share)
        good: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for number, line in enumerate(reversed(lines)):
            entry = {"id": f"batch_req_{number}", "custom_id": line["custom_id"]}
            if number >= reached:
                what = {"code": f"batch_{self.status}", "message": "The batch ended before"}
                bad.append({**entry, "response": None, "error": what})
                continue
            status, body = self._answer(line["url"], line["body"])
            sent = {"status_code": status, "request_id": uuid.uuid4().hex, "body": body}
            (good if status == 200 else bad).append({**entry, "response": sent, "error": None})
        for field, entries in (("output_file_id", good), ("error_file_id", bad)):
            if entries:
                job[field] = f"file-{uuid.uuid4().hex}"
                self.files[job[field]] = b"\n".join(map(bodies.encode, entries)) + b"\n"


def _file(name: str, size: int) -> dict[str, Any]:
    return {
        "id": name,
        "object": "file",
        "bytes": size,
        "created_at": int(time.time()),
        "filename": "batch.jsonl",
        "purpose": "batch",
        "status": "processed",
    }
