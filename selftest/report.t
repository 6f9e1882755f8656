#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# forkcheck-report, from outside: what it makes of real runs, of other suites' and of damaged ones, and its formats as
# other programs read them.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

report=$build/forkcheck-report
here=$(dirname "$0")
# Debian's, which has the packages.
python=/usr/bin/python3

wrong() { # PATTERN ARG...
	pattern=$1
	shift
	exits 2 "refused: $*" "$report" "$@"
	says "$pattern" "... and says why"
}

wrong 'a subcommand is wanted'
wrong "'frob' is no subcommand" frob
wrong 'unrecognized option' summary --frob
wrong 'No such file' summary /no/such/file
wrong 'Is a directory' summary /tmp
wrong 'an old report, or expectations, and a new report are wanted' compare one
wrong 'junit, jsonl, kcidb' convert
wrong 'junit, jsonl, kcidb' convert --to pdf
wrong 'only a-z' convert --to kcidb --origin 'No Way' /dev/null
wrong 'name of an expectation file' convert --to gvisor
wrong 'GLOB VERDICT' convert --to gvisor Makefile
wrong 'catalogue FILE is wanted' matrix x
wrong 'at least one run' matrix --catalogue /dev/null
wrong "what 'forkcheck list --json' prints" matrix --catalogue Makefile "$here/reports/ltp.ktap"
wrong 'an expectation file, further ones if need be, and a run' bless one
exits 0 'help' "$report" --help
test "$(wc -l <"$scratch/out")" -le 45
ok $? 'help fits a screen'
exits 0 'version' "$report" --version

# ---- Runs of forkcheck, with all that can become of a test ------------------------------------------

"$bad" >"$scratch/bad.ktap"
exits 1 'summary of failures' "$report" summary "$scratch/bad.ktap"
says 'TIMEOUT  hangs' 'names what happened'
grep -o '^# [0-9]* passed, [0-9]* failed, [0-9]* skipped' "$scratch/bad.ktap" | tr -d '#' >"$scratch/counts"
test -s "$scratch/counts" && grep -qF "$(sed 's/^ *//' "$scratch/counts")" "$scratch/out"
ok $? '... and counts what forkcheck counted'
"$bad" --expect selftest/bad.expect >"$scratch/expected.ktap"
exits 0 'summary of known failures' "$report" summary "$scratch/expected.ktap"
says 'known failures' '... tells them'
exits 1 'summary of the worst of several' "$report" summary "$scratch/expected.ktap" "$scratch/bad.ktap"
exits 0 'summary of the standard input' sh -c "'$report' summary <'$scratch/expected.ktap'"
cp "$scratch/expected.ktap" "$scratch/ktap"
"$bad" --format tap --expect selftest/bad.expect >"$scratch/tap"
for format in ktap tap; do
	"$report" convert --to jsonl "$scratch/$format" | sed 's/"line":[0-9]*//; s/"text":.*//; s/(pid [0-9]*)//; s/"seconds":[0-9.]*//; s/"seed":"[0-9]*"//; s/--seed [0-9]*//; s/"pid":[0-9]*//' >"$scratch/$format.jsonl"
done
test "$(wc -l <"$scratch/ktap.jsonl")" -gt 20 && cmp "$scratch/ktap.jsonl" "$scratch/tap.jsonl" >"$scratch/out"
ok $? 'KTAP and TAP say the same'

# What was announced is what is read, for every verdict; facts need no English.
"$bad" --announce --format ktap '!bad.machine' >"$scratch/told"
sed -n 's/^ *# ends: //p' "$scratch/told" >"$scratch/ends"
"$report" convert --to jsonl "$scratch/told" >"$scratch/read" 2>/dev/null
python3 - "$scratch/ends" "$scratch/read" >"$scratch/out" 2>&1 <<'END'
import json, sys
told = sorted(line.split() for line in open(sys.argv[1]))
results = [r for r in map(json.loads, open(sys.argv[2])) if r["type"] == "result"]
assert told == sorted([r["id"], r["verdict"]] for r in results), "told and read differ"
verdicts = {r["verdict"] for r in results}
assert verdicts == {"PASS", "FAIL", "SKIP", "BROKEN", "TIMEOUT", "CRASH", "LEAK"}, verdicts
for r in results:
    assert r["verdict"] != "SKIP" or r["reason"].startswith("[" + r["skip"] + " " + r["thing"] + "] "), r
    assert "role" not in r or r["pid"] > 0, r
    assert "at" not in r or (r["role"] and r["expression"]), r
    assert r["verdict"] != "FAIL" or r["command"].split()[2] == r["id"], r
