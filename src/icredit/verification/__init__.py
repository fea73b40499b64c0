"""Whether a scored table or a ranked list is what a run gives that is made again from the same inputs."""

from __future__ import annotations
