"""Act on predictions that come with the data, where they are confident and large beside their uncertainty."""

from collections.abc import Sequence
from math import isinf, isnan

import msgspec
from pydantic import Field

from app.ports import Bars, BarView, BookView, InputError, Intent, Options, Strategy, Target


class PredictionOptions(Options):
    """Where the predictions are, and which of them count."""

    column: str = Field(
        "prediction",
        min_length=1,
        description="The data column with the expected return, a fraction: 0.02 is 2 %.",
    )
    confidence: str = Field(
        "confidence",
        description="The column with the probability, 0 to 1, that its sign is right; empty: always 1.",
    )
    uncertainty: str = Field(
        "uncertainty",
        description="The column with its standard deviation, a fraction as well; empty: always 0.",
    )
    threshold: float = Field(
        0.0,
        ge=0,
        allow_inf_nan=False,
        description="Act on expected returns larger than this: the costs, say.",
    )
    min_confidence: float = Field(0.5, ge=0, le=1, description="Act on predictions at least this confident.")
    uncertainties: float = Field(
        1.0,
        ge=0,
        allow_inf_nan=False,
        description="Act on expected returns larger than this many of their standard deviations.",
    )
    sized: bool = Field(True, description="A signal as large as the confidence; without it, a full one.")
    step: float = Field(
        0.25, gt=0, le=1, description="Signals are rounded to multiples of this, so that few changes trade."
    )
    holds: int = Field(1, ge=1, description="Bars for which a prediction stands where no newer one comes.")
    allow_short: bool = Field(
        False, description="Sell short on negative ones; a cash account denies it (short_sale_not_allowed)."
    )


def decide_on(prediction: float, confidence: float, uncertainty: float, options: PredictionOptions) -> float:
    """Return the signal, -1 to 1, that a prediction is worth; NaN in any of the three is worth 0.

    Raises InputError for a confidence outside 0 to 1, a negative uncertainty or an infinite prediction.
    """
    _check(prediction, confidence, uncertainty)
    size = abs(prediction)
    certain = confidence >= options.min_confidence
    if not (certain and size > options.threshold and size > options.uncertainties * uncertainty):
        return 0.0
    if prediction < 0 and not options.allow_short:
        return 0.0
    signal = confidence if options.sized else 1.0
    signal = min(round(signal / options.step) * options.step, 1.0)
    return -signal if prediction < 0 and signal else signal


def _check(prediction: float, confidence: float, uncertainty: float) -> None:
    problem = ""
    if isinf(prediction):
        problem = f"A prediction is {prediction}; it must be a fraction like 0.02, or missing."
    elif confidence < 0 or confidence > 1:
        problem = f"A confidence is {confidence:g}; it must be from 0 to 1."
    elif uncertainty < 0:
        problem = f"An uncertainty is {uncertainty:g}; it must be a standard deviation, not negative."
    if problem:
        raise InputError(problem, "Correct the column of the data.")


class PredictionState(msgspec.Struct):
    """Each symbol's present signal, and how many bars ago the prediction came that it stands on."""

    signal: dict[str, float] = {}
    age: dict[str, int] = {}


class Prediction(Strategy):
    """A model's opinion turned into positions, for each symbol by itself; the model runs elsewhere.

    A bar without a prediction keeps the signal until the last one is `holds` bars old; then it is flat.
    Raises PluginError where the data have no such columns, and InputError for values without a meaning.
    Source: M. Lopez de Prado, "Advances in Financial Machine Learning" (2018), chapter 10, for sizes that
    grow with confidence and are rounded to steps.
    """

    Options = PredictionOptions
    State = PredictionState
    plugin_debug_vars = ("signal",)
    options: PredictionOptions
    state: PredictionState

    @property
    def signal(self) -> dict[str, float]:
        """Return the present signal of each symbol that has had a bar."""
        return self.state.signal

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return a target for each symbol whose prediction is worth another signal than before."""
        intents: list[Intent] = []
        for symbol in bars.updated:
            before = self.state.signal.get(symbol, 0.0)
            signal, tag = self._signal(bars[symbol], before)
            self.state.signal[symbol] = signal
            if signal != before:
                intents.append(Target(symbol, signal=signal, tag=tag))
        return intents

    def _signal(self, bar: BarView, before: float) -> tuple[float, str]:
        options, ages = self.options, self.state.age
        prediction = bar.value(options.column)
        confidence = bar.value(options.confidence) if options.confidence else 1.0
        uncertainty = bar.value(options.uncertainty) if options.uncertainty else 0.0
        if not isnan(prediction):
            ages[bar.symbol] = 0
            return decide_on(prediction, confidence, uncertainty, options), f"predicted {prediction:+.4g}"
        ages[bar.symbol] = ages.get(bar.symbol, 0) + 1
        return (before if ages[bar.symbol] < options.holds else 0.0), "prediction ran out"
