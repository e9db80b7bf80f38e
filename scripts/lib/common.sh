# What the scripts share: where things are, and how they speak.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
  say "$*"
  exit 2
}

# Configures once and builds what changed: build_targets TARGET...
build_targets() {
  # A cache left behind by an interrupted configure has no build.ninja.
  [[ -f $ROOT/build/build.ninja ]] || (cd "$ROOT" && cmake --preset default)
  cmake --build "$ROOT/build" --target "$@"
}
