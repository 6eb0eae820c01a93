"""A venue inside the process, for backtests."""

from decimal import Decimal

from pydantic import Field

from app.ports import BpsOfNotional, Broker, Number, Options, VenueModel


class SimulatedOptions(Options):
    """What the venue charges."""

    commission_bps: Number = Field(
        Decimal(10), ge=0, lt=10_000, description="Commission per fill, in basis points of price x quantity."
    )


class Simulated(Broker):
    """Fills at the next open, charges a commission, and settles a cash account."""

    Options = SimulatedOptions
    options: SimulatedOptions

    def simulation(self) -> VenueModel:
        """Return the venue's model."""
        return VenueModel(commission=BpsOfNotional(self.options.commission_bps))
