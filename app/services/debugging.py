"""What plugins say about themselves, in a form that can be stored and shown."""

import json
from typing import Any

from app.ports import PluginBase
from app.security.redaction import redacted


def debug_variables(plugin: PluginBase) -> dict[str, Any]:
    """Return the plugin's debug variables in JSON's types, secrets masked.

    What JSON does not know is written as text. A plugin that raises gives {"error": the reason}, because
    debugging it must not cost the run.
    """
    try:
        variables: dict[str, Any] = {}
        plugin.add_debug_info(variables)
        # NaN and the infinities are no JSON, so they are read back as text.
        plain = json.loads(json.dumps(variables, default=str), parse_constant=str)
    except Exception as error:  # noqa: BLE001 - whatever a plugin does here, its run goes on
        return {"error": f"{type(error).__name__}: {error}"}
    shown: dict[str, Any] = redacted(plain)
    return shown
