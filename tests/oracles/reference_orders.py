"""The order desk of the reference venue: numbers, groups, parents, cancels and replacements."""

from collections.abc import Mapping

from reference_values import ReplaceOrder, WorkingOrder

from app.domain.orders import OrderRequest, OrderStatus, Reason

EVERYTHING = 10**30  # released: a child whose parent has ended is an order like others


class OrderDesk:
    """All orders ever made, in the order of their numbers."""

    def __init__(self) -> None:
        self.orders: list[WorkingOrder] = []

    def working(self) -> list[WorkingOrder]:
        """Return the open orders in the order of their sequence."""
        return [order for order in self.orders if order.is_open]

    def submit(
        self,
        request: OrderRequest,
        eligible_from: int,
        marks: Mapping[str, int],
        parent: WorkingOrder | None = None,
    ) -> WorkingOrder:
        """Make an order and, after it, its children; siblings of one group are an OCO."""
        order = WorkingOrder(len(self.orders) + 1, request, eligible_from)
        self.orders.append(order)
        order.parent = parent
        order.activated = parent is None
        if parent is None:
            order.watermark = marks.get(request.symbol)
        groups: dict[str, list[WorkingOrder]] = {}
        for each in request.then:
            child = self.submit(each, eligible_from, marks, order)
            order.children.append(child)
            self.join(child, each.group, groups)
        return order

    def join(self, order: WorkingOrder, name: str, groups: dict[str, list[WorkingOrder]]) -> None:
        """Put an order into the group of its batch (of its siblings) that has this name."""
        if name:
            order.group = groups.setdefault(name, [])
            order.group.append(order)

    def end(self, order: WorkingOrder) -> None:
        """Cut the children of an ended order to what it filled; a child of nothing is canceled."""
        for child in order.children:
            if child.is_open:
                child.lots = min(child.lots, child.released)
                if not child.late:
                    child.released = EVERYTHING
                if child.lots <= child.filled:
                    self.cancel(child, Reason.PARENT_CLOSED)

    def cancel(self, order: WorkingOrder, reason: Reason) -> None:
        """Cancel an open order."""
        order.status, order.reason = OrderStatus.CANCELED, reason
        self.end(order)

    def expire(self, order: WorkingOrder) -> None:
        """Expire an open order."""
        order.status, order.reason = OrderStatus.EXPIRED, Reason.TIME_IN_FORCE
        self.end(order)

    def take_off_mates(self, order: WorkingOrder, lots: int) -> None:
        """Take what one member of an OCO filled off every other; one with nothing left is canceled."""
        for mate in order.mates:
            mate.lots -= lots
            mate.released = max(0, mate.released - lots)
            if mate.lots <= mate.filled:
                self.cancel(mate, Reason.GROUP_DONE)

    def active_reducers(self, symbol: str) -> list[WorkingOrder]:
        """Return the reduce-only orders of a symbol that are active."""
        return [
            order
            for order in self.working()
            if order.symbol == symbol and order.reduce_only and order.activated
        ]

    def close_reducers(self, reducers: list[WorkingOrder]) -> None:
        """Cancel these reduce-only orders: their position has become zero or changed sides."""
        for order in reducers:
            if order.is_open:
                self.cancel(order, Reason.POSITION_CLOSED)

    def cancel_for_margin(self) -> None:
        """Cancel every working order that is not reduce-only."""
        canceled = [order for order in self.working() if not order.reduce_only]
        for order in canceled:
            order.status, order.reason = OrderStatus.CANCELED, Reason.MARGIN_CALL
        for order in canceled:
            self.end(order)

    def cancel_by_number(self, number: int) -> None:
        """Cancel a working order by hand; its mates stay, its children end with it."""
        order = self.find(number)
        if order is not None:
            self.cancel(order, Reason.CANCELED_BY_STRATEGY)

    def replace(self, command: ReplaceOrder, eligible_from: int) -> None:
        """Change a working order in place; what has triggered has no stop left to change."""
        order = self.find(command.number)
        if order is None:
            return
        order.eligible_from = max(order.eligible_from, eligible_from)
        if command.limit_ticks is not None:
            order.limit = command.limit_ticks
        if command.stop_ticks is not None and not order.triggered:
            order.stop = command.stop_ticks
        if command.trail_ticks is not None and not order.triggered:
            order.trail = command.trail_ticks
        if command.lots is not None:
            self.resize(order, command.lots)

    def resize(self, order: WorkingOrder, lots: int) -> None:
        """Change the whole quantity; at or below what has been filled it ends the order."""
        if lots <= order.filled:
            self.cancel(order, Reason.REPLACED_BELOW_FILLED)
            return
        order.lots = lots

    def find(self, number: int) -> WorkingOrder | None:
        """Return the open order with that number."""
        found = [order for order in self.working() if order.number == number]
        return found[0] if found else None
