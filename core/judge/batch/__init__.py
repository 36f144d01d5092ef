"""Large jobs through the Batch API: sent in one command, collected in another."""

from core.judge.batch.batch_reports import BatchesCollected, BatchesSent, Collected, SentBatch
from core.judge.batch.collect import collect_batches
from core.judge.batch.submit import submit_batches

__all__ = [
    "BatchesCollected",
    "BatchesSent",
    "Collected",
    "SentBatch",
    "collect_batches",
    "submit_batches",
]
