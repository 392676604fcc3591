#!/bin/sh
# A disk that is full, a real one: what commands say, what is left behind, and
# that the job goes on once there is room. Prints TAP.
if [ -z "${FULL_DISK-}" ]; then
    # A file system of our own, which goes with the last process.
    for how in -m -rm; do
        if unshare $how mount -t tmpfs none /mnt 2>/dev/null; then
            FULL_DISK=1
            export FULL_DISK
            exec unshare $how sh "$0"
        fi
    done
    echo "1..0 # SKIP no file system can be mounted here"
    exit 0
fi
. "${top_srcdir:-.}/tests/cli/lib.sh"

mkdir shapes many disk
"$build/tests/make-images" shapes 4 60 12 || exit 1
"$build/tests/make-images" many 4 6000 1 || exit 1
mount -t tmpfs -o size=32m none disk || exit 1
trap 'umount "$place/disk"; rm -rf "$place"' EXIT

# full KB: so much room is left.
full()
{
    rm -f disk/ballast
    dd if=/dev/zero of=disk/ballast bs=1k 2>/dev/null
    truncate -s "-${1}K" disk/ballast
}

learn()
{
    bitgrove learn --name "$1" --bits 6 --epochs 1,4,3 --threads 1 \
        --seed 5 disk/c.bg
}

last_job()
{
    bitgrove jobs --format csv disk/c.bg | awk -F, '$2 == "learn" { print $1 }' |
        sort -n | tail -n 1
}

state()
{
    bitgrove jobs --format csv disk/c.bg | awk -F, -v id="$1" '$1 == id {
        print $3 }'
}

ok "an import" status 0 bitgrove import disk/c.bg shapes
ok "an undisturbed run" status 0 learn roomy
bitgrove export --model roomy disk/c.bg codes --format csv >roomy.csv

full 400
ok "learning on a full disk" status 2 learn tight
ok "is told as such" says err "no space left for .*/disk/c.bg: make room"
ok "the catalogue can be read" status 0 bitgrove check disk/c.bg
ok "an import" status 2 bitgrove import --name many disk/c.bg many
ok "is told the same" says err "no space left for .*/disk/c.bg: make room"
ok "a new catalogue" status 2 bitgrove import disk/new.bg shapes
ok "is told the same" says err "no space left for .*/disk/new.bg: make room"

full 0
ok "a table" status 2 bitgrove export --model roomy -o disk/codes.csv disk/c.bg codes
ok "is told which file" says err "cannot write disk/codes.csv: No space left"
ok "and nothing is left of it" test "$(ls disk | grep -c codes.csv)" = 0
ok "a model's file" status 2 env TMPDIR="$place/disk" \
    "$build/bitgrove" export --model roomy -o model.st disk/c.bg model
ok "is told which file" says err "No space left|no space left"
ok "and nothing is left of it" sh -c 'test ! -e model.st &&
    test "$(ls disk | grep -c bitgrove-export)" = 0'

rm disk/ballast
# The job has failed, or, without room for as much as that, lost its worker.
job=$(last_job)
if [ "$(state "$job")" = failed ]; then
    ok "it is queued again" status 0 bitgrove jobs disk/c.bg retry "$job"
else
    ok "it still runs" test "$(state "$job")" = running
fi
ok "with room it goes on" status 0 bitgrove jobs disk/c.bg --follow "$job"
bitgrove export --model tight disk/c.bg codes --format csv >tight.csv
ok "to the same codes" cmp roomy.csv tight.csv
ok "all of it is sound" status 0 bitgrove check disk/c.bg
finish