by_id = {r["id"]: r for r in results}
roles = {name: by_id["bad.verdicts." + name]["role"] for name in ("fails", "fails_in_child", "fails_in_grandchild", "fails_in_raw_thread")}
assert list(roles.values()) == ["P", "C", "G", "P/thread"], roles
facts = ("role", "expression", "want", "got", "errno")
# One of each form of value: number, unsigned, C library's result, raw result, truth, byte, status without a child; and of texts.
for id, want in {
    "verdicts.fails": ("P", "1", "== 2", "1"),
    "expectations.unsigned_is_not_negative": ("P", "(uint64_t)1 << 63", "< 1", "9223372036854775808 (0x8000000000000000)"),
    "expectations.library_call": ("P", 'mount("none", "/no/such/directory", "tmpfs", 0, NULL)', "returns 0", "ENOENT"),
    "expectations.raw_call": ("P", "SYSCALL1(SYS_close, -1)", "success (0)", "EBADF"),
    "expectations.with_a_name": ("P", "rows[i].value < 2 with second", "is true", "false"),
    "expectations.byte": ("P", "bytes at bytes", "all 1", "0x02 at offset 2"),
    "expectations.no_such_child": ("P", "status of sys_getpid()", "exited with 0", "no such child", "ECHILD"),
    "verdicts.setup_fails": ("P", 'open("/no/such/file", O_RDONLY)', "succeeds", "ENOENT"),
    "verdicts.gives_up": ("P", "for a reason"),
    "verdicts.leaves_as_the_child_would": ("P", "the test's own process took a child's path"),
}.items():
    read = tuple(by_id["bad." + id].get(fact) for fact in facts)
    assert read == want + (None,) * (len(facts) - len(want)), (id, read)
END
ok $? 'every verdict, and the facts of a failure and of a skip, are read as they were told'
"$bad" --repeat 3 bad.verdicts.passes bad.verdicts.fails >"$scratch/rounds"
exits 1 'rounds' "$report" summary "$scratch/rounds"
says '1 passed, 1 failed' '... are one result for each test'

# ---- Compare ----------------------------------------------------------------------------------------

change() { # SED-SCRIPT: the run with another outcome
	"$bad" --format tap bad.verdicts.passes bad.verdicts.fails bad.verdicts.skips | sed "$1" >"$scratch/new"
}
change ''
cp "$scratch/new" "$scratch/old"
exits 0 'compare: the same' "$report" compare "$scratch/old" "$scratch/new"
says '^0 new failures, 0 changed failures, 0 unexpected passes, 0 skipped now, 0 stale, 0 not told, 3 as expected' '... says so'
change 's/^ok \(.*passes\)/not ok \1/'
exits 1 'compare: a new failure' "$report" compare "$scratch/old" "$scratch/new"
says 'bad.verdicts.passes +PASS -> FAIL' '... is named'
change 's/^not ok \(.*verdicts.fails\)/ok \1/'
exits 3 'compare: an unexpected pass' "$report" compare "$scratch/old" "$scratch/new"
change 's/^not ok .*verdicts.fails/& # TIMEOUT after 1 s/'
exits 1 'compare: a changed failure' "$report" compare "$scratch/old" "$scratch/new"
says 'FAIL -> TIMEOUT' '... tells both'
change 's/verdicts.passes/verdicts.passes_now/'
exits 3 'compare: a test that is gone' "$report" compare "$scratch/old" "$scratch/new"
says '^stale .1' '... is stale'
change '/^ok.*passes/d'
exits 1 'compare: a result that is missing' "$report" compare "$scratch/old" "$scratch/new"
says 'results are missing|where 1 was to come' '... is damage'
exits 0 'compare with an expectation file' "$report" compare selftest/bad.expect "$scratch/bad.ktap"
printf 'bad.verdicts.fails TIMEOUT : not so\nbad.verdicts.passes FAIL : no longer\nno.such FAIL : gone\n' >"$scratch/x.expect"
exits 1 'compare with an expectation file that is not right' "$report" compare "$scratch/x.expect" "$scratch/old"
says '1 changed failures, 1 unexpected passes, 0 skipped now, 1 stale' '... tells the kinds apart'

