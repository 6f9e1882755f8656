#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# What a machine says, and what it left in the cache, does no harm to whoever runs it.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
targets=$(dirname "$0")/../targets

# hear: listens to standard input; what is passed on goes to $scratch/out, the journal is $scratch/journal
hear() {
	rm -f "$scratch/journal"
	"$targets/listen" 60 "$scratch/journal" >"$scratch/out"
}

# status_of: what came_to_its_end() takes for the program's status
status_of() {
	(
		# shellcheck source=targets/lib.sh
		. "$targets/lib.sh"
		tmp=$scratch job=$$ console=/dev/null
		kill() { :; }
		timeout() { :; }
		came_to_its_end && echo "$status"
	)
}

{
	echo 'KTAP version 1'
	# shellcheck disable=SC2016
	for lie in '$(touch hurt)' 12345678901234567890 256 -1 '3 3' ''; do
		echo "### forkcheck exit $lie"
	done
	echo '# ends: a.b.c'
	echo '### forkcheck exit 3'
} | hear
[ "$(status_of)" = 3 ]
ok $? 'the exit status is a number that a program can have'
[ "$(grep -c . "$scratch/out")" = 8 ]
ok $? '... and all else is a line like others'

printf 'KTAP version 1\n\033]0;title\007\033[2J\233\0text\r\n### forkcheck exit 0\n' | hear
LC_ALL=C tr -d '\n\t -~' <"$scratch/out" | cmp -s - /dev/null
ok $? 'nothing is left of the commands of a terminal'
grep -q 'text$' "$scratch/out"
ok $? '... but the text'

{
	echo 'KTAP version 1'
	head -c 5000000 /dev/zero | tr '\0' x
	printf '\n### forkcheck exit 0\n'
} | hear
[ "$(awk 'length > n { n = length } END { print n < 200000 }' "$scratch/out")" = 1 ] &&
	[ "$(tr -d -c x <"$scratch/out" | wc -c)" = 5000000 ]
ok $? 'a line without an end is told in parts'

{
	echo 'KTAP version 1'
	yes 'and so on' | head -c 40000000
} | hear
grep -q '^# died: CRASH the machine says more than' "$scratch/journal"
ok $? 'a machine that never stops to talk is dead'
[ "$(wc -c <"$scratch/journal")" -lt 30000000 ]
ok $? '... before it has filled the disk'

mkdir -p "$scratch/cache/packages"
FORKCHECK_CACHE=$scratch/cache "$targets/fetch" --cached bookworm amd64 none
[ $? -eq 1 ]
ok $? 'a cache of our own is used'
chmod o+w "$scratch/cache/packages"
for fetch in 'fetch --cached bookworm amd64 none' 'fetch-kernel --cached bookworm amd64 none'; do
	# shellcheck disable=SC2086
	FORKCHECK_CACHE=$scratch/cache "$targets"/$fetch 2>"$scratch/err"
	[ $? -eq 2 ] && grep -q 'packages: another user may write there' "$scratch/err"
	ok $? "... and one that others may write to is refused: ${fetch%% *}"
done

finish
