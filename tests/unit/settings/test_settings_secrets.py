"""What is secret, by its type or by its name, is shown nowhere."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Secret, SecretStr

from app.security import redaction
from app.settings import masking
from app.settings.annotations import holds_secret
from app.settings.errors import SettingsError
from app.settings.masking import MASK, is_secret_name, masked, scrubbed, shown

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005"), pytest.mark.requirement("SYS-018")]

# A word that no message contains by chance.
secrets = st.text(st.sampled_from("QXZ79'\"\\é\n"), min_size=6, max_size=20).map(lambda word: f"Q{word}Z")


def _forms(secret: str) -> tuple[str, ...]:
    return (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1])


def _all_output(settings: Any) -> str:
    explained = [repr(settings.explain(row.key)) for row in settings.rows()]
    return "\n".join(
        [
            *explained,
            repr(settings.rows()),
            json.dumps(settings.provenance()),
            repr(settings),
            *settings.notices,
        ]
    )


def _settings_with(secret: str, account: str) -> dict[str, Any]:
    return {
        "files": ({"broker.venue": {"pin": secret, "api_key": "lower" + secret}},),
        "database": {
            "plugins.broker": "venue",
            "broker.venue.headers": {"auth_token": secret, "accept": "text/plain"},
            "broker.venue.endpoint": "https://me:secret@venue.example/v1",
        },
        "environ": {"LTS__BROKER__VENUE__API_KEY": secret, "LTS__BROKER__VENUE__ACCOUNT": account},
    }


@given(secret=secrets)
def test_a_secret_appears_in_no_output(settle: Any, secret: str) -> None:
    settings = settle(**_settings_with(secret, "open"))
    assert settings.options("broker").model_dump()["api_key"] == secret
    output = _all_output(settings)
    for form in _forms(secret):
        assert form not in output
    assert "me:secret" not in output
    provenance = settings.provenance()
    for option, value in settings.masked_options("broker").items():
        assert provenance[f"broker.venue.{option}"]["value"] == value
    assert provenance["broker.venue.pin"]["value"] == MASK
    assert provenance["broker.venue.headers"]["value"] == {"auth_token": MASK, "accept": "text/plain"}
    assert provenance["broker.venue.endpoint"]["value"] == f"https://me:{MASK}@venue.example/v1"


@given(secret=secrets)
def test_a_secret_appears_in_no_error_even_if_the_plugin_repeats_it(settle: Any, secret: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settle(**_settings_with(secret, "closed"))
    for form in _forms(secret):
        assert form not in str(caught.value)


@given(secret=secrets)
def test_a_secret_of_a_wrong_type_is_masked(settle: Any, secret: str) -> None:
    for key, value in (("pin", [secret]), ("api_key", {"x": secret}), ("headers", {"my_password": [secret]})):
        with pytest.raises(SettingsError) as caught:
            settle("plugins.broker=venue", "broker.account=1", database={f"broker.venue.{key}": value})
        for form in _forms(secret):
            assert form not in str(caught.value)


@given(secret=secrets)
def test_values_that_are_dropped_are_never_shown(settle: Any, secret: str) -> None:
    settings = settle(
        "plugins.broker=simulated",
        files=({"plugins.broker": "venue", "broker.pin": secret, "broker.venue.account": secret},),
    )
    output = _all_output(settings) + repr(settings.explain("broker.pin"))
    assert settings.explain("broker.pin").dropped[0].value == MASK
    assert settings.explain("broker.venue.account").dropped[0].value == MASK
    for form in _forms(secret):
        assert form not in output


def test_malformed_json_around_a_secret_is_masked(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("plugins.broker=venue", "broker.account=1", 'broker.headers={"auth_token": "hunter2"')
    assert "hunter2" not in str(caught.value)
    assert MASK in caught.value.problem


def test_a_faulty_validator_is_named_without_what_it_says(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("plugins.broker=broken")
    assert caught.value.problem == ("broker.broken cannot be validated: its options class raised TypeError.")


def test_an_override_without_equals_is_not_repeated(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("run.seed=1", "hunter2")
    assert "hunter2" not in str(caught.value)
    assert caught.value.problem == "--set number 2 has no '='."


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("broker.venue.api_key", True),
        ("broker.apikey", True),
        ("a.password", True),
        ("a.PASSWD", True),
        ("a.client_secret", True),
        ("a.access_token", True),
        ("a.private_key", True),
        ("a.encryptionKey", True),
        ("headers.Authorization", True),
        ("headers.cookie", True),
        ("a.pwd", True),
        ("a.otp", True),
        ("password.file", False),
        ("strategy.fast", False),
        ("a.key", False),
    ],
)
def test_secrets_are_known_by_their_last_name(key: str, secret: bool) -> None:
    assert is_secret_name(key) is secret


def test_both_packages_know_the_same_secrets() -> None:
    assert masking.SECRET_NAMES == redaction.SECRET_NAMES
    assert masking.MASK == redaction.MASK


@given(before=st.text(), name=st.sampled_from(masking.SECRET_NAMES), after=st.text())
def test_both_packages_tell_the_same_names(before: str, name: str, after: str) -> None:
    for text in (before, f"{before}{name}{after}"):
        key = text.replace(".", "_")
        assert is_secret_name(key) is redaction.is_secret(key)


@given(st.lists(st.sampled_from(["//", ":", "@", "/", " ", "x", "canary", "?", "\n"])).map("".join))
def test_both_packages_mask_the_same_of_a_url(text: str) -> None:
    assert masked(text, secret=False) == redaction.without_password(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://u:pa/ss@word@h/x", f"https://u:{MASK}@h/x"),
        ("https://u:pa ss@h/x", f"https://u:{MASK}@h/x"),
        ("https://u/v:pass@h/x", f"https://{MASK}@h/x"),
        ("https://h:80/x", "https://h:80/x"),
    ],
)
def test_the_password_of_a_url_is_masked_to_its_end(text: str, expected: str) -> None:
    assert masked({"url": [text]}, secret=False) == {"url": [expected]}
    assert scrubbed(f"no: {text}", text, secret=False) == f"no: {expected}"


class _Inner(BaseModel):
    pin: SecretStr
    next: "_Inner | None" = None


@pytest.mark.parametrize(
    ("annotation", "secret"),
    [
        (SecretStr, True),
        (SecretStr | None, True),
        (list[Secret[int]], True),
        (tuple[SecretStr, ...], True),
        (dict[str, _Inner], True),
        (tuple[int, ...], False),
        (dict[str, str], False),
    ],
)
def test_secret_types_are_found_however_deep(annotation: object, secret: bool) -> None:
    assert holds_secret(annotation) is secret


def test_values_are_shown_as_toml_writes_them() -> None:
    value = {"a": [1, 2.5, True, None, 'x"\\\n'], "b": float("inf")}
    assert shown(value, secret=False) == r'{a = [1, 2.5, true, null, "x\"\\\n"], b = "inf"}'
    assert shown("x" * 100, secret=False, limit=20) == '"xxxxxxxxxxxxxxxx...'
    assert masked((1, {"token": 5}), secret=False) == [1, {"token": MASK}]
    assert masked(HTTPStatus.OK, secret=False) == 200
    assert scrubbed("5 is not 0.5", [5, 0.5, True, None], secret=True) == f"{MASK} is not {MASK}"
