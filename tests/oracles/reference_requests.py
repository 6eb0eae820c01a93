"""Random order requests near the market: every type, groups, children, brackets, times in force."""

from random import Random

from reference_values import CancelOrder, Command, ReplaceOrder, Submit

from app.domain.bars import Timeframe
from app.domain.intents import OrderType, Side, TimeInForce
from app.domain.orders import OrderRequest

PLAIN = (OrderType.MARKET, OrderType.LIMIT)
ONE_AUCTION = (OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE)
TYPES = (*OrderType, OrderType.MARKET, OrderType.MARKET, OrderType.LIMIT, OrderType.LIMIT, OrderType.STOP)
LOSSES = (OrderType.STOP, OrderType.STOP, OrderType.TRAILING_STOP, OrderType.STOP_LIMIT)
WORKING_TYPES = tuple(kind for kind in TYPES if kind is not OrderType.MARKET)


class RequestMaker:
    """Draws commands, and remembers the requests by number, so that replacements suit their order."""

    def __init__(self, random: Random, timeframe: Timeframe) -> None:
        self.random = random
        self.timeframe = timeframe
        self.requests: list[OrderRequest] = []
        self.children: set[int] = set()
        self.time = 0

    def commands(self, time: int, closes: dict[str, int], *, numbered: bool) -> list[Command]:
        """Draw one step's commands; not `numbered`: it is not known which order has which number."""
        self.time = time
        made: list[Command] = []
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            draw = self.random.randint(0, 9)
            if draw == 0 and self.requests:
                made.append(CancelOrder(self.random.randint(1, len(self.requests))))
            elif draw < 4 and self.requests:
                made.append(self.replacement(numbered))
            elif draw < 6:
                made += self.group(closes)
            else:
                made.append(self.submit(self.request(closes, self.random.choice(list(closes)))))
        return made

    def submit(self, request: OrderRequest) -> Submit:
        """Number a request and its children."""
        self._number(request, child=False)
        return Submit(request)

    def _number(self, request: OrderRequest, *, child: bool) -> None:
        self.requests.append(request)
        if child:
            self.children.add(len(self.requests))
        for each in request.then:
            self._number(each, child=True)

    def group(self, closes: dict[str, int]) -> list[Command]:
        """Draw an OCO of two or three, mostly of one symbol and one side."""
        symbol, side = self.random.choice(list(closes)), self.side()
        if self.random.randint(0, 1):
            legs = self.exits(closes, symbol, side, self.random.randint(1, 12), f"exits {len(self.requests)}")
            return [self.submit(leg) for leg in legs]
        name = f"oco {len(self.requests)}"
        lots = self.random.randint(1, 12)
        made: list[Command] = []
        for _ in range(self.random.choice((2, 2, 3))):
            odd = self.random.randint(0, 5)
            one = self.request(
                closes,
                self.random.choice(list(closes)) if odd == 0 else symbol,
                side=side.opposite if odd == 1 else side,
                lots=self.random.randint(1, 12) if odd == 2 else lots,
                types=WORKING_TYPES,
                group=name,
            )
            made.append(self.submit(one))
        return made

    def request(
        self,
        closes: dict[str, int],
        symbol: str,
        *,
        side: Side | None = None,
        lots: int | None = None,
        types: tuple[OrderType, ...] = TYPES,
        group: str = "",
        reduce_only: bool | None = None,
        depth: int = 0,
        beyond: int = 0,
    ) -> OrderRequest:
        """Draw a request for a symbol near its last close, or `beyond` it: 1 above, -1 below."""
        random = self.random
        kind, side = random.choice(types), side or self.side()
        lots = lots or random.randint(1, 12)
        close = closes[symbol]
        stop = max(1, close + beyond * random.randint(0, 4)) if beyond else self.near(close)
        # A limit near the stop makes the order of trigger and fill matter.
        limit = stop if beyond else self.near(close)
        if kind.needs_stop:
            limit = self.near(stop, 2)
        amount = random.randint(0, 1) == 0
        trails = kind is OrderType.TRAILING_STOP
        force = self.force(kind)
        gtd = force is TimeInForce.GTD
        return OrderRequest(
            symbol=symbol,
            side=side,
            lots=lots,
            type=kind,
            time_in_force=force,
            stop_ticks=stop if kind.needs_stop else None,
            limit_ticks=limit if kind.needs_limit else None,
            trail_ticks=random.randint(1, 5) if trails and amount else None,
            trail_ppm=random.choice((10_000, 99_999, 250_000)) if trails and not amount else None,
            expires_at=self.expiry() if gtd else None,
            group=group,
            reduce_only=random.randint(0, 9) == 0 if reduce_only is None else reduce_only,
            then=self.children_of(closes, symbol, side, lots, depth),
        )

    def children_of(
        self, closes: dict[str, int], symbol: str, side: Side, lots: int, depth: int
    ) -> tuple[OrderRequest, ...]:
        """Draw what waits for an order: mostly nothing, often a bracket, sometimes anything."""
        draw = self.random.randint(0, 9)
        if depth >= 2 or draw < 6 + 2 * depth:
            return ()
        if draw < 9:
            return self.exits(closes, symbol, side.opposite, lots, "bracket")
        group = self.random.choice(("", "children"))
        count = self.random.choice((1, 2))
        return tuple(self.request(closes, symbol, group=group, depth=depth + 1) for _ in range(count))

    def exits(
        self, closes: dict[str, int], symbol: str, side: Side, lots: int, group: str
    ) -> tuple[OrderRequest, ...]:
        """Draw an OCO of a stop and a limit on both sides of the price; the legs of brackets only reduce."""
        gain_side = 1 if side is Side.SELL else -1
        reduce_only = group == "bracket" or self.random.randint(0, 2) == 0
        legs = [
            self.request(
                closes,
                symbol,
                side=side,
                lots=lots,
                types=types,
                group=group,
                reduce_only=reduce_only,
                depth=2,
                beyond=beyond,
            )
            for types, beyond in ((LOSSES, -gain_side), ((OrderType.LIMIT,), gain_side))
        ]
        return tuple(legs if self.random.randint(0, 1) else reversed(legs))

    def replacement(self, numbered: bool) -> ReplaceOrder:
        """Draw a replacement of what its order has; a child's quantity only goes down."""
        number = self.random.randint(1, len(self.requests))
        request = self.requests[number - 1]
        most = request.lots if number in self.children or not numbered else 15
        lots = self.random.randint(1, most) if self.random.randint(0, 1) or not numbered else None
        near = request.stop_ticks or request.limit_ticks or 20
        stop = self.near(near) if numbered and request.type.needs_stop else None
        limit = self.near(near) if numbered and request.type.needs_limit else None
        trail = self.random.randint(1, 5) if numbered and request.trail_ticks else None
        return ReplaceOrder(number, lots, stop, limit, trail)

    def side(self) -> Side:
        """Draw a side, more often to buy."""
        return self.random.choice((Side.BUY, Side.BUY, Side.SELL))

    def near(self, ticks: int, width: int = 5) -> int:
        """Draw a price near another."""
        return max(1, ticks + self.random.randint(-width, width))

    def force(self, kind: OrderType) -> TimeInForce:
        """Draw a time in force that suits the type."""
        if kind in ONE_AUCTION:
            return TimeInForce.DAY
        forces = [TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD]
        if kind in PLAIN:
            forces += [TimeInForce.IOC, TimeInForce.FOK]
        return self.random.choice(forces)

    def expiry(self) -> int:
        """Draw a moment after this step's bar, often in the middle of another."""
        length = self.timeframe.nanoseconds
        part = self.random.choice((0, length // 2, length // 3))
        return self.time + self.random.randint(1, 6) * length + part
