"""The DATABASE layer of the settings, as the interfaces have set it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.persistence.tables.configuration import ConfigurationEntry


def stored(session: Session) -> dict[str, Any]:
    """Return the stored values by dotted key."""
    rows = session.execute(
        select(ConfigurationEntry.key, ConfigurationEntry.value).order_by(ConfigurationEntry.key)
    )
    return {row.key: row.value for row in rows}
