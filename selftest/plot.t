#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# forkcheck-report with what forkcheck bench writes: compare goes by intervals, plot draws all points.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
report=$build/forkcheck-report

# figure ID GROUP SERIES AMOUNT MEDIAN LOW HIGH CONFIDENCE
figure() {
	printf '{"type":"figure","id":"%s","group":"%s","series":"%s","axis":"MiB","amount":%s,' "$1" "$2" "$3" "$4"
	printf '"unit":"ns","median":%s,"low":%s,"high":%s,"confidence":%s,"rounds":[]}\n' "$5" "$6" "$7" "$8"
}
run() {
	printf '{"type":"run","forkcheck":"0.1","confidence":0.95,"environment":{"system":"Linux <&> 1"}}\n'
	cat
}

{
	figure memory.fork.1 memory fork 1 100 95 105 0.96
	figure memory.fork.64 memory fork 64 1000 900 1100 0.96
	figure memory.vfork.1 memory vfork 1 20 19 21 0.96
	figure memory.vfork.64 memory vfork 64 20 20 20 0.5
	echo '{"type":"figure","id":"memory.dontfork.1","group":"memory","series":"dontfork","missing":"EINVAL"}'
} | run >"$scratch/old"
{
	echo 'a line of the console'
	figure memory.fork.1 memory fork 1 104 104 110 0.96
	figure memory.fork.64 memory fork 64 1300 1101 1400 0.96
	figure memory.vfork.1 memory vfork 1 15 14 18.9 0.96
	figure memory.vfork.64 memory vfork 64 90 90 90 0.96
	figure memory.dontfork.1 memory dontfork 1 90 90 90 0.96
} | run >"$scratch/new"

exits 1 'compare: something is slower' "$report" compare "$scratch/old" "$scratch/new"
says '^same +memory.fork.1 .*x1.040 \[0.990, 1.158\]' 'intervals that overlap are the same'
says '^slower +memory.fork.64 ' 'intervals apart are slower'
says '^faster +memory.vfork.1 ' '... or faster'
says '^unsure +memory.vfork.64 ' 'too few rounds tell nothing'
says '1 same, 1 faster, 1 slower, 1 unsure .*, 1 in one run only' 'the sum'
exits 0 'compare: a run with itself' "$report" compare "$scratch/old" "$scratch/old"
says 'agree in 100.0% of 3 figures' '... agrees'
printf '{"type":"figure"\n' >>"$scratch/new"
exits 2 'a line that is damaged' "$report" compare "$scratch/old" "$scratch/new"
says 'new:8: this is no line of' '... is named'

exits 0 'plot' "$report" plot "$scratch/old"
python3 - "$scratch/out" <<'END' >"$scratch/err" 2>&1
import sys, xml.etree.ElementTree as tree

svg = tree.parse(sys.argv[1]).getroot()
name = "{http://www.w3.org/2000/svg}"
text = [element.text for element in svg.iter(name + "text")]
assert "memory, on Linux <&> 1" in text and "fork" in text and "vfork" in text and "MiB" in text, text
lines = [element.get("d") for element in svg.iter(name + "path") if element.get("class") == "line"]
assert len(lines) == 2 and all(line.count("L") == 1 for line in lines), lines
END
ok $? '... is SVG with its lines and names'
exits 2 'plot of a group that is not there' "$report" plot --group none "$scratch/old"
says "no figures of the group 'none'" '... is told'
exits 2 'plot of nothing' "$report" plot
exits 2 'plot of a file that is not there' "$report" plot "$scratch/none"
exits 2 'plot of another file' "$report" plot /dev/null
says 'no figures in it' '... is told'
finish
