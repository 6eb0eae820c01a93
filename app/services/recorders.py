"""Recorders for runs that leave nothing behind."""

from app.ports import Batch


class Forgetful:
    """A recorder that keeps nothing, for runs of which only the result is wanted."""

    def write(self, batch: Batch) -> None:
        """Take a batch."""
