# What the `prepare` lines of packages.toml can call. They run in the build
# folder, with SOURCE, RECORDER and RECORD_TO set, and end with either CMake's
# compile_commands.json or a record of what would have been compiled.
# shellcheck shell=bash
set -euo pipefail

# Clang, so that only flags that Clang knows come out; plain `-O2`, because the
# flags that Debian adds make configuring slower and findings no different.
with_cmake() {
  cmake -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 "$@" "$SOURCE"
}

with_configure() {
  "$SOURCE/configure" CC=clang-22 CXX=clang++-22 CFLAGS=-O2 CXXFLAGS=-O2 "$@"
}

# For packages that can only be built where their source is.
in_source() {
  cp -a "$SOURCE/." .
  SOURCE=$PWD
}

# Runs make with the recorder as compiler. What is linked is empty, so programs
# that the build runs fail, and the rest goes on.
record_make() {
  make -k -j"$(nproc)" CC="$RECORDER clang-22" CXX="$RECORDER clang++-22" "$@" || true
}
