"""What agents did, step by step: thought, action, result, from the logs that agents write."""

from core.readers.trajectories.recognise import Trajectory, parse_trajectory
from core.readers.trajectories.step import Step

__all__ = ["Step", "Trajectory", "parse_trajectory"]