printf 'bad.verdicts.skips SKIP : another one\n' >"$scratch/y.expect"
exits 1 'compare with several' "$report" compare "$scratch/x.expect" "$scratch/y.expect" "$scratch/old"
says '1 changed failures, 1 unexpected passes, 0 skipped now, 1 stale' '... counts all of them'
exits 1 "compare with a target's" "$report" compare runsc "$scratch/old"
exits 2 'compare of three reports' "$report" compare "$scratch/old" "$scratch/old" "$scratch/old"
says "is one old report too many" '... is refused'
head -n 3 "$scratch/old" >"$scratch/cut"
exits 1 'compare with a report that was cut off' "$report" compare "$scratch/old" "$scratch/cut"
says ' 0 stale, [1-9] not told' '... calls nothing stale'

# ---- Bless ------------------------------------------------------------------------------------------

cat >"$scratch/bless.expect" <<'END'
# What people wrote stays.
bad.verdicts.fails*	FAIL	: known
bad.verdicts.closes_every_descriptor	FAIL|PASS	: comes and goes
bad.verdicts.passes	FAIL	: no longer

bad.verdicts.hangs	FAIL	: otherwise
no.such	FAIL	: is not in the run
END
exits 0 'bless' "$report" bless "$scratch/bless.expect" "$scratch/bad.ktap"
cp "$scratch/bless.expect" "$scratch/out"
says '^# What people wrote stays[.]$' '... keeps comments'
says '^bad.verdicts.fails[*]	FAIL	: known$' '... keeps lines that are true'
says '^bad.verdicts.closes_every_descriptor	FAIL[|]PASS	: comes and goes$' '... and those of what comes and goes'
says '^no.such	FAIL' '... and those of which the run says nothing'
says '^bad.verdicts.crashes +CRASH : TODO: ' '... adds what is new, for a person to explain'
says '^bad.verdicts.hangs +TIMEOUT : TODO: was FAIL, otherwise' '... changes what is otherwise'
! grep -q 'bad.verdicts.passes' "$scratch/out"
ok $? '... takes out what passes'
sed -i '/^no[.]such/d' "$scratch/bless.expect"
exits 0 'forkcheck takes the blessed file: all is as expected' "$bad" --expect "$scratch/bless.expect"
cp "$scratch/bless.expect" "$scratch/before"
exits 0 'bless again' "$report" bless "$scratch/bless.expect" "$scratch/bad.ktap"
cmp "$scratch/before" "$scratch/bless.expect" >"$scratch/out"
ok $? '... changes nothing'
ln -s bless.expect "$scratch/link.expect"
exits 0 'bless through a link' "$report" bless "$scratch/link.expect" "$scratch/bad.ktap"
test -L "$scratch/link.expect"
ok $? '... keeps the link'
exits 0 'bless makes a new file' "$report" bless "$scratch/new.expect" "$scratch/bad.ktap"
exits 0 '... that forkcheck takes' "$bad" --expect "$scratch/new.expect"
exits 0 'bless beside a file that knows all' "$report" bless "$scratch/nothing.expect" "$scratch/new.expect" "$scratch/bad.ktap"
says '^0 lines added, 0 changed, 0 removed' '... adds nothing'
test "$(wc -l <"$scratch/nothing.expect")" -eq 1
ok $? '... to the file'
exits 2 "bless of a target's name" "$report" bless runsc "$scratch/bad.ktap"
says "'runsc' is built in" '... says where it would be written'
cat >"$scratch/volatile.ktap" <<'END'
KTAP version 1
1..2
# a.b: FAIL
#   t.c:1 in P, the test's process (pid 4711)
#     getppid()
#       want  == parent, which is 4711
#       got   4712 (0x1268)
not ok 1 a.b
# b.c: FAIL
#   t.c:2 in P, the test's process (pid 4711)
#     page
#       want  == 0
#       got   140737488351232 (0x7ffffffff000)
not ok 2 b.c
END
exits 0 'bless of pids and addresses' "$report" bless "$scratch/volatile.expect" "$scratch/volatile.ktap"
cp "$scratch/volatile.expect" "$scratch/out"
says '^a.b +FAIL : TODO: .*getppid\(\), want == parent, got another$' '... leaves pids out'
says '^b.c +FAIL : TODO: .*page, want == 0, got an address$' '... and addresses'
head -n 40 "$scratch/bad.ktap" >"$scratch/half.ktap"
exits 0 'bless of half a run' "$report" bless "$scratch/half.expect" "$scratch/half.ktap"
says 'lines added' '... takes what was run'
! grep -q '[*]' "$scratch/half.expect"
ok $? '... and says nothing of groups of which it knows a part'
sed 's/^ *ok \([0-9]*\) passes/&\nnot ok \1 passes/' "$scratch/bad.ktap" >"$scratch/unclear.ktap"
cp "$scratch/before" "$scratch/bless.expect"
exits 2 'bless refuses what can be read in two ways' "$report" bless "$scratch/bless.expect" "$scratch/unclear.ktap"
cmp "$scratch/before" "$scratch/bless.expect" >"$scratch/out"
ok $? '... and leaves the file alone'
# One parser for both programs.
printf 'bad.* FAIL if arch=x86_64 junk : r\n' >"$scratch/junk.expect"
exits 2 'bless refuses a line with a word too many' "$report" bless "$scratch/junk.expect" "$scratch/bad.ktap"
cp "$scratch/err" "$scratch/refused"
exits 2 'so does the runner' "$bad" --expect "$scratch/junk.expect" bad.verdicts.passes
test "$(sed 's/^[^:]*: //' "$scratch/refused" | head -n 1)" = "$(sed 's/^[^:]*: //' "$scratch/err" | head -n 1)"
ok $? '... with the same words'

