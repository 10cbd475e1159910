"""The files that travel with the program: service definitions, fonts, icons, styles, word lists.

They are found beside this file wherever it lies: in the source tree, in an installed wheel, or in the folder
that PyInstaller makes (build.spec copies them there under the same names).
"""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Place of a bundled file or folder, e.g. `path("services", "petition.toml")`; it may not exist."""
    return _ROOT.joinpath(*parts)
