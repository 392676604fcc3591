#!/bin/sh
# SQL on the command line. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

"$build/tests/make-large" c.bg 8 12 5 2 >/dev/null || exit 1
sum=$(cksum <c.bg)

ok "a query" status 0 bitgrove sql c.bg 'SELECT count(*) AS n FROM image'
ok "is a table" sh -c 'test "$(tr -d " " <out | tr "\n" :)" = n:56:'
ok "functions" status 0 bitgrove sql --format csv c.bg \
    "SELECT hamming(5, 6), popcount(7), code_text(5, 4), code_parse('0101')"
ok "of codes" says out '^2,3,1010,10$'
ok "near" status 0 bitgrove sql --format json c.bg \
    'SELECT id, distance, margin FROM near(NULL, NULL, 5) WHERE image = 9'
cp out sql
bitgrove near --image 9 -k 5 --format json c.bg >out
ok "as the command" json '[(n["id"], n["distance"], n["margin"])
for n in it["neighbours"]] ==
[tuple(n.values()) for n in json.load(open("sql"))]'
ok "from standard input" sh -c \
    'printf "SELECT 1 AS a; -- one\n\nSELECT 2 AS b;\n" |
    "$1/bitgrove" sql --format csv c.bg >out' - "$build"
ok "two statements" sh -c 'test "$(tr "\n" : <out)" = a:1:b:2:'

# ---- values ----
ok "values" status 0 bitgrove sql --format json c.bg "SELECT 1 AS x, NULL AS x,
    0.1 AS y, 1e999 AS z, x'00ff' AS b, 'a' || char(0) || 'b' AS t,
    -9223372036854775808 AS low"
ok "keep their types" json 'it == [{"x": 1, "x_2": None, "y": 0.1, "z": None,
"b": "00ff", "t": "a\0b", "low": -2**63}]'
ok "in a table" status 0 bitgrove sql c.bg \
    'SELECT NULL AS n, zeroblob(17) AS b'
ok "blobs are told by size" says out '^-  17 bytes$'
ok "hostile names and values" status 0 bitgrove sql c.bg "SELECT
    'a' || char(27) || '[31m' || char(0x9b, 0x202e, 10, 7, 0) AS \"$(
    printf 'x\033[2Jy\302\233')\""
ok "are harmless" harmless out
ok "and shown" says out '^a.e\[31m'
for format in csv json; do
    ok "hostile $format" status 0 bitgrove sql --format $format c.bg \
        "SELECT 'a' || char(27, 0x9b, 0x202e) AS \"$(printf 'x\033[2J')\",
        CAST(x'ff1b41' AS TEXT) AS raw"
    ok "is harmless in $format" harmless out
done
ok "many rows" status 0 bitgrove sql --format csv c.bg \
    'SELECT a.id FROM image a, image b'
ok "have one header" sh -c \
    'test "$(wc -l <out)" -eq 3137 && test "$(grep -c id out)" -eq 1'
ok "nothing" status 1 bitgrove sql --format csv c.bg \
    'SELECT id FROM image LIMIT 0'
ok "has a header all the same" sh -c 'test "$(cat out)" = id'
ok "nothing in JSON" status 1 bitgrove sql --format json c.bg \
    'SELECT id FROM image LIMIT 0'
ok "is an empty list" json 'it == []'

# ---- errors with their place ----
ok "a wrong word" status 2 bitgrove sql c.bg 'SELECT id,
  classs FROM image'
ok "is placed" says err 'line 2.*no such column: classs'
ok "a wrong second statement" status 2 bitgrove sql c.bg 'SELECT 1;

SELEKT 2'
ok "is placed too" says err 'line 3.*SELEKT'
ok "and the first has run" says out '^1$'
ok "a wrong code" status 2 bitgrove sql c.bg "SELECT * FROM near(NULL, '01', 3)"
ok "is told" says err 'line 1: near: 2 digits where 12 are needed'
ok "a wrong argument" status 2 bitgrove sql c.bg "SELECT hamming('a', 1)"
ok "is told too" says err 'hamming: argument 1'
ok "nothing at all" status 2 bitgrove sql c.bg ' ; /* x */ ;'
ok "standard input of nothing" status 2 bitgrove sql c.bg
ok "no catalogue" status 3 bitgrove sql none.bg 'SELECT 1'
echo text >text.bg
ok "no database" status 3 bitgrove sql text.bg 'SELECT 1'

# ---- nothing is written ----
for query in 'DELETE FROM image' 'UPDATE image SET id = 1' 'DROP TABLE image' \
    "INSERT INTO tag VALUES (1, 'x')" 'CREATE TABLE x(a)' \
    'CREATE TEMP TABLE x(a)' "ATTACH 'x.db' AS x" "VACUUM INTO 'x.db'" \
    VACUUM REINDEX ANALYZE BEGIN 'SAVEPOINT x' 'PRAGMA user_version = 9' \
    'PRAGMA journal_mode = DELETE' 'PRAGMA writable_schema = 1' \
    'PRAGMA wal_checkpoint' 'PRAGMA optimize' "SELECT load_extension('x')"; do
    ok "refused: $query" status 2 bitgrove sql c.bg "$query"
done
ok "refused in the midst" status 2 bitgrove sql c.bg \
    'SELECT 1; DELETE FROM image; SELECT 2'
ok "with its place" says err 'line 1, column 11'
ok "no file came to be" test ! -e x.db
ok "the catalogue is as it was" test "$sum" = "$(cksum <c.bg)"
ok "what tells is not refused" status 0 bitgrove sql c.bg \
    "PRAGMA user_version; EXPLAIN QUERY PLAN SELECT * FROM image;
    SELECT name FROM pragma_table_info('image')"
finish
