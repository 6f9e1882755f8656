#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# A run at a terminal: a progress line that fits, no escape sequence where none is wanted, and the same for targets that do not
# see the terminal.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# at_terminal COLUMNS COMMAND...: the command at a terminal of this width; what it wrote is in $scratch/out
at_terminal() {
	columns=$1
	shift
	python3 - "$columns" "$@" >"$scratch/out" 2>"$scratch/err" <<'END'
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
try:
    while data := os.read(fd, 4096):
        sys.stdout.buffer.write(data)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
}

# fits COLUMNS NAME: no progress line reaches the last columns
fits() {
	tr '\r' '\n' <"$scratch/out" | awk -v columns="$1" '/^\[[0-9]*\/[0-9]*\]/ { seen = 1; if (length() > columns - 3) bad = 1 }
		END { exit bad || !seen }'
	ok $? "$2"
}

# plain NAME: there is no escape sequence
plain() {
	! grep -q "$(printf '\033')" "$scratch/out"
	ok $? "$1"
}

unset NO_COLOR
export TERM=xterm
for columns in 60 80 200; do
	at_terminal "$columns" "$bad" -j1 bad.verdicts.passes bad.verdicts.fails bad.verdicts.closes_every_descriptor
	test $? -eq 1
	ok $? "a run at $columns columns"
	fits "$columns" '... has a progress line that fits'
	says 'not as expected:' '... and names at the end'
	says '  FAIL    bad.verdicts.fails' '... what failed'
done
at_terminal 1 "$bad" bad.verdicts.passes
ok $? 'one column is enough'
NO_COLOR=1 at_terminal 80 "$bad" bad.verdicts.passes bad.verdicts.fails
plain 'NO_COLOR: no escape sequence'
fits 80 '... and a progress line'
TERM=dumb at_terminal 80 "$bad" bad.verdicts.passes bad.verdicts.fails
plain 'TERM=dumb: no escape sequence'
! grep -q '^.*\[[0-9]*/' "$scratch/out"
ok $? '... and no progress line'
at_terminal 80 "$bad" --output "$scratch/report" bad.verdicts.passes bad.verdicts.fails
fits 80 'the progress is shown while the report goes into a file'
grep -q '^KTAP version 1' "$scratch/report" && grep -q 'ok 1 passes' "$scratch/report"
ok $? '... which has all of it'
! grep -q 'KTAP version' "$scratch/out"
ok $? '... alone'

# What a target that sees no terminal writes, beside what the program shows itself.
"$bad" --seed 1 --format flat bad.verdicts.passes bad.verdicts.fails bad.verdicts.skips bad.verdicts.crashes >"$scratch/flat"
at_terminal 60 sh -c "targets/watch <'$scratch/flat'"
fits 60 'a target is watched'
tr '\r' '\n' <"$scratch/out" | sed 's/pid [0-9]*//; s/[0-9.]* s$//' | grep -v '^\[\|^ *$' >"$scratch/watched"
at_terminal 60 "$bad" --seed 1 bad.verdicts.passes bad.verdicts.fails bad.verdicts.skips bad.verdicts.crashes
tr '\r' '\n' <"$scratch/out" | sed 's/pid [0-9]*//; s/[0-9.]* s$//' | grep -v '^\[\|^ *$' >"$scratch/shown"
diff "$scratch/shown" "$scratch/watched" >"$scratch/out"
ok $? '... and shown as the program shows itself'
finish
