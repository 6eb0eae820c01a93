"""What plugins are installed: found by entry point, imported only when somebody asks."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.metadata import EntryPoint, distributions
from inspect import isabstract, isclass

from app.ports import KINDS, Options, PluginBase, PluginError, described

EXTENSION = "extension"
_EXTENSIONS = "lts_extensions"


@dataclass(frozen=True)
class Found:
    """One plugin as its package declares it; `problem` says why it cannot be used, once it was looked at."""

    kind: str
    name: str
    distribution: str
    version: str
    target: str
    problem: str = ""

    @property
    def package(self) -> str:
        """Return the distribution with its version, as users know it."""
        return f"{self.distribution} {self.version}".strip()


def group_of(kind: str) -> str:
    """Return the entry-point group of a kind."""
    return f"plugins_{kind}"


class Catalogue:
    """All installed plugins of the six kinds, and those that only extend, of the kind `extension`.

    `unreadable` tells of packages whose declarations cannot be read at all.
    """

    def __init__(self, points: Iterable[EntryPoint] | None = None) -> None:
        kinds = {group_of(kind): kind for kind in KINDS} | {_EXTENSIONS: EXTENSION}
        self.unreadable: list[str] = []
        self._points: dict[tuple[str, str], list[EntryPoint]] = {}
        for point in _installed(kinds.keys(), self.unreadable) if points is None else points:
            if point.group in kinds:
                self._points.setdefault((kinds[point.group], point.name), []).append(point)
        self._classes: dict[tuple[str, str], type[PluginBase]] = {}

    def names(self, kind: str) -> list[str]:
        """Return the names offered for a kind, sorted."""
        return sorted(name for each, name in self._points if each == kind)

    def found(self) -> list[Found]:
        """Return every plugin by kind and name, each looked at, so that the broken ones say why."""
        return [self.inspect(kind, name) for kind in (*KINDS, EXTENSION) for name in self.names(kind)]

    def inspect(self, kind: str, name: str) -> Found:
        """Return one plugin with its problem, if it has one. Raises PluginError where nobody offers it."""
        points = self._offers(kind, name)
        try:
            if kind == EXTENSION:
                self.extension(name)
            else:
                self.load(kind, name)
        except PluginError as error:
            problem = error.problem
        else:
            problem = ""
        distribution, version = _distribution(points[0])
        return Found(kind, name, distribution, version, points[0].value, problem)

    def load(self, kind: str, name: str) -> type[PluginBase]:
        """Return the plugin's class.

        Raises PluginError where nobody offers it, where two packages do, where its import fails, or where it
        is not a class of its kind with every method that the kind must have.
        """
        key = (kind, name)
        if key not in self._classes:
            self._classes[key] = _checked(kind, name, self._imported(kind, name))
        return self._classes[key]

    def extension(self, name: str) -> object:
        """Return what extends: a module or an object with hooks.

        Raises PluginError where nobody offers it, where two packages do, or where its import fails.
        """
        return self._imported(EXTENSION, name)

    def options_of(self, kind: str, name: str) -> type[Options]:
        """Return the class of a plugin's options. Raises PluginError as `load` does."""
        return self.load(kind, name).Options

    def _imported(self, kind: str, name: str) -> object:
        points = self._offers(kind, name)
        if len(points) > 1:
            packages = " and ".join(" ".join(_distribution(point)) for point in points)
            raise PluginError(
                f"Plugin {kind}/{name} is offered by two packages: {packages}.",
                "Uninstall one of them, or ask one author for another name.",
            )
        return _imported(kind, points[0])

    def _offers(self, kind: str, name: str) -> list[EntryPoint]:
        try:
            return self._points[kind, name]
        except KeyError:
            raise unknown(kind, name, self.names(kind)) from None


def _installed(groups: AbstractSet[str], unreadable: list[str]) -> Iterator[EntryPoint]:
    """Yield the entry points of these groups; of a distribution found twice on the path the first counts.

    One walk over the distributions: asking by group walks them all again for each.
    """
    seen = set()
    for distribution in distributions():
        try:
            points = [point for point in distribution.entry_points if point.group in groups]
            name = distribution.name.lower().replace("_", "-") if points else ""
        except Exception as error:  # noqa: BLE001 - half an installation must not stop the others
            where = distribution.locate_file("")
            unreadable.append(f"a package in {where} whose metadata cannot be read ({type(error).__name__})")
            continue
        if name not in seen:
            yield from points
        if points:
            seen.add(name)


def unknown(kind: str, name: str, names: list[str]) -> PluginError:
    """Return the error for a plugin that nobody offers, with the nearest name that somebody does."""
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    return PluginError(
        f"There is no {kind} plugin '{name}' (plugins.{kind}).",
        f"{hint}Installed: {', '.join(names) or 'none'}. `lts plugins list` shows all.",
    )


def _distribution(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "")


def _imported(kind: str, point: EntryPoint) -> object:
    try:
        return point.load()
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # whatever a foreign module does at import, it is broken
        raise PluginError(
            f"Plugin {kind}/{point.name} ({point.value}, from {' '.join(_distribution(point))}) cannot be "
            f"imported: {described(error)}.",
            "Mend or reinstall its package, or choose another plugin.",
        ) from error


def _checked(kind: str, name: str, loaded: object) -> type[PluginBase]:
    base = KINDS[kind]
    if not (isclass(loaded) and issubclass(loaded, base)):
        raise PluginError(
            f"Plugin {kind}/{name} is not a class derived from app.ports.{base.__name__}.",
            "Its entry point must name such a class.",
        )
    if isabstract(loaded):
        missing = ", ".join(sorted(getattr(loaded, "__abstractmethods__", ())))
        raise PluginError(f"Plugin {kind}/{name} lacks: {missing}.", "Its class must define them.")
    if not (isclass(loaded.Options) and issubclass(loaded.Options, Options)):
        raise PluginError(f"Plugin {kind}/{name}: its Options do not derive from app.ports.Options.")
    return loaded


def versions(catalogue: Catalogue, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return distribution and version of each chosen plugin, by 'kind/name'."""
    return {f"{kind}/{name}": catalogue.inspect(kind, name).package for kind, name in chosen.items()}
