#!/bin/sh
# Installs the Debian packages that the program and its tests need, as far as they are missing.
# Argument: the Python to be used, which may be missing or lack its venv module.
# Without root and sudo it says what to install.
set -eu

python=$1

# window and offscreen drawing
packages="libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3 libglib2.0-0"
# window on a screen
packages="$packages libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
# camera, barcodes
packages="$packages libpulse0 libxrandr2 libzbar0"
# ID-card chip: what builds its library (there is no wheel for Linux), and what stands for reader and card in tests
packages="$packages gcc libc6-dev libpcsclite-dev pcscd vsmartcard-vpcd"
# tests and bench (a screen of their own, text of PDF files, counted syncs), and the one-folder build (objdump)
packages="$packages xvfb xauth xdotool poppler-utils strace binutils"
# a system that prints, in the tests of queues
packages="$packages cups cups-client"
# the citizen's browser in the tests of ThaiD
packages="$packages chromium chromium-driver"
# the central server's other database: the tests start one of their own, the service of the machine is not used
packages="$packages postgresql"

# Debian's own Python keeps the library that the one-folder build takes along, and the headers that the chip reader's
# library is built with, in packages of their own.
python_parts() {
    place=$(readlink -f "$(command -v "$python")" || true)
    case $place in
    /usr/bin/python3.*) echo "lib$(basename "$place") lib$(basename "$place")-dev" ;;
    esac
}

missing_of() {
    for package in "$@"; do
        status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || printf ' %s' "$package"
    done
}

install() {
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=sudo
    else
        echo "ต้องติดตั้งส่วนประกอบของระบบก่อน ให้ผู้ดูแลเครื่องสั่ง:" >&2
        echo "Packages are missing. Ask the machine's administrator to run:" >&2
        echo "  apt-get install --no-install-recommends $*" >&2
        exit 1
    fi
    echo "Installing Debian packages: $*"
    log=$(mktemp)
    if ! { apt update && apt install --no-install-recommends "$@"; }; then
        tail -n 30 "$log" >&2
        echo "ติดตั้งส่วนประกอบของระบบไม่สำเร็จ ข้อความจาก apt อยู่ด้านบน (ทั้งหมดใน $log)" >&2
        exit 1
    fi
    rm -f "$log"
}

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This system has no dpkg. Please see to it that what these Debian packages hold is installed:" >&2
    echo "  $packages" >&2
    exit 0
fi

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    packages="$packages python3 python3-venv"
fi
# shellcheck disable=SC2046,SC2086 # one word for each package
set -- $(missing_of $packages $(python_parts))
[ $# = 0 ] || install "$@"
# shellcheck disable=SC2046 # only now, where Python itself was missing, is its version known
set -- $(missing_of $(python_parts))
[ $# = 0 ] || install "$@"
