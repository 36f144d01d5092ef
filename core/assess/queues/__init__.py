"""Which attempts belong together for a look: one registry, for the screen and headless commands.

A queue is a function of all assessments that gives some of them, in the order in which it makes
sense to look at them. Nothing is decided or changed here.
"""

from core.assess.queues.all_queues import QUEUES, queue_named
from core.assess.queues.queue_record import Queue, QueueContext, judge_states

__all__ = ["QUEUES", "Queue", "QueueContext", "judge_states", "queue_named"]
