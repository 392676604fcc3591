#!/bin/sh
# The vector instructions of 64-bit ARM: the tests of codes, built by a cross
# compiler and run in an emulator (Debian's gcc-aarch64-linux-gnu,
# libc6-dev-arm64-cross, qemu-user). Run by `make check-aarch64`, from the
# directory of the build, whose config.h is taken.
source=${top_srcdir:-.}
cc=${CROSS_CC:-aarch64-linux-gnu-gcc}
emulator=${EMULATOR:-qemu-aarch64}

for tool in "$cc" "$emulator"; do
    if ! command -v "$tool" >/dev/null; then
        echo "check-aarch64: no $tool" >&2
        exit 1
    fi
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$cc" -std=gnu11 -O2 -Wall -Wextra -Werror -static -I. -I"$source/src" \
    -I"$source/tests" -o "$work/test" "$source/tests/unit/test-codes.c" \
    "$source/tests/tap.c" "$source"/src/codes/*.c "$source"/src/base/*.c \
    -lm -lpthread || exit 1
"$emulator" "$work/test" >"$work/out"
status=$?
grep -v '^ok' "$work/out"
if ! grep -q '^ok.* neon' "$work/out"; then
    echo "check-aarch64: the NEON variant was not among those tested" >&2
    exit 1
fi
echo "check-aarch64: $(grep -c '^ok' "$work/out") passed"
exit "$status"
