# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the adapters share. An adapter is an executable script here that sources this file, defines
#
#	usage             prints its help
#	targets           prints the names it serves, each with a tab and a line about it
#	missing NAME      prints what keeps NAME from running here and how to get it, a line each
#	launch NAME BINARY ARG...
#	                  runs it: the report goes to standard output, the program's status is the result
#
# and ends with: adapter "$@". In launch these are set:
#
#	$tmp              a directory that is removed at the end, on INT and TERM as well
#	$expect           a copy there of the expectations for NAME, or empty
#
# Where the program cannot see the files of this machine, the adapter sets expect_inside before `adapter`
# to the path at which it makes $expect visible there. $deviations names the file of known deviations of several
# names, in place of the name's own: targets/$deviations.expect.

TIMEOUT=${TIMEOUT:-300}
expect_inside='' deviations=''
name='' tmp='' job='' reader=''

say() {
	printf 'targets/%s: %s\n' "${name:-${0##*/}}" "$*" >&2
}

die() {
	say "$*"
	exit 2
}

# need COMMAND PACKAGE: says so where a command is missing
need() {
	command -v "$1" >/dev/null || printf '%s is missing: apt-get install %s\n' "$1" "$2"
}

# lacks NAME: what is missing, in one line
lacks() {
	missing "$1" | awk '{ printf "%s%s", n++ ? "; " : "", $0 }'
}

# An adapter that holds things outside of $tmp defines this anew.
release() { :; }

cleanup() {
	trap '' HUP INT TERM
	# shellcheck disable=SC2086 # empty, or numbers
	if [ -n "$job$reader" ]; then
		kill $job $reader 2>/dev/null || :
		wait $job $reader 2>/dev/null || :
	fi
	release
	rm -rf "$tmp"
}

help_environment() {
	cat <<'END'

Environment:
  TIMEOUT=SECONDS  time for the whole run (300)
  EXPECT=FILE      the deviations that are known (targets/NAME.expect, if there is one); empty: none
END
}

adapter() {
	case ${1-} in
	-h | --help)
		usage
		help_environment
		exit 0
		;;
	--list)
		targets | while IFS='	' read -r name text; do
			printf '%s\t%s\t%s\n' "$name" "$(lacks "$name")" "$text"
		done
		exit 0
		;;
	esac
	[ $# -ge 2 ] || die "a target and a binary are wanted (see targets/run --help)"
	name=$1 binary=$2
	shift 2
	targets | cut -f 1 | grep -qxF -e "$name" || die "no such target (see targets/run --list)"
	case $TIMEOUT in
	*[!0-9]* | 0*) die "TIMEOUT='$TIMEOUT': a number of seconds is wanted" ;;
	esac
	if [ ! -f "$binary" ] || [ ! -x "$binary" ]; then die "$binary: no such program"; fi
	binary=$(readlink -f -- "$binary")
	why=$(lacks "$name")
	[ -z "$why" ] || die "$why"

	known=${EXPECT-$here/${deviations:-$name}.expect}
	if [ ! -f "$known" ]; then
		[ -z "${EXPECT-}" ] || die "EXPECT=$EXPECT: no such file"
		known=''
	fi

	trap cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	tmp=$(mktemp -d)
	expect=''
	if [ -n "$known" ]; then
		expect=$tmp/${known##*/}
		cp "$known" "$expect"
		# Options go behind the program's command.
		case ${1-} in
		run | list | explain | env | debug)
			command=$1
			shift
			;;
		*) command=run ;;
		esac
		set -- "$command" --expect "${expect_inside:-$expect}" "$@"
	fi
	launch "$name" "$binary" "$@"
}

# start COMMAND...: in the background; when its time is up, or when this script ends, all of its process group
# is killed. Redirections of start are the command's.
start() {
	began=$(date +%s)
	timeout -k 5 "$TIMEOUT" "$@" </dev/null &
	job=$!
}

# finish: waits for what was started and sets $status. Ends this script if the time was up.
finish() {
	status=0
	wait "$job" || status=$?
	job=''
	case $status in
	124 | 137)
		[ $(($(date +%s) - began)) -ge "$TIMEOUT" ] || return 0
		say "not finished after $TIMEOUT seconds (TIMEOUT)"
		exit 124
		;;
	esac
}

# run_here COMMAND...: as a process of this machine
run_here() {
	start "$@"
	finish
	return "$status"
}

# Where a machine's console goes.
open_console() {
	console=${KLOG:-$tmp/console}
	(: >"$console") 2>/dev/null || die "KLOG=$console: cannot be written"
}

# boot COMMAND...: starts a machine that has the program as its init. What the program writes comes out at the
# command's descriptor 3; everything else that is said goes to its standard output, and to $console.
boot() {
	cr=$(printf '\r')
	mkfifo "$tmp/report"
	: >"$tmp/status"
	sed -u -n -e "s/$cr//g" -e '/^### forkcheck exit [0-9][0-9]*$/{' -e "w $tmp/status" -e q -e '}' -e p \
		<"$tmp/report" &
	reader=$!
	start "$@" 3>"$tmp/report" >>"$console" 2>&1
	failed=0
	wait "$reader" || failed=$?
	reader=''
	if [ "$failed" -ne 0 ]; then
		say "the report cannot be written"
		exit 125
	fi
	if [ ! -s "$tmp/status" ]; then
		finish
		say "the machine ended before the program did; from its console:"
		{
			grep -a -E 'Kernel panic|BUG: |Oops: |Failed to execute' "$console" | head -n 5
			echo ...
			tail -n 15 "$console"
		} | tr -d '\r' | sed 's/^/    /' >&2
		exit 125
	fi
	# It is about to power off; what remains of it is killed at the end.
	timeout 5 tail -f --pid="$job" /dev/null || :
	read -r _ _ _ status <"$tmp/status"
	return "$status"
}

