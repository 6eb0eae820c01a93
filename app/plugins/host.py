"""The plugins of one process: built, registered for hooks, and announced to, one observer at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pluggy

from app.plugins.catalogue import EXTENSION, Catalogue
from app.ports import DataSource, FeeSchedule, Options, PluginBase, PluginError, Rule, described
from app.ports.fees import SCHEDULES
from app.ports.hookspecs import SPECS


@dataclass(frozen=True)
class HookFailure:
    """An observer or an extension that raised, and was skipped."""

    plugin: str
    hook: str
    error: BaseException

    @property
    def reason(self) -> str:
        """Return what was wrong, on one line."""
        return described(self.error)


@dataclass
class PluginHost:
    """Builds plugins, keeps the hook registry, and tells `on_failure` of every observer that raises."""

    catalogue: Catalogue
    on_failure: Callable[[HookFailure], None]
    hooks: pluggy.PluginManager = field(default_factory=lambda: pluggy.PluginManager("lts"))

    def __post_init__(self) -> None:
        for spec in SPECS:
            self.hooks.add_hookspecs(spec)
        for name in self.catalogue.names(EXTENSION):
            try:
                self._register(self.catalogue.extension(name), f"{EXTENSION}/{name}")
            except PluginError as error:  # it was not chosen, so it is reported and left out
                self.on_failure(HookFailure(f"{EXTENSION}/{name}", "registration", error))

    def build(self, kind: str, name: str, options: Options) -> PluginBase:
        """Return a plugin with its options, registered for hooks as 'kind/name'.

        Raises PluginError where its class cannot be loaded or its constructor raises.
        """
        cls = self.catalogue.load(kind, name)
        try:
            plugin = cls(options)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            raise PluginError(
                f"Plugin {kind}/{name} cannot be built: {described(error).rstrip('.')}.",
                "Look at its options with `lts plugins show`, or mend the plugin.",
            ) from error
        self._register(plugin, f"{kind}/{name}")
        return plugin

    def data_sources(self, builtin: Mapping[str, DataSource]) -> dict[str, DataSource]:
        """Return every data source by name.

        Raises PluginError where two offer one name, and where an offer fails or is none.
        """
        sources = dict(builtin)
        for plugin, offered in self._offers("lts_data_sources"):
            if not (isinstance(offered, Mapping) and all(map(callable, offered.values()))):
                raise _no_offer(plugin, "lts_data_sources", "a mapping of names to functions")
            for name, source in offered.items():
                if name in sources:
                    raise PluginError(f"{plugin} offers a data source '{name}', which exists already.")
                sources[name] = source
        return sources

    def fee_schedules(self) -> dict[str, FeeSchedule]:
        """Return the fee schedules that plugins offer, by name.

        Raises PluginError where two offer one name or one has the name of a built-in schedule, and where an
        offer fails or is none.
        """
        schedules: dict[str, FeeSchedule] = {}
        owners = dict.fromkeys(SCHEDULES, "LTS itself")
        for plugin, offered in self._offers("lts_fee_schedules"):
            if not (
                isinstance(offered, Mapping)
                and all(isinstance(schedule, FeeSchedule) for schedule in offered.values())
            ):
                raise _no_offer(plugin, "lts_fee_schedules", "a mapping of names to fee schedules")
            for name, schedule in offered.items():
                if name in owners:
                    raise PluginError(
                        f"{plugin} and {owners[name]} both offer a fee schedule '{name}'.",
                        "Rename the plugin's, or uninstall its package.",
                    )
                owners[name], schedules[name] = plugin, schedule
        return schedules

    def risk_rules(self) -> list[Rule]:
        """Return the rules that plugins add to the built-in ones.

        Raises PluginError where an offer fails or is none.
        """
        rules: list[Rule] = []
        for plugin, offered in self._offers("lts_risk_rules"):
            found = list(offered) if isinstance(offered, Sequence) else [offered]
            if not all(callable(getattr(rule, "refuses", None)) for rule in found):
                raise _no_offer(plugin, "lts_risk_rules", "a list of rules with a method `refuses`")
            rules.extend(found)
        return rules

    def announce(self, hook: str, **facts: object) -> None:
        """Tell every observer what has happened; one that raises is reported and the next one hears it."""
        for implementation in getattr(self.hooks.hook, hook).get_hookimpls():
            arguments = [facts[name] for name in implementation.argnames]
            try:
                implementation.function(*arguments)
            except (KeyboardInterrupt, GeneratorExit):
                raise
            except BaseException as error:  # noqa: BLE001 - it can stop neither the run nor the others
                self.on_failure(HookFailure(implementation.plugin_name, hook, error))

    def _register(self, plugin: object, name: str) -> None:
        try:
            self.hooks.register(plugin, name)
            self.hooks.check_pending()
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # pluggy looks at every attribute, and a property may raise anything
            if self.hooks.get_plugin(name) is plugin:
                self.hooks.unregister(name=name)
            raise PluginError(
                f"Plugin {name} has a hook that LTS does not know or cannot call: {described(error)}.",
                "`app.ports.hookspecs` lists the hooks and their arguments.",
            ) from error

    def _offers(self, hook: str) -> Iterator[tuple[str, Any]]:
        for implementation in getattr(self.hooks.hook, hook).get_hookimpls():
            try:
                offered = implementation.function()
            except (KeyboardInterrupt, GeneratorExit):
                raise
            except BaseException as error:
                raise PluginError(
                    f"Plugin {implementation.plugin_name} failed in {hook}: {described(error)}.",
                    "Mend or uninstall its package.",
                ) from error
            if offered is not None:
                yield implementation.plugin_name, offered


def _no_offer(plugin: str, hook: str, expected: str) -> PluginError:
    return PluginError(
        f"Plugin {plugin} should return {expected} from {hook}.", "Mend or uninstall its package."
    )