# ---- Formats ----------------------------------------------------------------------------------------

# format FORMAT RUN NUMBERS...: the format is read back, with so many results, failures, errors, skipped.
format() {
	name=$(basename "$2")
	"$report" convert --to "$1" -o "$scratch/converted" "$2" 2>/dev/null
	exits 0 "$1 of $name is valid" "$python" "$here/formats.py" "$1" "$scratch/converted"
	test "$(cat "$scratch/out")" = "$3"
	ok $? "... with $3 results, failures, errors, skipped"
}

for run in "$scratch/bad.ktap" "$scratch/expected.ktap"; do
	"$report" convert --to junit -o "$scratch/converted" "$run"
	exits 0 "JUnit XML of $(basename "$run") fits the schema" xmllint --noout --schema "$here/junit.xsd" "$scratch/converted"
done
format junit "$here/reports/kselftest.ktap" '10 3 1 3'
format jsonl "$here/reports/kselftest.ktap" '9 3 0 2'
format kcidb "$here/reports/kselftest.ktap" '10 4 0 2'
format lava "$here/reports/kselftest.ktap" '10 4 0 2'
format junit "$here/reports/ltp.ktap" '5 1 1 1'
format jsonl "$here/reports/ltp.ktap" '5 2 1 1'
format kcidb "$here/reports/ltp.ktap" '5 1 1 1'
format lava "$here/reports/ltp.ktap" '6 1 1 1'
# The runner's own signals, and those made of its report.
set -- bad.verdicts.passes bad.verdicts.fails bad.verdicts.skips bad.verdicts.gives_up bad.verdicts.crashes bad.expectations
"$bad" --format lava "$@" | grep -o '<LAVA_SIGNAL_TESTCASE .*' | sort >"$scratch/told"
"$bad" "$@" >"$scratch/run.ktap"
"$report" convert --to lava "$scratch/run.ktap" | grep 'TESTCASE' | grep -v report-complete | sort >"$scratch/made"
test "$(wc -l <"$scratch/told")" -gt 10 && grep -q unknown "$scratch/told" && cmp "$scratch/told" "$scratch/made" >"$scratch/out"
ok $? "LAVA's lines are the same from the runner and from its report"
for format in junit jsonl kcidb lava; do
	"$report" convert --to "$format" -o "$scratch/converted" "$scratch/bad.ktap"
	exits 0 "$format of real failures is valid" "$python" "$here/formats.py" $format "$scratch/converted"
