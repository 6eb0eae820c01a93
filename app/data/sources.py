"""The built-in data sources by the name that `data.source` takes."""

from collections.abc import Mapping
from types import MappingProxyType

from app.data import csv_files, parquet_files
from app.data.sample import source as sample
from app.ports import DataSource

BUILTIN: Mapping[str, DataSource] = MappingProxyType(
    {"sample": sample.load, "csv": csv_files.load, "parquet": parquet_files.load}
)
