"""The version of this program."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """As pyproject.toml says it."""
    try:
        return version("lao-counter")
    except PackageNotFoundError:
        return "0.1.0"