done

printf '# a comment\na.b.* FAIL : why\na.c TIMEOUT|CRASH : it "hangs"\nd FAIL if release<6.0 : old\n' >"$scratch/list.expect"
exits 2 'a condition needs a run' "$report" convert --to gvisor "$scratch/list.expect"
sed -i '/release/d' "$scratch/list.expect"
exits 0 'gVisor' "$report" convert --to gvisor "$scratch/list.expect"
says '^-a[.]b[.][*]:a[.]c:a[.]c[.][*]$' '... a filter of googletest'
exits 0 'asterinas' "$report" convert --to asterinas "$scratch/list.expect"
says '^# FAIL: why$' '... a list with reasons'
exits 0 'Starnix' "$report" convert --to starnix "$scratch/list.expect"
says '^            type: "skip"' '... what hangs is skipped'
exits 0 'gVisor, with conditions' "$report" convert --to gvisor --run "$scratch/bad.ktap" selftest/bad.expect

# ---- Other suites -----------------------------------------------------------------------------------

exits 1 "kselftest's report" "$report" summary --all "$here/reports/kselftest.ktap"
says 'TIMEOUT  selftests: clone: endless' '... a program that takes too long is a result'
says 'FAIL     selftests: clone: crasher' '... and one without results of its own'
says 'endless: 1 of 2 results are missing' '... what is missing is told'
exits 1 "LTP's report" "$report" summary --all "$here/reports/ltp.ktap"
says 'wrap|1  32 bit only' '... a line that the kernel cut is put together'

# ---- Damage -----------------------------------------------------------------------------------------

exits 1 'nothing' "$report" summary /dev/null
says 'there is no KTAP in it' '... is told'
head -c 300000 "$build/forkcheck" >"$scratch/binary"
exits 1 'a binary' "$report" summary "$scratch/binary"
for format in junit jsonl kcidb lava; do
	{ "$bad" bad.verdicts.fails | sed 's/fails/f\x01\xff\xf0\x9f\x90\xa7]]><\/script>\&"/' ; } >"$scratch/bytes"
	"$report" convert --to $format -o "$scratch/converted" "$scratch/bytes" 2>/dev/null
	exits 0 "$format of any bytes is valid" "$python" "$here/formats.py" $format "$scratch/converted"
done
tr '\n' '\r' <"$scratch/bad.ktap" | sed 's/\r/\r\r\n/g' >"$scratch/crlf"
"$report" summary "$scratch/crlf" | tail -n +2 >"$scratch/one"
"$report" summary "$scratch/bad.ktap" | tail -n +2 >"$scratch/two"
cmp "$scratch/one" "$scratch/two" >"$scratch/out"
ok $? 'a serial console changes nothing'
# Every eighth line is cut by a kernel message.
awk 'NR % 8 == 0 && length($0) > 9 { print substr($0, 1, 9) "[  123.456789] usb 1-1: new device"; print substr($0, 10); next } 1' \
	"$scratch/bad.ktap" >"$scratch/cut"
"$report" summary "$scratch/cut" | tail -n +2 >"$scratch/one"
diff "$scratch/two" "$scratch/one" | grep '^[<>]' | grep -v line >"$scratch/out"
test ! -s "$scratch/out"
ok $? 'nor do kernel messages in the middle of lines'
for cut in $(seq 1 40); do
	"$bad" --format ktap --seed 1 bad.verdicts.fails bad.verdicts.skips >"$scratch/whole"
	awk -v cut="$cut" '/ok / && length($0) > cut { print substr($0, 1, cut) "[  123.456789] usb 1-1: new device"; print substr($0, cut + 1); next } 1' \
		"$scratch/whole" >"$scratch/cut"
	"$report" summary "$scratch/cut" | tail -n +2
done | sed 's/ in [0-9.]* s$//; /^  /!d' | sort | uniq -c | awk '$1 != 40 { print; bad = 1 } END { exit bad || NR == 0 }' >"$scratch/out"
ok $? '... wherever in a result line they are'

