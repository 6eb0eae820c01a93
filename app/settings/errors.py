"""The one error of this package, made safe to print."""


def printable(text: str) -> str:
    """Return the text on one line, with control characters and broken Unicode written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class SettingsError(ValueError):
    """A setting or a settings file cannot be used: what is wrong with it, and what to do."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        # A key or a value may come from anywhere, and the terminal obeys escape sequences.
        self.problem = printable(problem)
        self.remedy = printable(remedy)
        super().__init__(self.problem, self.remedy)

    def __str__(self) -> str:
        return f"{self.problem}\n{self.remedy}" if self.remedy else self.problem
