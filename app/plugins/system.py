"""The six plugins that the settings choose, built."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from app.plugins.catalogue import Catalogue, versions
from app.plugins.host import HookFailure, PluginHost
from app.ports import (
    AAA,
    KINDS,
    Broker,
    Core,
    Options,
    Pipeline,
    PluginBase,
    Portfolio,
    PortfolioOptions,
    Strategy,
    described,
)
from app.settings.masking import masked
from app.settings.settings import Settings


@dataclass(frozen=True)
class System:
    """Settings and the plugins that they choose; each kind is an attribute of its own type."""

    settings: Settings
    host: PluginHost
    plugins: dict[str, PluginBase]

    @classmethod
    def build(
        cls, settings: Settings, catalogue: Catalogue, on_failure: Callable[[HookFailure], None]
    ) -> "System":
        """Return the chosen plugins, built. Raises PluginError where one cannot be, and as the host does."""
        host = PluginHost(catalogue, on_failure)
        plugins = {
            kind: host.build(kind, settings.chosen[kind], cast("Options", settings.options(kind)))
            for kind in KINDS
        }
        system = cls(settings, host, plugins)
        system.broker.keep_schedules(host.fee_schedules())
        return system

    @property
    def aaa(self) -> AAA:
        """Return who knows the users."""
        return cast("AAA", self.plugins["aaa"])

    @property
    def core(self) -> Core:
        """Return what hosts the process."""
        return cast("Core", self.plugins["core"])

    @property
    def pipeline(self) -> Pipeline:
        """Return what carries a run through."""
        return cast("Pipeline", self.plugins["pipeline"])

    @property
    def strategy(self) -> Strategy:
        """Return what decides."""
        return cast("Strategy", self.plugins["strategy"])

    @property
    def portfolio(self) -> Portfolio:
        """Return what sizes."""
        return cast("Portfolio", self.plugins["portfolio"])

    @property
    def broker(self) -> Broker:
        """Return what reaches the venue."""
        return cast("Broker", self.plugins["broker"])

    @property
    def money(self) -> PortfolioOptions:
        """Return the options that every portfolio plugin has: capital and currency."""
        return cast("PortfolioOptions", self.settings.options("portfolio"))

    @property
    def packages(self) -> dict[str, str]:
        """Return each chosen plugin's distribution and version, by 'kind/name'."""
        return versions(self.host.catalogue, self.settings.chosen)

    def debug(self) -> dict[str, dict[str, Any]]:
        """Return each plugin's package, options (secrets masked) and debug variables, by kind."""
        packages = self.packages
        info = {}
        for kind, name in self.settings.chosen.items():
            info[kind] = {
                "plugin": name,
                "package": packages[f"{kind}/{name}"],
                "params": self.settings.masked_options(kind),
                "debug": _debug_variables(self.plugins[kind], self.settings),
            }
        return info


def _debug_variables(plugin: PluginBase, settings: Settings) -> object:
    """Return the debug variables in JSON's types, what JSON does not know as text; or why there are none."""
    variables: dict[str, Any] = {}
    try:
        plugin.add_debug_info(variables)
        return masked(variables, secret=False)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a plugin does here must not cost its run
        return {"error": settings.scrubbed(described(error))}
