"""Settings files are TOML or JSON of bounded size, and every fault in one names the file and the line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.settings.collection import collect
from app.settings.documents import MAX_BYTES, read_document
from app.settings.errors import SettingsError
from app.settings.resolution import resolve

pytestmark = [
    pytest.mark.integration,
    pytest.mark.requirement("SYS-005"),
    pytest.mark.requirement("STC-004"),
    pytest.mark.requirement("SYS-018"),
]

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_toml_and_json_say_the_same(write: Write) -> None:
    toml = write("a.toml", '[data]\nsymbols = ["A"]\nstart = "2005-01-01"\n')
    same = write("a.JSON", '{"data": {"symbols": ["A"], "start": "2005-01-01"}}')
    assert read_document(toml) == read_document(same)


def test_a_byte_order_mark_and_an_empty_file_are_fine(write: Write) -> None:
    assert read_document(write("a.toml", b"\xef\xbb\xbf[run]\r\nseed = 2\r\n")) == {"run": {"seed": 2}}
    assert read_document(write("b.json", b'\xef\xbb\xbf{"run": {"seed": 2}}')) == {"run": {"seed": 2}}
    assert read_document(write("c.toml", "")) == {}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.toml", "[run]\nseed = \n", "line 2"),
        ("a.toml", "[run]\nseed = [1,\n", "line 3, the end"),
        ("a.toml", "[run]\nseed = 1\nseed = 2\n", "line 3"),
        ("a.toml", "[run]\nseed = nan\n", "run.seed is not a finite number"),
        ("a.toml", "[run]\nseed = [inf]\n", "run.seed is not a finite number"),
        ("a.toml", f"[run]\nseed = 0x{'f' * 300}\n", "run.seed is not a finite number of reasonable size"),
        ("a.toml", f"[run]\nseed = {'9' * 5000}\n", "cannot be read as settings"),
        ("a.toml", f"x = {'[' * 100_000}", "nested more than 16 deep"),
        ("a.toml", f"\nx{'.x' * 200_000} = 1", "a key of more than 32 parts (at line 2)"),
        ("a.toml", f"x{'.x' * 20} = 1", "nested more than 16 deep"),
        ("a.toml", "x = {" + '"x" . ' * 170_000 + "x = 1}", "a key of more than 32 parts (at line 1)"),
        ("a.toml", b"[run]\nseed = \xff\n", "is not UTF-8 text (at line 2)"),
        ("a.toml", "[run]\nseed = 1\n".encode("utf-16"), "is not UTF-8 text (at line 1)"),
        ("a.json", '{"run":\n {"seed": }}', "line 2, column 11"),
        ("a.json", "", "line 1"),
        ("a.json", '{"run": {"seed": 1, "seed": 2}}', "the key 'seed' appears twice"),
        ("a.json", '{"run": {"seed": NaN}}', "NaN is not a number"),
        ("a.json", '{"run": {"seed": -Infinity}}', "-Infinity is not a number"),
        ("a.json", '{"run": {"seed": 1e999}}', "run.seed is not a finite number"),
        ("a.json", "[1]", "is not a table of settings"),
        ("a.json", "[" * 100_000, "nested more than 16 deep"),
        ("a.json", '{"x": ' * 20 + "1" + "}" * 20, "nested more than 16 deep"),
        ("a.toml", b"#" * (MAX_BYTES + 1), "is larger than 1 MiB"),
        ("a.yaml", "run: 1", "is neither TOML nor JSON"),
        ("settings", "", "is neither TOML nor JSON"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_faulty_file_is_refused(write: Write, name: str, content: str | bytes, problem: str) -> None:
    path = write(name, content)
    with pytest.raises(SettingsError) as caught:
        read_document(path)
    assert problem in caught.value.problem
    assert name in caught.value.problem
    assert caught.value.remedy


def test_a_file_of_exactly_the_limit_is_read(write: Write) -> None:
    assert read_document(write("a.toml", b"#" * MAX_BYTES)) == {}


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"missing\.toml does not exist"):
        read_document(tmp_path / "missing.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(SettingsError, match=r"folder\.toml cannot be read"):
        read_document(tmp_path / "folder.toml")
    with pytest.raises(SettingsError, match=r"toml cannot be read"):
        read_document(tmp_path / "nul\0.toml")


def test_the_file_of_the_environment_is_the_lowest(write: Write, options_of: Any) -> None:
    lowest = write("testing.toml", 'environment = "testing"\n[run]\nseed = 2\nbenchmark = "IBM"\n')
    mine = write("mine.toml", "[run]\nseed = 3\n")
    asked = []

    def locate(environment: str) -> Path:
        asked.append(environment)
        return lowest

    collected = collect(files=[mine], environ={"LTS__ENVIRONMENT": "testing"}, environment_file=locate)
    settings = resolve(collected, options_of)
    assert asked == ["testing"]
    assert settings.core.environment == "testing"
    assert (settings.core.run.seed, settings.core.run.benchmark) == (3, "IBM")
    assert settings.explain("run.seed").source.name == str(mine)
    assert settings.explain("environment").source.name == "LTS__ENVIRONMENT"


def test_the_environment_may_be_chosen_in_a_file(write: Write) -> None:
    mine = write("mine.toml", 'environment = "production"\n')
    assert collect(files=[mine]).environment == "production"
    assert collect(files=[mine], overrides=["environment=testing"]).environment == "testing"


def test_the_file_of_an_environment_cannot_choose_another(write: Write) -> None:
    lowest = write("development.toml", 'environment = "production"\n')
    with pytest.raises(SettingsError) as caught:
        collect(environment_file=lambda _environment: lowest)
    assert "is read because the environment is development (built-in default)" in caught.value.problem
    assert 'sets environment = "production"' in caught.value.problem


def test_a_key_written_with_dots_in_quotes_gets_told_how(write: Write, options_of: Any) -> None:
    collected = collect(files=[write("a.json", json.dumps({"data.start": "2005-01-01"}))])
    with pytest.raises(SettingsError) as caught:
        resolve(collected, options_of)
    assert caught.value.remedy == "Write start in the table [data]."


def test_an_unknown_empty_table_is_refused(write: Write, options_of: Any) -> None:
    with pytest.raises(SettingsError, match=r"stratgy \(from .*a\.toml\) is not a setting"):
        resolve(collect(files=[write("a.toml", "[stratgy]\n")]), options_of)


def test_toml_dates_are_taken_as_they_are(write: Write, options_of: Any) -> None:
    path = write("a.toml", "[data]\nstart = 2005-01-01\nend = 2006-01-01T16:00:00Z\ntick = 0.01\n")
    data = resolve(collect(files=[path]), options_of).core.data
    assert (data.start, data.end, data.tick) == ("2005-01-01", "2006-01-01T16:00:00+00:00", "0.01")


def test_values_in_the_database_are_bounded_too() -> None:
    deep: object = 1
    for _ in range(20):
        deep = [deep]
    with pytest.raises(SettingsError, match=r"data\.symbols in the database is refused"):
        collect(database={"data.symbols": deep})
    with pytest.raises(SettingsError, match="database does not name a setting"):
        collect(database={"data.": 1})


def test_shipped_files_resolve_and_show_every_stable_key(options_of: Any) -> None:
    folder = Path(__file__).parents[3] / "config"
    stable = [row.key for row in resolve(collect(), options_of).rows()]
    for environment in ("development", "testing", "production"):
        path = folder / f"{environment}.toml"
        collected = collect(overrides=[f"environment={environment}"], environment_file=lambda _e, p=path: p)
        settings = resolve(collected, options_of)
        assert settings.core.environment == environment
        assert settings.notices == ()
        written = _written_keys(path)
        assert set(stable) - {"environment"} <= written


def _written_keys(path: Path) -> set[str]:
    """Return the keys that a file sets or shows behind a "#"."""
    keys, table = set(), ""
    for line in path.read_text(encoding="utf-8").splitlines():
        bare = line.removeprefix("# ")
        if bare.startswith("["):
            table = bare[1 : bare.index("]")]
        elif " = " in bare and bare.partition(" = ")[0].isidentifier():
            keys.add(f"{table}.{bare.partition(' = ')[0]}")
    return keys


@pytest.mark.parametrize(
    ("name", "strategy", "portfolio"),
    [("buy_and_hold", "buy_and_hold", "equal_weight"), ("csv", "sma_cross", "equal_weight")],
)
def test_examples_resolve(options_of: Any, name: str, strategy: str, portfolio: str) -> None:
    path = Path(__file__).parents[3] / "config" / "examples" / f"{name}.toml"
    settings = resolve(collect(files=[path]), options_of)
    assert (settings.chosen["strategy"], settings.chosen["portfolio"]) == (strategy, portfolio)
    assert settings.notices == ()
