"""Starts the one-folder program as an office would and looks whether it works. Argument: the program in dist/.

It runs in an empty folder, without the source tree or the developers' packages on its paths.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import segno

NUMBER = "KT1080767000011"
TIMEOUT_SECONDS = 180


class BuiltProgram:
    """The program in a folder of its own."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program.resolve()
        self.folder = folder

    def run(self, *arguments: str, may_refuse: bool = False, **more_environment: str) -> str:
        """Standard output of one command; ends the check when the command fails (exit 3 is a refusal)."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY"}
        }
        environment["LAO_COUNTER_HOME"] = str(self.folder / "home")
        environment["QT_QPA_PLATFORM"] = "offscreen"
        done = subprocess.run(
            [str(self.program), *arguments],
            cwd=self.folder,
            env=environment | more_environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode != 0 and not (may_refuse and done.returncode == 3):
            sys.exit(f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout


def expect(holds: bool, what: str) -> None:
    """End the check unless it holds."""
    if not holds:
        sys.exit(f"The built program is wrong: {what}")
    print(f"  ok: {what}")


def check_services(program: BuiltProgram) -> None:
    """The definitions of the services came along."""
    codes = {service["code"] for service in json.loads(program.run("services", "list", "--json"))}
    expect({"petition", "ad_permit"} <= codes, "it knows its services")


def check_scan(program: BuiltProgram) -> None:
    """Both decoders came along: one reads the picture, the other is asked when the first finds nothing."""
    picture = program.folder / "slip.png"
    segno.make(NUMBER, micro=False).save(str(picture), scale=6)
    found = json.loads(program.run("scan", str(picture), "--json").splitlines()[0])
    expect((found["kind"], found["value"]) == ("request_number", NUMBER), "it reads a QR code from a picture")
    if sys.platform == "linux":
        check_bundled_zbar(program)


def check_bundled_zbar(program: BuiltProgram) -> None:
    """The loader's own log tells which libzbar was taken."""
    empty = program.folder / "empty.png"
    segno.make("", micro=False).save(str(empty), scale=6, dark="white")
    log = program.folder / "loader"
    program.run("scan", str(empty), "--json", may_refuse=True, LD_DEBUG="files", LD_DEBUG_OUTPUT=str(log))
    loaded = [
        line for file in program.folder.glob("loader.*") for line in file.read_text().splitlines() if "zbar" in line
    ]
    inside = str(program.program.parent / "_internal" / "libzbar.so.0")
    expect(any(f"calling init: {inside}" in line for line in loaded), "it brings its own libzbar")


def check_cameras(program: BuiltProgram) -> None:
    """The parts of QtMultimedia came along; this machine may have no camera."""
    expect(isinstance(json.loads(program.run("cameras", "--json")), list), "it can look for cameras")


def check_demo(program: BuiltProgram) -> None:
    """The main job end to end: database, migrations, fonts, slip, PDF, window, server and sync."""
    result = json.loads(program.run("demo", "--out", str(program.folder / "out"), "--json"))
    papers = [result["slip_png"], result["slip_bin"], result["petition_pdf"], *result["screenshots"]]
    sizes = [(program.folder / place).stat().st_size for place in papers]
    expect(len(papers) >= 4 and min(sizes) > 1000, "the demonstration leaves its papers and pictures")
    expect(bool(result["synced"]), "the demonstration reaches the central server")


def main(program_file: Path) -> None:
    """Run all checks; the first that fails ends them."""
    print(f"Checking {program_file}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        program = BuiltProgram(program_file, Path(folder))
        expect(any(letter.isdigit() for letter in program.run("--version")), "it tells its version")
        check_services(program)
        check_scan(program)
        check_cameras(program)
        check_demo(program)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
