"""Every indicator that comes with the program."""

from app.indicators.averages import DEMA, EMA, HMA, KAMA, TEMA, WMA
from app.indicators.base import Indicator
from app.indicators.momentum import MACD, ROC, RSI, TRIX, Momentum
from app.indicators.oscillators import CCI, Stochastic, StochasticK, WilliamsR
from app.indicators.prices import TypicalPrice
from app.indicators.sma import SMA
from app.indicators.statistics import Beta, Correlation, LinearRegression, StandardDeviation, ZScore
from app.indicators.stops import ParabolicSAR, Supertrend
from app.indicators.trend import ADX, Aroon, Ichimoku
from app.indicators.volatility import (
    ATR,
    NATR,
    BollingerBands,
    DonchianChannels,
    KeltnerChannels,
    TrueRange,
)
from app.indicators.volume import (
    MFI,
    OBV,
    VWAP,
    AccumulationDistribution,
    ChaikinOscillator,
    ForceIndex,
    SessionVWAP,
)

INDICATORS: tuple[type[Indicator], ...] = (
    *(SMA, EMA, WMA, DEMA, TEMA, HMA, KAMA),
    *(Momentum, ROC, TRIX, RSI, MACD),
    *(StochasticK, Stochastic, WilliamsR, CCI),
    *(TrueRange, ATR, NATR, BollingerBands, KeltnerChannels, DonchianChannels),
    *(ADX, Aroon, Ichimoku),
    *(ParabolicSAR, Supertrend),
    *(TypicalPrice, OBV, MFI, VWAP, SessionVWAP, AccumulationDistribution, ChaikinOscillator, ForceIndex),
    *(StandardDeviation, ZScore, LinearRegression, Correlation, Beta),
)
