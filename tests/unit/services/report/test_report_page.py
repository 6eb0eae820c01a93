"""The report's page: complete, safe against hostile text, and closed to the network."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bars import Timeframe
from app.domain.fills import Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.orders import Order, OrderStatus, Reason
from app.domain.positions import Position
from app.engine.columns import MarketData
from app.engine.venue import Intrabar
from app.ports.run import RunResult
from app.services._report.page import render, script_safe
from app.services.ambiguity import Bound, Bounds
from app.services.report import PluginRow, ReportHeader, SettingRow

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-018")]

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}"


class Page(HTMLParser):
    """The elements, scripts and visible text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self._inside == "script" else self.texts).append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def figures(self) -> dict[str, dict[str, list[dict[str, object]]]]:
        figures: dict[str, dict[str, list[dict[str, object]]]] = json.loads(self.scripts[0])
        return figures


def test_the_key_figures_stand_in_the_page(result: RunResult, header: ReportHeader) -> None:
    text = Page(render(result, header)).text
    assert "Total return -4.48 % Benchmark 18.12 %" in text
    assert "Final equity 95,523.72 USD Benchmark 118,117.84" in text
    assert "Fees 3.00 USD" in text
    assert "2000-02-13 to 2000-05-12" in text


def test_the_page_tells_what_is_needed_to_repeat_the_run(result: RunResult, header: ReportHeader) -> None:
    text = Page(render(result, header)).text
    for fact in (
        result.state_hash,
        header.data_hash,
        header.run_id,
        "strategy sma_cross 0.1.0",
        "broker.simulated.commission_bps 10 file mine.toml",
        "AAA: one row was repaired.",
    ):
        assert fact in text


def test_the_header_does_not_say_the_strategy_and_the_symbols_twice(
    result: RunResult, header: ReportHeader
) -> None:
    text = Page(render(result, header)).text
    assert "sma_cross on AAA completed 2000-02-13 to 2000-05-12 90 bars" in text
    other = Page(render(result, replace(header, title="My run"))).text
    assert "My run completed 2000-02-13 to 2000-05-12 sma_cross AAA 90 bars" in other


def test_trades_positions_and_unfilled_orders_are_listed(result: RunResult, header: ReportHeader) -> None:
    text = Page(render(result, header)).text
    assert "AAA long 20 2000-02-13 2000-03-24 50.00 55.00 2.10 97.90 9.79 % 0.00 % 10.00 %" in text
    assert "Open positions 1" in text
    assert "AAA 4 190.00 50.00 200.00 10.00" in text
    assert "denied insufficient cash AAA 2" in text
    assert "canceled end of data AAA 1" in text


def test_each_symbols_part_of_the_profit_is_told(result: RunResult, header: ReportHeader) -> None:
    text = Page(render(result, header)).text
    assert "AAA 0.00 10.00 0.00 0.00 10.00 100.0 %" in text
    assert "less fees: 10.00 USD in all." in text


def test_the_page_says_how_much_faster_than_the_market_the_run_was(
    result: RunResult, header: ReportHeader
) -> None:
    assert "Speed 30,800,000 x real time" in Page(render(result, header)).text
    assert "real time" not in Page(render(replace(result, seconds=0.0), header)).text


def test_every_figure_has_one_place_and_every_place_a_figure(result: RunResult, header: ReportHeader) -> None:
    page = Page(render(result, header))
    places = [attributes["data-figure"] for _, attributes in page.elements if "data-figure" in attributes]
    assert sorted(places) == sorted(page.figures)
    assert set(places) == {"equity", "exposure", "attribution", "mae", "mfe", "price-0"}


def test_a_run_of_more_than_a_year_of_samples_has_a_rolling_sharpe_ratio(
    result: RunResult, header: ReportHeader, market: MarketData
) -> None:
    weekly = replace(market.series["AAA"], timeframe=Timeframe.W1)
    page = Page(render(result, replace(header, market=MarketData({"AAA": weekly}))))
    assert "Rolling Sharpe ratio, 52 samples" in page.text
    assert len(page.figures["sharpe"]["data"]) == 2


def test_without_prices_there_are_no_excursions(result: RunResult, header: ReportHeader) -> None:
    page = Page(render(result, replace(header, market=None)))
    assert "MAE" not in {text.strip() for text in page.texts}
    assert set(page.figures) == {"equity", "exposure", "attribution"}


def test_a_run_with_ambiguous_fills_shows_its_bounds_and_marks_the_trades(
    result: RunResult, header: ReportHeader
) -> None:
    own = Bound(Intrabar.WORST, 95_523_72, -0.0448, -0.36, -0.18)
    best = Bound(Intrabar.BEST, 96_000_00, -0.04, -0.3, -0.17)
    fills = [result.fills[0], replace(result.fills[1], flags=1)]
    ambiguous = replace(result, fills=fills, ambiguous=1)
    text = Page(render(ambiguous, replace(header, bounds=Bounds(own, own, best)))).text
    assert "Ambiguous fills 1" in text
    assert "worst (this run) 95,523.72 -4.48 % -0.36 -18.00 %" in text
    assert "best 96,000.00 -4.00 % -0.30 -17.00 %" in text
    assert "MAE MFE Ambiguous" in text
    assert "Ambiguous" not in Page(render(result, header)).text


def test_a_finished_run_has_no_warning_and_an_interrupted_one_says_so(
    result: RunResult, empty_result: RunResult, header: ReportHeader
) -> None:
    assert "as far as it went" not in Page(render(result, header)).text
    assert "This run was interrupted" in Page(render(empty_result, header)).text


