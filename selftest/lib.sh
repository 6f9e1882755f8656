# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# For the scripts that test forkcheck from outside: each prints TAP for prove(1).
# shellcheck shell=sh

build=${BUILD:-build}
good=$build/forkcheck
bad=$build/forkcheck-bad
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Where a run without a pen has its directories: what it leaves is seen.
mkdir -m 1777 "$scratch/t"
chmod 755 "$scratch"
export TMPDIR="$scratch/t"
number=0
failures=0

# ok CONDITION-STATUS NAME: one result; on failure with what the last command printed. selftest/prove tells it again.
ok() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		failures=$((failures + 1))
		{
			echo "not ok $number - $2"
			for file in "$scratch/out" "$scratch/err"; do
				[ ! -s "$file" ] || tail -n 25 "$file" | awk '{ print "# " $0 }'
			done
		} | tee -a "${FAILED:-/dev/null}"
	fi
}

# note TEXT: what explains the next result
note() {
	echo "# $1" | tee -a "${FAILED:-/dev/null}"
}

# soon COMMAND...: waits until the command is true; false where it is not after a minute, on whatever machine.
soon() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}

# unread COMMAND...: the command writes to a pipe that nobody reads any more.
unread() {
	rm -f "$scratch/pipe"
	mkfifo "$scratch/pipe"
	(
		exec 3<>"$scratch/pipe" 4>"$scratch/pipe" 3>&-
		"$@" >&4 4>&-
	)
}

# exits STATUS NAME COMMAND...: the command exits so; its output is in $scratch/out and $scratch/err.
exits() {
	want=$1 name=$2
	shift 2
	"$@" >"$scratch/out" 2>"$scratch/err"
	got=$?
	[ "$got" -eq "$want" ] || note "exit status $got, wanted $want"
	test "$got" -eq "$want"
	ok $? "$name"
}

# says PATTERN NAME: the last command's output or messages have a line that matches.
says() {
	grep -qE -e "$1" "$scratch/out" "$scratch/err"
	ok $? "$2"
}

# own: from now on $bad is a copy that no other run has, so that its processes can be told from others'.
own() {
	cp "$bad" "$scratch/forkcheck-bad"
	bad=$scratch/forkcheck-bad
}

# processes PROGRAM: what /proc has of those of this very file, whatever else of the name the machine runs. The dead have none.
processes() {
	find -L /proc/[0-9]*/exe -maxdepth 0 -samefile "$1" 2>/dev/null
}

# survivors PROGRAM: what they do
survivors() {
	processes "$1" | while IFS=/ read -r _ _ pid _; do
		ps -o pid,ppid,stat,wchan:20,comm,args --no-headers -p "$pid"
	done
}

none_alive() {
	[ -z "$(processes "$1")" ]
}

# gone NAME [PROGRAM]: nothing of the test programs is alive, at once or as soon as the kernel has got to it.
gone() {
	soon none_alive "${2:-$bad}"
	left=$?
	[ "$left" -eq 0 ] || survivors "${2:-$bad}" >"$scratch/out"
	ok "$left" "$1"
}

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# kernel_source FOLDER [TAR-ARGUMENT...]: unpacks the source of Debian's package linux-source, or the part of it that tar is told
kernel_source() {
	[ ! -e "$1/complete" ] || return 0
	archive=$(find /usr/src -maxdepth 1 -name 'linux-source-*.tar.xz' 2>/dev/null | sort -V | tail -n 1)
	[ -n "$archive" ] || return 1
	mkdir -p "$1"
	folder=$1
	shift
	tar -C "$folder" --strip-components=1 -xJf "$archive" --wildcards "$@" && : >"$folder/complete"
}

finish() {
	echo "1..$number"
	[ "$failures" -eq 0 ]
}