# newc NAME MODE MAJOR MINOR: one entry of a cpio archive, for what only root could make as a file
newc() {
	size=$((${#1} + 1))
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' \
		0 "$2" 0 0 1 0 0 0 0 "$3" "$4" "$size" 0 "$1"
	while [ $(((110 + size) % 4)) -ne 0 ]; do
		printf '\0'
		size=$((size + 1))
	done
}

# initramfs FILE BINARY CONFIG MAJOR MINOR: an archive with BINARY as init, the kernel's configuration CONFIG (may be
# empty) and $expect. The terminal MAJOR:MINOR stands at /dev/console, which the kernel opens as init's standard
# descriptors. So what the program writes does not mix with what the kernel does.
initramfs() {
	root=$tmp/initramfs
	mkdir "$root" "$root/dev" "$root/proc" "$root/sys" "$root/tmp"
	cp "$2" "$root/init"
	chmod 755 "$root/init"
	[ -z "$3" ] || cp "$3" "$root/kernel-config"
	[ -z "$expect" ] || cp "$expect" "$root/expect"
	# A kernel has a node of that name already and keeps it, unless a file of another type comes by.
	: >"$root/dev/console"
	{
		(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet)
		newc dev/console $((020600)) "$4" "$5"
		newc 'TRAILER!!!' 0 0 0
	} >"$1"
}

# init_arguments SIZE CONFIG ARG...: prints the end of a kernel command line, of SIZE bytes at most, that hands ARGs to
# init. All are quoted, so that the kernel takes none for its own.
init_arguments() {
	size=$1 most=''
	[ -z "$2" ] || most=$(sed -n 's/^CONFIG_INIT_ENV_ARG_LIMIT=//p' "$2")
	shift 2
	[ $# -le "${most:-32}" ] || die "$# arguments are too many: this kernel hands ${most:-32} to init"
	line=--
	for arg; do
		case $arg in
		--) die "'--': a kernel hands nothing behind it to init" ;;
		*\"*) die "'$arg': no double quote can be in an argument on a kernel command line" ;;
		*[[:cntrl:]]*) die "'$arg': no control character can be on a kernel command line" ;;
		esac
		line="$line \"$arg\""
	done
	length=$(printf %s "$line" | wc -c)
	[ "$length" -le "$size" ] || die "the arguments are too long: $length bytes, this kernel takes $size"
	printf '%s\n' "$line"
}

# bytes FILE OFFSET COUNT: as decimal numbers
bytes() {
	od -A n -t u1 -j "$2" -N "$3" -- "$1"
}

# machine FILE: the machine that an ELF program is for, by the name that QEMU has for it
machine() {
	# shellcheck disable=SC2046
	set -- "$1" $(bytes "$1" 0 6) $(bytes "$1" 18 2)
	[ "${2-} ${3-} ${4-} ${5-}" = "127 69 76 70" ] || die "$1: not an ELF program"
	case $7 in
	1) order=el code=$(($8 + 256 * $9)) ;;
	*) order=eb code=$((256 * $8 + $9)) ;;
	esac
	case $code-$6-$order in
	2-*) echo sparc ;;
	3-*) echo i386 ;;
	4-*) echo m68k ;;
	8-1-eb) echo mips ;;
	8-1-el) echo mipsel ;;
	8-2-eb) echo mips64 ;;
	8-2-el) echo mips64el ;;
	15-*) echo hppa ;;
	18-*) echo sparc32plus ;;
	20-*) echo ppc ;;
	21-*-eb) echo ppc64 ;;
	21-*-el) echo ppc64le ;;
	22-*) echo s390x ;;
	40-*-el) echo arm ;;
	40-*-eb) echo armeb ;;
	42-*-el) echo sh4 ;;
	42-*-eb) echo sh4eb ;;
	43-*) echo sparc64 ;;
	62-*) echo x86_64 ;;
	94-*-el) echo xtensa ;;
	94-*-eb) echo xtensaeb ;;
	183-*-el) echo aarch64 ;;
	183-*-eb) echo aarch64_be ;;
	243-1-*) echo riscv32 ;;
	243-2-*) echo riscv64 ;;
	258-*) echo loongarch64 ;;
	36902-*) echo alpha ;;
	*) die "$1: an ELF program for machine $code, which is not known here" ;;
	esac
}

# for_machine FILE MACHINE...: FILE must be for one of these
for_machine() {
	file=$1
	found=$(machine "$file")
	shift
	case " $* " in
	*" $found "*) ;;
	*) die "$file is a program for $found; this target runs those for $*" ;;
	esac
}
