"""What the README shows is what happens."""

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.acceptance, pytest.mark.requirement("SYS-001")]

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_table_of_the_default_run(lts):
    printed = lts("run").out
    shown = re.search(r"```\n( +Benchmark\n.*?)```", README, re.DOTALL)
    assert shown is not None
    for line in shown.group(1).splitlines():
        assert line.split() in [each.split() for each in printed.splitlines()]


def test_the_strategy_of_the_readme_is_installed_and_chosen_as_it_says(lts):
    source, declared = re.findall(r"```(?:python|toml)\n(.*?)```", README, re.DOTALL)
    name, target = re.search(r"^(\w+) = \"my_package:(\w+)\"", declared, re.MULTILINE).groups()
    lts.install("my_package", source, plugins_strategy=f"{name} = my_package:{target}")
    result = lts("run", "--strategy", name, "--json").json
    assert result["status"] == "completed"
    assert result["fills"] > 100


def test_the_strategy_of_the_plugin_reference_runs(lts):
    reference = Path(__file__).resolve().parents[2] / "docs" / "reference" / "plugins.md"
    (source,) = re.findall(r"```python\n(.*?)```", reference.read_text(encoding="utf-8"), re.DOTALL)
    lts.install("dips", source, plugins_strategy="dip = dips:Dip")
    result = lts("run", "--strategy", "dip", "--json").json
    assert result["status"] == "completed"
    assert result["fills"] > 10
