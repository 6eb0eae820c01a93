"""What a user should know about the data that were read, said once however many files it concerns."""


class Notices:
    """Collects notices in the order in which they first came up."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}

    def add(self, place: str, notice: str) -> None:
        """Note something about a file or a symbol."""
        self._places.setdefault(notice, []).append(place)

    def lines(self) -> tuple[str, ...]:
        """Return each notice with the first place that it concerns and how many more there are."""
        return tuple(
            f"{places[0]}{f' and {len(places) - 1} more' if len(places) > 1 else ''}: {notice}"
            for notice, places in self._places.items()
        )
