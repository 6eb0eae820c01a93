"""Where the files live that travel with LTS but are no modules: migrations and configuration."""

from pathlib import Path

from app.domain.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parents[1]


def packaged(name: str, package: Path = _PACKAGE) -> Path:
    """Return the folder `name`: `_name` inside the installed package, else `name` beside it in a checkout.

    Raises ConfigurationError when neither exists.
    """
    inside, beside = package / f"_{name}", package.parent / name
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise ConfigurationError(
        f"The folder '{name}' is missing: neither {inside} nor {beside} exists.",
        'The installation is incomplete; install again with: pip install --force-reinstall "lts-server"',
    )