exits 2 'a full disk' "$report" convert --to junit -o /dev/full "$scratch/bad.ktap"
says '/dev/full: No space left on device' '... is told by name'
exits 2 'a full standard output' sh -c "'$report' convert --to kcidb '$scratch/bad.ktap' >/dev/full"
says 'standard output: No space left on device' '... as well'
exits 2 'a closed pipe' unread "$report" convert --to jsonl "$scratch/bad.ktap"
says 'standard output: Broken pipe' '... is told'
if [ "$(id -u)" -ne 0 ]; then
	: >"$scratch/closed"
	chmod 0 "$scratch/closed"
	wrong 'Permission denied' summary "$scratch/closed"
else
	skip 'a file that may not be read' 'root may read it'
fi
exits 2 'a folder that does not exist' "$report" convert --to junit -o "$scratch/no/such" "$scratch/bad.ktap"
set -- "$scratch"/converted.??????
test ! -e "$1"
ok $? 'no file is left beside the output'

# 100 MB: a flood within one test, and two million results.
{
	echo 'KTAP version 1'
	echo 1..1
	yes '# a line of a test that writes without end' | head -c 100000000
	echo
	echo 'not ok 1 a'
} >"$scratch/flood"
# weighed COMMAND...: writes the processor time that the command took, in ms, and its largest size, in KiB, to $scratch/weight
weighed() {
	"$python" -c '
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as weight:
    print(int(1000 * (used.ru_utime + used.ru_stime)), used.ru_maxrss, file=weight)
sys.exit(status)' "$scratch/weight" "$@"
}
exits 1 '100 MB of comments' weighed "$report" summary "$scratch/flood"
read -r _ size <"$scratch/weight"
note "$size KiB"
test "$size" -lt 40960
ok $? '... take no memory'
{ printf 'KTAP version 1\n1..1\n'; head -c 100000000 /dev/zero | tr '\0' x; printf '\nok 1 a\n'; } >"$scratch/flood"
exits 1 'a line of 100 MB' "$report" summary "$scratch/flood"
says 'more than 64 KiB' '... is told'
rm -f "$scratch/flood"
for millions in 1 2; do
	awk -v n="${millions}000000" 'BEGIN { print "KTAP version 1\n1.." n; for (i = 1; i <= n; i++) print "ok " i " test_" i }' >"$scratch/many"
	exits 0 "$millions million results" weighed "$report" convert --to lava -o /dev/null "$scratch/many"
	read -r "time_$millions" _ <"$scratch/weight"
done
# shellcheck disable=SC2154 # read above
note "$time_1 ms, $time_2 ms"
test "$time_2" -lt $((4 * time_1 + 1000))
ok $? 'twice as many take about twice as long'
rm -f "$scratch/many"

# ---- Matrix -----------------------------------------------------------------------------------------

"$bad" list --json >"$scratch/catalogue"
exits 0 'matrix' "$report" matrix --json --catalogue "$scratch/catalogue" first="$scratch/bad.ktap" "$scratch/expected.ktap"
"$python" -c '
import json, sys
data = json.load(sys.stdin)
first, second = data["targets"]
assert (first["name"], second["name"]) == ("first", "expected"), first["name"]
assert len(first["verdicts"]) == len(data["cases"]) and set(first["verdicts"]) <= set("pfsbtcl-")
case = [i for i, (name, _) in enumerate(data["cases"]) if name == "bad.verdicts.fails"][0]
assert first["verdicts"][case] == "f" and first["details"][str(case)]["want"], first["details"][str(case)]
assert "x" not in first["details"][str(case)] and second["details"][str(case)]["x"] is True
assert data["tests"][data["cases"][case][1]]["file"].endswith(".c")
' <"$scratch/out" 2>"$scratch/err"
ok $? '... has the data of both runs'
exits 2 'two targets of one name' "$report" matrix --catalogue "$scratch/catalogue" "$scratch/bad.ktap" "$scratch/bad.ktap"
exits 0 'the page' "$report" matrix --catalogue "$scratch/catalogue" -o "$scratch/page.html" "$scratch/expected.ktap"
test "$(grep -c '<title>' "$scratch/page.html")" -eq 1
ok $? '... is written'
finish
