"""What a strategy sees: reused, read-only views of the bars up to now, adjusted to the current share."""

from app.engine.views.bar_view import BarView, HigherBarView
from app.engine.views.bars import Bars
from app.engine.views.view import View

__all__ = ["BarView", "Bars", "HigherBarView", "View"]
