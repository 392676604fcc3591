#!/bin/sh
# Usage, help, and what is said when there is nothing to work on. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

commands='explore demo import learn encode tree bits class image near eval export sql
jobs info check'

ok "no catalogue: help" status 0 bitgrove
ok "and the demo is offered" says out 'try: bitgrove demo'
ok "--help" status 0 bitgrove --help
ok "--version" status 0 bitgrove --version
ok "names the version" says out '^bitgrove [0-9]+\.[0-9]+'
ok "--version -v" status 0 bitgrove --version -v
ok "names the libraries" says out '^libraries +sqlite [0-9]'
ok "--info" status 0 bitgrove --info
ok "names its paths" says out "^state +$XDG_STATE_HOME"
ok "finds the demo's images" says out '^data +/.*demo$'

for command in $commands; do
    ok "help $command" status 0 bitgrove help $command
    ok "help $command is a usage" says out "^usage: bitgrove $command "
    ok "overview has $command" sh -c \
        "'$build/bitgrove' --help | grep -q '^  $command '"
    ok "$command --help is the same" sh -c \
        "'$build/bitgrove' $command --help | cmp - out"
done
ok "help of a job's options" status 0 bitgrove help learn
for option in bits encoder epochs lr batch seed threads name load-codebook \
    resume detach; do
    ok "learn has --$option" says out "^  --$option"
done

ok "unknown command" status 2 bitgrove lern
ok "a suggestion" says err "Did you mean: bitgrove learn"
ok "help of an unknown command" status 2 bitgrove help xyzzy
ok "unknown option" status 2 bitgrove learn --bist 8 x
ok "a suggestion for it" says err "Did you mean --bits"
ok "unknown global option" status 2 bitgrove --frobnicate
ok "a missing word" status 2 bitgrove tree
ok "says the usage" says err 'usage: bitgrove tree .*CATALOGUE'
mkdir folder
for command in "info folder" "import folder usage.sh" "jobs folder"; do
    : >usage.sh
    ok "a directory is no catalogue: $command" status 2 bitgrove $command
    ok "and it says so" says err "folder is a directory"
done
ok "nor for the worker" status 2 "$build/bitgrove-worker" folder
ok "a word too many" status 2 bitgrove info a b
ok "an option without its value" status 2 bitgrove learn a --bits
ok "a value out of range" status 2 bitgrove learn a --bits 65
ok "names the option" says err '\-\-bits'
ok "a flag with a value" status 2 bitgrove learn a --quiet=1
ok "an unknown format" status 2 bitgrove info a --format xml
ok "names the formats" says err 'table, csv, json'

ok "no such catalogue" status 2 bitgrove info nowhere.bitgrove
ok "names the remedy" says err 'bitgrove import nowhere.bitgrove'
ok "no such catalogue to explore" status 2 bitgrove nowhere.bitgrove
ok "a directory" status 2 bitgrove info .
echo text >text
ok "no catalogue at all" status 3 bitgrove info text
ok "the explorer wants a terminal" status 3 bitgrove text
ok "demo without a terminal" status 2 bitgrove demo
ok "names --batch" says err '\-\-batch'
ok "demo with a second word" status 2 bitgrove demo --batch a b

printf '\033]0;title\007' >odd
ok "a name that is a sequence" status 2 bitgrove info "$(cat odd)x"
ok "is escaped in the message" harmless err

ok "bootstrap --help" status 0 sh "$source/bootstrap" --help
ok "is its usage" says out 'bootstrap check'
ok "bootstrap with an unknown word" status 2 sh "$source/bootstrap" xyzzy

ok "output that can't be written" status 2 sh -c \
    "'$build/bitgrove' --help >/dev/full"
ok "says so" says err 'cannot write'
ok "closed output" status 2 sh -c "'$build/bitgrove' --help >&-"
ok "a reader that went away" status 0 sh -c \
    "'$build/bitgrove' --help | head -n 1"
ok "the worker's options" status 2 "$build/bitgrove-worker" \
    "$(printf -- '--x\033[31m')" c
ok "are not sent to the terminal" harmless err
ok "a value is missing" status 2 "$build/bitgrove-worker" --idle
ok "says which" says err '--idle wants a value'
ok "a catalogue without a name" status 2 bitgrove import '' .
ok "is refused" says err 'name of a catalogue is empty'
finish
