"""What the shipped sample's files are called and how a bar lies in them."""

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
BARS_FILE = "daily.npy"
ACTIONS_FILE = "corporate_actions.csv"

SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT")
PRICE_DECIMALS = 4
RECORD = np.dtype(
    [
        ("symbol", "S4"),
        ("day", "<u2"),  # days since 1970-01-01
        ("open", "<i4"),  # prices in 0.0001 dollars
        ("high", "<i4"),
        ("low", "<i4"),
        ("close", "<i4"),
        ("volume", "<i4"),  # shares
    ]
)
