"""A venue inside the process, for backtests."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from app.ports import (
    SCHEDULES,
    Account,
    AccountKind,
    BpsOfNotional,
    Broker,
    FeeModel,
    Intrabar,
    LimitFill,
    LtsError,
    Number,
    Options,
    Slippage,
    SlippageModel,
    VenueModel,
    fee_schedule,
)

DEFAULT_SIZES: Mapping[str, Decimal] = {"none": Decimal(0), "volume_share": Decimal("0.1")}
_LARGEST_SIZE = 10_000


class SimulatedOptions(Options):
    """What the venue charges, fills and lends."""

    commission_bps: Number = Field(
        Decimal(10),
        ge=0,
        lt=10_000,
        description="Commission per order, in basis points of price x quantity; used where `fees` is empty.",
    )
    fees: str = Field("", description="The fee schedule by name, like ibkr_us_fixed; empty: commission_bps.")
    fee_options: dict[str, bool | Number | None] = Field(
        {}, description="The options of the fee schedule, by name."
    )
    limit_fill: Literal["through", "touch"] = Field(
        "through", description="How far the market must come for a resting limit order."
    )
    intrabar: Literal["worst", "best", "nearer_first", "ohlc", "finer_bars"] = Field(
        "worst", description="Which exit comes first where one bar reaches several of a group."
    )
    max_volume_share: Number | None = Field(
        None, gt=0, le=1, description="The share of a bar's volume that orders get at most; null: no bound."
    )
    slippage: Literal["none", "fixed_bps", "fixed_ticks", "volume_share", "square_root"] = Field(
        "none", description="How the price of an order that takes liquidity moves against it."
    )
    slippage_size: Number | None = Field(
        None,
        ge=0,
        le=_LARGEST_SIZE,
        description="Basis points, ticks, the k of volume_share (0.1 if null) or the Y of square_root.",
    )
    account: Literal["cash", "reg_t", "leverage"] = Field("cash", description="What the account may owe.")
    leverage: Number | None = Field(
        None, ge=1, le=1000, description="The most exposure per equity, for account = leverage (2 if null)."
    )
    borrow_rate: Number = Field(
        Decimal(0), ge=0, le=10, description="Paid on short positions, a year: 0.05 is 5 %."
    )
    debit_rate: Number = Field(Decimal(0), ge=0, le=10, description="Paid on negative cash, a year.")
    credit_rate: Number = Field(Decimal(0), ge=0, le=10, description="Received on positive cash, a year.")

    @model_validator(mode="after")
    def _fit_together(self) -> "SimulatedOptions":
        if self.fee_options and not self.fees:
            raise ValueError("fee_options are those of a fee schedule: name one with `fees`")
        if self.leverage is not None and self.account != "leverage":
            raise ValueError(f"leverage is for account = leverage, and account is {self.account}")
        if self.slippage_size is None and self.slippage not in DEFAULT_SIZES:
            raise ValueError(f"slippage = {self.slippage} needs slippage_size")
        if self.slippage_size is not None and self.slippage == "none":
            raise ValueError("slippage_size is the size of a slippage model: name one with `slippage`")
        if self.fees in SCHEDULES:  # the others are known when plugins have offered theirs
            try:
                fee_schedule(self.fees, self.fee_options, {})
            except LtsError as error:
                raise ValueError(f"{error.problem} {error.remedy}") from error
        return self


class Simulated(Broker):
    """Fills orders by bars, charges fees and interest, and settles a cash or a margin account."""

    Options = SimulatedOptions
    options: SimulatedOptions

    def simulation(self) -> VenueModel:
        """Return the venue's model. Raises ConfigurationError for a fee schedule that nobody offers."""
        options = self.options
        size = options.slippage_size
        return VenueModel(
            commission=self._commission(),
            limit_fill=LimitFill(options.limit_fill),
            intrabar=Intrabar(options.intrabar),
            max_volume_share=options.max_volume_share,
            slippage=Slippage(
                SlippageModel(options.slippage),
                DEFAULT_SIZES[options.slippage] if size is None else size,
            ),
            account=Account(
                AccountKind(options.account),
                leverage=Decimal(2) if options.leverage is None else options.leverage,
                borrow_rate=options.borrow_rate,
                debit_rate=options.debit_rate,
                credit_rate=options.credit_rate,
            ),
        )

    def _commission(self) -> FeeModel:
        if not self.options.fees:
            return BpsOfNotional(self.options.commission_bps)
        return fee_schedule(self.options.fees, self.options.fee_options, self.schedules)
