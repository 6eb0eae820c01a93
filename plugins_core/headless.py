"""No server: one run, then the process ends."""

from collections.abc import Callable

from app.ports import Core, Options, RunResult


class Headless(Core):
    """Runs the configured pipeline once."""

    plugin_debug_vars = ("stopping",)

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(options)
        self._stopping = False

    def start(self, run: Callable[[], RunResult]) -> RunResult:
        """Run the pipeline and return what it came to."""
        return run()

    def stop(self) -> None:
        """Ask the run to end at its next timestamp."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        """Return whether `stop` has been called."""
        return self._stopping
