"""Programs of orders at every speed; the oracle's generator, without the oracle, makes them."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[3] / "oracles"), str(Path(__file__).parent)]
