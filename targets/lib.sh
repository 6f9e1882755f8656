# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#
# What the descriptions of targets share. A description is a file NAME.target here, or sources one of the *.sh for its
# kind, and sets
#
#	about       a line about it
#	arch        what its program is built for, as in `make ARCH=...`; empty: this machine
#	packages    those of this machine's Debian that it takes
#	scale       by how much the tests' time limits are multiplied
#	options     of `forkcheck run`, which a run there has
#	deviations  names of the files of known deviations, NAME.expect; of lines that fit the same test the first counts
#	missing     a function: prints what keeps it from running here and how to get it, a line each
#	look_at     a function: look_at BINARY may change deviations after a look at the program
#	launch      a function: launch BINARY ARG... runs it; the report goes to standard output, the program's status is
#	            the result
#
# In launch these are set:
#
#	$tmp        a directory that is removed at the end, on INT and TERM as well
#	$expect     a file there with the known deviations, or empty
#
# Where the program does not see the terminal that this script runs at the description sets sees_terminal=no.
# Where the program cannot see the files of this machine, the description sets expect_inside to the path at which it
# makes $expect visible there.

TIMEOUT=${TIMEOUT:-3600}
about='' arch='' packages='' scale=1 deviations='' options='' expect_inside='' sees_terminal=yes
tmp='' job='' reader='' expect='' watcher='' ending=TERM

missing() { :; }
look_at() { :; }

# A target that holds things outside of $tmp defines this anew.
release() { :; }

say() {
	printf 'targets/%s: %s\n' "${name:-run}" "$*" >&2
}

die() {
	say "$*"
	exit 2
}

# need COMMAND PACKAGE: says so where a command is missing
need() {
	command -v "$1" >/dev/null || printf '%s is missing: apt-get install %s\n' "$1" "$2"
}

# get FETCH ARG...: a fetch script; prints the directory, or ends this script with the reason
get() {
	fetch=$1
	shift
	"$here/$fetch" "$@" 2>"$tmp/fetch" || die "$(grep -v '^fetching' "$tmp/fetch" | tail -n 1)"
}

cleanup() {
	trap '' HUP INT TERM
	# shellcheck disable=SC2086 # empty, or numbers
	if [ -n "$job$reader" ]; then
		kill -s "$ending" $job $reader 2>/dev/null || :
		wait $job $reader 2>/dev/null || :
	fi
	if [ -n "$watcher" ]; then
		exec >&-
		wait "$watcher" || :
	fi
	release
	rm -rf "$tmp"
}

# start COMMAND...: in the background; when its time is up, or when this script ends, all of its process group
# is killed. Redirections of start are the command's.
start() {
	left=$((began + TIMEOUT - $(date +%s)))
	[ "$left" -gt 0 ] || left=1
	timeout -k 5 "$left" "$@" </dev/null &
	job=$!
}

# finish: waits for what was started and sets $status. Ends this script if the time was up.
finish() {
	status=0
	wait "$job" || status=$?
	job=''
	case $status in
	124 | 137)
		[ "$(date +%s)" -ge $((began + TIMEOUT)) ] || return 0
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

# as_nobody COMMAND...: the same as an ordinary user without capabilities
as_nobody() {
	[ "$(id -u)" -ne 0 ] ||
		set -- setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --ambient-caps=-all "$@"
	run_here "$@"
}

# publish BINARY: a copy of it that everybody can execute, $tmp/forkcheck
publish() {
	cp "$1" "$tmp/forkcheck"
	chmod 755 "$tmp" "$tmp/forkcheck"
	[ -z "$expect" ] || chmod 644 "$expect"
}

# ---- Machines ----------------------------------------------------------------------------------------
#
# A target that boots a kernel defines
#
#	power_on BINARY ARG...    makes an initramfs and arguments for init of these, and calls boot with the command
#
# and its launch is run_machine. When a machine dies under a test, by itself or by falling silent, it is powered on
# anew, and the program goes on with --resume behind the test that killed it.

run_machine() {
	console=${KLOG:-$tmp/console}
	(: >"$console") 2>/dev/null || die "KLOG=$console: cannot be written"
	: >"$tmp/journal"
	power_on "$@"
	until came_to_its_end; do
		bury "$@"
		go_on "$@"
	done
	return "$status"
}

go_on() {
	file=$1 command=$2
	shift 2
	power_on "$file" "$command" --resume /journal "$@"
}

# boot COMMAND...: starts a machine that has the program as its init. What the program writes comes out at the
# command's descriptor 3; everything else that is said goes to its standard output, and to $console.
boot() {
	rm -f "$tmp/report"
	mkfifo "$tmp/report"
	heard=$(wc -l <"$tmp/journal")
	"$here/listen" "$SILENCE" "$tmp/journal" <"$tmp/report" &
	reader=$!
	start "$@" 3>"$tmp/report" >>"$console" 2>&1
	failed=0
	wait "$reader" || failed=$?
	reader=''
	[ "$failed" -eq 0 ] || { say "the report cannot be written"; exit 125; }
}

# Did the program come to its end? Then $status is its exit status. The machine is switched off in any case.
came_to_its_end() {
	# What listen took for the end, and nothing else that a machine may say.
	status=$(sed -n 's/^### forkcheck exit \([0-9]\{1,3\}\)$/\1/p' "$tmp/journal" | tail -n 1)
	last_words >"$tmp/last"
	if [ -n "$status" ]; then
		# It is about to power off by itself.
		timeout 5 tail -f --pid="$job" /dev/null || :
	fi
	kill "$job" 2>/dev/null || :
	wait "$job" 2>/dev/null || :
	job=''
	[ -n "$status" ]
}

# The last words of a machine go into the journal. Ends this script where going on makes no sense.
bury() {
	[ "$(date +%s)" -lt $((began + TIMEOUT)) ] || { say "not finished after $TIMEOUT seconds (TIMEOUT)"; exit 124; }
	say "$(tail -n 1 "$tmp/journal" | sed 's/# died: [A-Z]* //'); from its console:"
	sed 's/^/    /' "$tmp/last" >&2
	if ! sed "1,${heard}d" "$tmp/journal" | grep -q '^ *# begins: '; then
		say "no test had begun"
		exit 125
	fi
	case " $* " in
	*' --repeat'* | *' --until-fail'*)
		say "what is to be repeated cannot be resumed"
		exit 125
		;;
	esac
	sed 's/^/# console: /' "$tmp/last" >>"$tmp/journal"
	: >"$console"
}

last_words() {
	tr -d '\r' <"$console" | LC_ALL=C tr -c '\n\t -~' '?' >"$tmp/printable"
	grep -E 'Kernel panic|BUG: |Oops: |Failed to execute' "$tmp/printable" | head -n 5 >"$tmp/worst" || :
	cat "$tmp/worst"
	tail -n 15 "$tmp/printable" | grep -v -x -F -f "$tmp/worst" || :
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
	rm -rf "$root"
	mkdir "$root" "$root/dev" "$root/proc" "$root/sys" "$root/tmp"
	cp "$2" "$root/init"
	chmod 755 "$root/init"
	[ -z "$3" ] || cp "$3" "$root/kernel-config"
	[ -z "$expect" ] || cp "$expect" "$root/expect"
	[ ! -s "$tmp/journal" ] || cp "$tmp/journal" "$root/journal"
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
