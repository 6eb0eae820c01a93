"""The reference says exactly what the code has: every reason, hook, method, key and command, and no other."""

import ast
import re
from inspect import getsource, signature
from pathlib import Path

import pytest
import typer.main

from app.cli.main import app
from app.domain.orders import Reason
from app.ports import KINDS, SCHEDULES
from app.ports.hookspecs import SPECS
from app.services.summary import run_summary
from app.settings.model import CoreSettings
from plugins_broker.simulated import SimulatedOptions

pytestmark = pytest.mark.unit

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def first_cells(document: str, heading: str) -> set[str]:
    """Return the words in backquotes of the first column of the table under this header row."""
    text = (REFERENCE / document).read_text(encoding="utf-8")
    table = text.split(heading, 1)[1].split("\n\n", 1)[0]
    first = [row.split("|")[1] for row in table.splitlines() if row.startswith("|")]
    return {word for cell in first for word in re.findall(r"`([^`]+)`", cell)}


def test_the_engine_reference_lists_every_reason_and_no_other():
    documented = first_cells("engine.md", "| denial or cancel reason | meaning |")
    assert documented == {reason.value for reason in Reason if reason.value}


def test_the_plugin_reference_lists_every_hook_and_no_other():
    documented = {cell.split("(")[0] for cell in first_cells("plugins.md", "| hook | kind | means |")}
    assert documented == {name for spec in SPECS for name in vars(spec) if name.startswith("lts_")}


def test_the_fee_reference_lists_every_schedule_with_its_options_and_no_other():
    text = (REFERENCE / "fees.md").read_text(encoding="utf-8")
    table = text.split("| schedule | options | charges |", 1)[1].split("\n\n", 1)[0]
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| `")]
    documented = {name.strip(" `"): re.findall(r"`(\w+)`", options) for name, options in rows}
    assert documented == {name: list(signature(factory).parameters) for name, factory in SCHEDULES.items()}


def test_the_plugin_reference_lists_every_option_of_the_simulated_broker_and_no_other():
    documented = first_cells("plugins.md", "| option | values | default | means |")
    assert documented == set(SimulatedOptions.model_fields)


def test_the_settings_reference_lists_every_key_of_the_core_and_no_other():
    documented = first_cells("settings.md", "| key | type | default | meaning |")
    sections = {name: field.annotation for name, field in CoreSettings.model_fields.items()}
    keys = {
        f"{name}.{key}" for name, section in sections.items() for key in getattr(section, "model_fields", {})
    }
    assert documented == keys | {"environment"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_plugin_reference_lists_the_methods_that_a_kind_must_have(kind):
    text = (REFERENCE / "plugins.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| {kind} |"))
    required = row.split("|")[4].split(";")[0]
    assert set(re.findall(r"`(\w+)`", required)) == set(KINDS[kind].__abstractmethods__)


def test_the_command_line_reference_lists_the_keys_of_a_run_as_json():
    documented = first_cells("command-line.md", "| key | meaning |")
    returned = [node for node in ast.walk(ast.parse(getsource(run_summary))) if isinstance(node, ast.Dict)]
    assert documented == {key.value for key in returned[0].keys}


def test_the_command_line_reference_lists_every_command():
    text = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        assert f"`lts {name}" in text
        for sub in getattr(command, "commands", {}):
            assert re.search(rf"`(lts {name} )?{sub}[` ]", text), f"lts {name} {sub}"
