"""Where an exception came through, without its text, which may quote what a citizen wrote."""

import traceback


def places(error: BaseException) -> str:
    """Type and places in the code, innermost first: "KeyError at page.py:42 in save < …"."""
    frames = traceback.extract_tb(error.__traceback__)
    trail = " < ".join(f"{_file(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {trail}" if trail else type(error).__name__


def _file(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
