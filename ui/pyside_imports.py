"""What PySide does at every import, without reading the source of every module.

It looks for the word PySide in the text of each imported module, so as to switch its snake_case features off where
another module has switched them on. Nobody here does, and the texts stay in memory: 17 MB, and a tenth of a second
before the sign-in page.
"""

import sys

import PySide6.QtCore  # noqa: F401


def read_no_sources() -> None:
    """Say of every module that it uses PySide, which is what was said of ours. Does nothing on a PySide that has no
    such look."""
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: True  # type: ignore[union-attr]
