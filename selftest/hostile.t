#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# What a report, a file of expectations or figures say becomes text and nothing else, for parsers that had no part in it.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
corpus=$(dirname "$0")/fuzz/corpus
report=$build/forkcheck-report

# json FILE LINES: FILE, or each of its lines, is JSON
json() {
	python3 -c 'import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
[json.loads(part) for part in (text.splitlines() if sys.argv[2:] else [text])]' "$@" 2>"$scratch/err"
}

# convert FORMAT FILE
convert() {
	"$report" convert --to "$1" "$2" >"$scratch/out" 2>"$scratch/err"
	[ $? -le 1 ]
}

for file in "$corpus"/report/*.ktap; do
	name=${file##*/}
	convert junit "$file" && xmllint --noout "$scratch/out" 2>"$scratch/err"
	ok $? "$name: JUnit's format is XML"
	convert jsonl "$file" && json "$scratch/out" lines
	ok $? "$name: JSON Lines are JSON"
	convert kcidb "$file" && json "$scratch/out"
	ok $? "$name: KCIDB's format is JSON"
	convert lava "$file" && ! LC_ALL=C grep -q '[[:cntrl:]]' "$scratch/out"
	ok $? "$name: LAVA's lines are printable"
done

for file in "$corpus"/report/bless_*.ktap; do
	: >"$scratch/known.expect"
	exits 2 "${file##*/}: a name that means more than itself is not blessed" "$report" bless "$scratch/known.expect" "$file"
	[ ! -s "$scratch/known.expect" ] && [ "$(find "$scratch" -name 'known*' | wc -l)" -eq 1 ]
	ok $? '... and nothing is written'
done

for file in "$corpus"/expectations/*.expect; do
	"$report" convert --to starnix "$file" >"$scratch/out" 2>"$scratch/err"
	! LC_ALL=C tr -d '\n -~' <"$scratch/out" | grep -q . && ! LC_ALL=C tr -d '\n -~' <"$scratch/err" | grep -q .
	ok $? "${file##*/}: nothing but printable text comes out"
done

for file in "$corpus"/figures/*.jsonl; do
	rm -f "$scratch/plot.svg"
	"$report" plot -o "$scratch/plot.svg" "$file" 2>"$scratch/err" >"$scratch/out"
	status=$?
	case $status in
	0) xmllint --noout "$scratch/plot.svg" 2>"$scratch/err" ;;
	*) [ $status -eq 2 ] ;;
	esac
	ok $? "${file##*/}: a picture is well-formed, or there is none"
done

exits 2 'expectations without an end are refused' timeout 20 "$good" --expect /dev/zero fork.return_values
says 'no line of text, or one of more than' '... with the reason'

# A name is bounded, whatever the groups around it are called.
awk 'BEGIN {
	for (long = "x"; length(long) < 60000; long = long long);
	print "KTAP version 1\n1..1"
	for (i = 1; i <= 14; i++) printf "%*sKTAP version 1\n%*s# Subtest: %s\n%*s1..1\n", 2 * i, "", 2 * i, "", long, 2 * i, ""
	for (k = 1; k <= 500; k++) printf "%*sok %d t%d\n", 2 * 14, "", k, k
	for (i = 13; i >= 0; i--) printf "%*sok 1 %s\n", 2 * i, "", long
}' >"$scratch/long.ktap"
"$report" convert --to jsonl "$scratch/long.ktap" >"$scratch/out" 2>"$scratch/err"
[ "$(wc -c <"$scratch/out")" -lt $((500 * 5000)) ]
ok $? 'the names of groups do not multiply'

finish
