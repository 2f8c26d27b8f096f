# Shared by scripts/* and .ci/run; to be sourced. Sets ROOT, CACHE and CARGO_TARGET_DIR.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${STANDARDISTE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/standardiste}
case $CACHE in /*) ;; *) CACHE=$PWD/$CACHE ;; esac
export STANDARDISTE_CACHE=$CACHE
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
# A build that is not on a terminal must not stop to ask anything.
export CARGO_TERM_PROGRESS_WHEN=${CARGO_TERM_PROGRESS_WHEN:-auto}

BUILD_PACKAGES=(build-essential cmake pkg-config libclang-dev libssl-dev libsonic-dev)
RUN_PACKAGES=(ca-certificates python3 python3-venv espeak-ng-data libsonic0)
TEST_PACKAGES=(sip-tester baresip-core baresip-ffmpeg kamailio sox espeak-ng
    asterisk-core-sounds-fr asterisk-core-sounds-fr-wav asterisk-moh-opsound-wav
    chromium coturn openssl)

say() { printf '\n== %s\n' "$*" >&2; }

fail() {
    printf '\nÉchec : %s\n' "$*" >&2
    exit 1
}

# Installs the Debian packages that are missing, or prints the exact command and stops.
need_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        printf 'Ce système n’est pas une Debian : les équivalents de ces paquets sont nécessaires :\n  %s\n' "$*" >&2
        return 0
    fi
    local package missing=()
    for package in "$@"; do
        # « ii » : installed and whole.
        case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true) in
        ii*) ;;
        *) missing+=("$package") ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        # Without a terminal nobody can type a password.
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as_root=(sudo)
        else
            fail "paquets système manquants. Installez-les en administrateur, puis relancez :
    apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
        fi
    fi
    say "Paquets système : ${missing[*]}"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)
    [ ! -t 2 ] || apt+=(-o Dpkg::Progress-Fancy=1)
    "${apt[@]}" update </dev/null >&2 || true
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >&2 ||
        fail "apt-get n'a pas pu installer : ${missing[*]}"
}

need_tools() {
    command -v cargo >/dev/null ||
        fail "cargo manque. Installez Rust 1.90 ou plus récent (rustup), puis relancez."
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "Python 3.11 ou plus récent manque (Debian 12 l'a : apt-get install python3)."
}

# Everything that must be there before the program is built.
prepare() {
    say "Préparation dans $CACHE"
    mkdir -p "$CACHE" || fail "le dossier $CACHE ne peut pas être créé ; choisissez-en un autre avec STANDARDISTE_CACHE."
    need_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "$@"
    need_tools
    # One voice part comes from npm; the client is wanted only when that part is not there yet.
    if ! command -v npm >/dev/null && [ "$("$ROOT/scripts/models" --needs-npm)" = oui ]; then
        need_packages npm
    fi
    "$ROOT/scripts/models"
}

# A value of a TOML file, or the default: toml FILE DEFAULT KEY...
toml() {
    python3 - "$@" <<'PYTHON'
import sys, tomllib
path, default, *keys = sys.argv[1:]
try:
    value = tomllib.load(open(path, "rb"))
    for key in keys:
        value = value[key]
    print(value)
except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError):
    print(default)
PYTHON
}

# What drives a real browser in the tests, as its lock file says: installed once, in the cache.
need_browser_driver() {
    local from=$ROOT/tests/peers/browser to=$CACHE/browser sum
    # Node may come from elsewhere than Debian, whose npm then cannot be installed beside it.
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then need_packages nodejs npm; fi
    sum=$(sha256sum "$from/package-lock.json" | cut -d ' ' -f 1)
    [ "$(cat "$to/installed" 2>/dev/null || true)" != "$sum" ] || return 0
    say "Pilote du navigateur d'essai"
    mkdir -p "$to"
    cp "$from/package.json" "$from/package-lock.json" "$to/"
    (cd "$to" && npm ci --ignore-scripts --no-audit --no-fund </dev/null >&2) ||
        fail "npm n'a pas pu installer le pilote du navigateur d'essai dans $to."
    echo "$sum" >"$to/installed"
}
