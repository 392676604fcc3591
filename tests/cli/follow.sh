#!/bin/sh
# Long work: a worker that is killed, Ctrl-C, going on afterwards, and the
# demo that does all of it. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

mkdir shapes
"$build/tests/make-images" shapes 4 40 12 || exit 1

# job COLUMN: of the newest job.
job()
{
    python3 - "$catalogue" "$1" <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True, timeout=10)
print(db.execute("SELECT %s FROM job ORDER BY id DESC LIMIT 1" %
                 sys.argv[2]).fetchone()[0])
PYTHON
}

# Waits, a minute at most, until the newest job's column is beyond a number.
wait_for()
{
    for _ in $(seq 300); do
        [ "$(job "$1" 2>/dev/null || echo 0)" -gt "$2" ] 2>/dev/null && return
        sleep 0.2
    done
    return 1
}

# Starts the command in the background, into ./out and ./err.
start()
{
    "$build/bitgrove" "$@" >out 2>err </dev/null &
    pid=$!
}

# ended STATUS: what was started ends with it.
ended()
{
    got=0
    wait "$pid" || got=$?
    [ "$got" -eq "$1" ] || {
        echo "# exit status $got where $1 is wanted"
        return 1
    }
}

# Workers that leave after one job: no idle one stands by to take over.
cat >once <<SHELL
#!/bin/sh
exec "$build/bitgrove-worker" --once "\$@"
SHELL
chmod +x once
BITGROVE_WORKER=$place/once
export BITGROVE_WORKER

catalogue=c.bitgrove
options='--bits 8 --batch 16 --epochs 0,6,20'
ok "import" status 0 bitgrove import c.bitgrove shapes
ok "learn at a stretch" status 0 bitgrove learn c.bitgrove $options \
    --name straight --quiet
start learn c.bitgrove $options --name killed
ok "an epoch is done" wait_for "coalesce((SELECT step FROM model
    WHERE id = job.model_id), 0)" 0
kill -KILL "$(job pid)"
killed=$(date +%s%N)
ok "survives the death of its worker" ended 0
ok "which was the second attempt" test "$(job attempts)" -eq 2
ok "begun long before the lease ran out" test \
    "$(job started_at)" -lt $((killed / 1000000 + 5000))
ok "shows its log" says err 'epoch 20 of 20'
for model in straight killed; do
    "$build/bitgrove" export c.bitgrove codes --model $model >$model.csv
done
ok "and ends with the same codes" cmp straight.csv killed.csv

start learn c.bitgrove $options --name stopped
ok "another is under way" wait_for "coalesce((SELECT step FROM model
    WHERE id = job.model_id), 0)" 0
kill -INT "$pid"
ok "Ctrl-C ends it with 130" ended 130
ok "says how to go on" says err 'bitgrove jobs .* retry'
ok "the job is cancelled" test "$(job state)" = cancelled
ok "eval of what there is" status 0 bitgrove eval c.bitgrove --format json
ok "without codes" json 'it["instance"]["mhd"] is None and
it["protocol"]["state"] == "learning"'
ok "near has to wait" status 1 bitgrove near c.bitgrove --image 1
ok "says why" says err 'still learning'
ok "go on" status 0 bitgrove jobs c.bitgrove retry "$(job id)" --follow --quiet
"$build/bitgrove" export c.bitgrove codes --model stopped >stopped.csv
ok "the same codes once more" cmp straight.csv stopped.csv

start learn c.bitgrove --bits 8 --batch 16 --epochs 0,10,4000 --name long
ok "a long one is under way" wait_for progress 0
ok "cancel it from elsewhere" status 0 bitgrove jobs c.bitgrove cancel \
    "$(job id)"
mv out cancelled
ok "the follower hears of it" ended 130
ok "queue behind it" status 0 bitgrove encode c.bitgrove --model straight \
    --detach
ok "a missing worker is said" status 2 env BITGROVE_WORKER=/nonexistent \
    "$build/bitgrove" import other.bitgrove shapes
ok "by name" says err '/nonexistent'

# ---- the demo, with small images in the place of its own ----
mkdir data
cp -r shapes data/demo
BITGROVE_DATA=$place/data
export BITGROVE_DATA
catalogue=d/demo.bitgrove
start demo --batch --bits 8 d
ok "the demo learns" wait_for progress 0
kill -INT "$pid"
ok "is interrupted" ended 130
ok "and goes on" status 0 bitgrove demo --batch --bits 8 d --format json
ok "to eval's object" json 'it["bits"] == 8 and
it["instance"]["mhd"] is not None'
cp out first
before=$(date +%s%N)
ok "again" status 0 bitgrove demo --batch --bits 8 d --format json
after=$(date +%s%N)
ok "says the same" cmp first out
ok "at once" test $(((after - before) / 1000000)) -lt 1000
ok "is the catalogue last opened" grep -q 'd/demo.bitgrove$' \
    "$XDG_STATE_HOME/bitgrove/last"
rm -r data
ok "without its images" status 2 bitgrove demo --batch nowhere
ok "says where to look" says err 'BITGROVE_DATA'
finish
