"""Which attempts to look at together: one registry, for the screen and headless commands.

A queue is a function of all assessments that selects some of them, in the order in which to look at
them. It decides and changes nothing.
"""

from core.assess.queues.all_queues import QUEUES, queue_named
from core.assess.queues.queue_record import Queue, QueueContext, judge_states

__all__ = ["QUEUES", "Queue", "QueueContext", "judge_states", "queue_named"]
