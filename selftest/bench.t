#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# forkcheck bench: its command line, and that what it writes can be read. No figure is judged: machines differ.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

wrong() { # PATTERN ARG...
	pattern=$1
	shift
	exits 2 "refused: bench $*" "$good" bench "$@"
	says "$pattern" "... and says why"
}

wrong "no figure matches 'no.such'" no.such
wrong "unrecognized option" --no-such-option
wrong "table, ktap, jsonl or csv is wanted" --format xml
wrong "No such file" --format jsonl=/no/such/file
wrong "a number from 50 to 99.9" --confidence 100
wrong "a number from 0.1 to 100" --width wide
wrong "a number from 0.001 to 3600" --budget 0
wrong "a number from 0.01 to 86400" --time -1
wrong "a number from 1 to" --max-memory 0
wrong "any, or one of the [0-9]+ processors" --cpu 5000

exits 0 'help' "$good" bench --help
test "$(wc -l <"$scratch/out")" -le 30
ok $? 'help fits a screen'
exits 0 'list' "$good" bench --list 'create.*'
test "$(grep -c '^create[.]' "$scratch/out")" -eq "$(wc -l <"$scratch/out")"
ok $? '... is of what was chosen'
if [ -w /dev/full ]; then
	exits 2 'a full disk' "$good" bench --time 0.1 --format csv=/dev/full create.fork
	says 'No space left' '... is told'
fi

# Under a second each; the exit status is about claims, which a loaded machine may not bear out.
"$good" bench --time 1 --max-memory 4 --format "ktap=$scratch/ktap" --format "jsonl=$scratch/jsonl" \
	--format "csv=$scratch/csv" --format table 'create.*' 'memory.*' 'parallel.*.1' >"$scratch/out" 2>"$scratch/err"
test $? -le 1
ok $? 'all formats at once'
says '^  fork +[0-9.]+ [num]?s ' 'the table has a fork'
says 'a thread costs less than fork' '... and the claims'
python3 - "$scratch" >"$scratch/out" 2>"$scratch/err" <<'END'
import csv, json, sys

lines = [json.loads(line) for line in open(sys.argv[1] + "/jsonl")]
figures = {line["id"]: line for line in lines if line["type"] == "figure"}
assert lines[0]["type"] == "run" and "system" in lines[0]["environment"]
for figure in figures.values():
    if "missing" in figure:
        continue
    values = figure["rounds"]
    assert 0 < figure["fastest"] <= figure["low"] <= figure["median"] <= figure["high"] <= figure["slowest"], figure
    assert min(values) <= figure["low"] + 0.01 and figure["high"] <= max(values) + 0.01, figure
    assert figure["calls"] >= 3 * len(values), figure
assert "at most here" in figures["memory.fork.64"]["missing"]
rows = list(csv.DictReader(open(sys.argv[1] + "/csv")))
assert [row["id"] for row in rows] == list(figures)
for row in rows:
    figure = figures[row["id"]]
    assert (row["median_ns"] == "") == ("median" not in figure)
    assert not row["median_ns"] or float(row["median_ns"]) == figure["median"]
END
ok $? 'JSON Lines and CSV can be read, agree, and their intervals are in order'

# A plan that is kept, on each level.
awk '/^ *1\.\.[0-9]+$/ { sub(/1\.\./, ""); depth = match($0, /[^ ]/); plan[depth] = $1; seen[depth] = 0 }
	/^ *(not )?ok / { depth = match($0, /[^ ]/); if (++seen[depth] == plan[depth] && depth > 1) whole++ }
	END { exit !(seen[1] == plan[1] && whole == plan[1]) }' "$scratch/ktap"
ok $? 'KTAP keeps its plans'

"$good" bench --time 60 --format "jsonl=$scratch/jsonl" &
pid=$!
sleep 1
kill -INT $pid
wait $pid
test $? -le 1 && grep -q '"interrupted":true' "$scratch/jsonl"
ok $? 'an interrupted run writes what it has'
finish
