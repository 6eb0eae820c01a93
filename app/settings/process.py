"""Process matters: what must be known before any setting can be read, from `LTS_...` variables only."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProcessSettings(BaseSettings):
    """LTS_DATABASE_URL and LTS_HOME, read from the environment when constructed; an empty one is not set.

    The database's URL is a SecretStr, because it may hold a password.
    """

    model_config = SettingsConfigDict(env_prefix="LTS_", env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: SecretStr | None = None
    home: Path | None = None