def test_a_run_without_a_sample_still_makes_a_page(empty_result: RunResult, header: ReportHeader) -> None:
    page = Page(render(empty_result, replace(header, market=None)))
    assert "Total return n/a" in page.text
    assert "ended before the first sample" in page.text
    assert page.figures == {}


def test_the_policy_forbids_the_network_and_scripts_without_the_nonce(
    result: RunResult, header: ReportHeader
) -> None:
    page = Page(render(result, header))
    (policy,) = [
        attributes["content"] or ""
        for _, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    nonce = re.search(r"script-src 'nonce-([\w-]{20,})';", policy)
    assert nonce is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe-eval" not in policy
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert scripts[0] == {"type": "application/json", "id": "figures"}
    assert all(attributes["nonce"] == nonce[1] for attributes in scripts[1:])


def test_each_page_has_a_nonce_of_its_own(result: RunResult, header: ReportHeader) -> None:
    first, second = (re.search(r"'nonce-([^']+)'", render(result, header)) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[1] != second[1]


def test_the_page_names_no_address_and_loads_only_the_script_beside_it(
    result: RunResult, header: ReportHeader
) -> None:
    source = render(result, header)
    assert "://" not in source
    loaded = [
        value
        for _, attributes in Page(source).elements
        for name, value in attributes.items()
        if name in {"src", "href", "action", "data"}
    ]
    assert loaded == ["plotly.min.js"]


def test_charts_cannot_be_uploaded_from_the_page(result: RunResult, header: ReportHeader) -> None:
    source = render(result, header)
    assert "showSendToCloud: false" in source
    assert 'plotlyServerURL: ""' in source


@pytest.fixture
def hostile(
    result: RunResult, market: MarketData, trade: Trade, order: Callable[..., Order]
) -> tuple[RunResult, ReportHeader]:
    """The run with hostile text wherever text comes from outside."""
    instrument = Instrument(HOSTILE)
    denied = order(OrderStatus.DENIED, Reason.INSUFFICIENT_CASH, tag=HOSTILE)
    request = replace(denied.request, symbol=HOSTILE)
    series = replace(market.series["AAA"], instrument=instrument)
    return (
        replace(
            result,
            orders=[replace(denied, instrument=instrument, request=request)],
            fills=[replace(result.fills[0], instrument=instrument)],
            trades=[replace(trade, instrument=instrument)],
            positions=[Position(instrument, lots=1, cost=1)],
            benchmark_name=HOSTILE,
            state_hash=HOSTILE,
            notices=[HOSTILE],
        ),
        ReportHeader(
            run_id=HOSTILE,
            title=HOSTILE,
            strategy=HOSTILE,
            symbols=(HOSTILE,),
            settings=[SettingRow(HOSTILE, HOSTILE, HOSTILE)],
            plugins=[PluginRow(HOSTILE, HOSTILE, HOSTILE)],
            data_hash=HOSTILE,
            market=MarketData({HOSTILE: series}),
            bounds=Bounds(Bound(Intrabar.WORST, 1, None, None, None), problem=HOSTILE),
        ),
    )


def test_hostile_text_makes_no_element_and_no_script(
    result: RunResult, header: ReportHeader, hostile: tuple[RunResult, ReportHeader]
) -> None:
    page = Page(render(*hostile))
    bound = Bound(Intrabar.WORST, 1, None, None, None)
    plain = Page(render(result, replace(header, bounds=Bounds(bound, bound, bound, problem="Why."))))
    assert [tag for tag, _ in page.elements].count("script") == 3
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in plain.elements}
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.text.count(HOSTILE) >= 15


def test_hostile_names_reach_plotly_without_markup(hostile: tuple[RunResult, ReportHeader]) -> None:
    figures = Page(render(*hostile)).figures
    assert "<" not in str(figures["equity"]["data"][0]["name"])
    assert "alert(1)" in str(figures["equity"]["data"][0]["name"])
    assert HOSTILE not in json.dumps(figures)


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_in_a_script_element_is_the_same_json_and_ends_no_element(value: object) -> None:
    text = script_safe(value)
    assert json.loads(text) == value
    assert not set("<>&") & set(text)


def test_only_the_symbols_with_the_most_fills_get_a_chart(
    result: RunResult,
    header: ReportHeader,
    market: MarketData,
    fill: Callable[[Side, int, int], Fill],
) -> None:
    names = [f"S{number:02}" for number in range(20)]
    series = {name: replace(market.series["AAA"], instrument=Instrument(name)) for name in names}
    fills = [
        replace(fill(Side.BUY, 10, 10_000), instrument=Instrument(name))
        for name in names[8:]
        for _ in range(2)
    ]
    page = Page(
        render(replace(result, fills=fills), replace(header, symbols=names, market=MarketData(series)))
    )
    assert "The 12 of 20 symbols with the most fills." in page.text
    assert [name for name in names if f" {name} " in page.text][-12:] == names[8:]
    assert sum(name.startswith("price-") for name in page.figures) == 12
    assert "and 12 more" in page.text


def test_a_benchmark_that_ends_earlier_is_left_out_of_the_chart(
    result: RunResult, header: ReportHeader
) -> None:
    page = Page(render(replace(result, benchmark=np.empty(0, np.float64)), header))
    assert [trace["name"] for trace in page.figures["equity"]["data"]] == ["Equity", "Drawdown"]
