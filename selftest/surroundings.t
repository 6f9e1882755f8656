#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# A part of the suite in each surrounding; and what tells whether verdicts differ there can see it.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

run=selftest/surroundings/run

# With names of tests that a filter turns round.
cat >"$scratch/table.sh" <<'END'
# shellcheck shell=sh
# spoil SED-SCRIPT COMMAND...
spoil() {
	script=$1
	shift
	"$@" | sed "$script"
}
nowhere() {
	unable 'there is no such place'
}
surrounding same env
surrounding fails spoil 's/^ok 2 /not ok 2 /'
surrounding skips spoil '0,/^ok [^#]*$/{/^ok [^#]*$/s/$/ # SKIP for a reason/}'
surrounding skips_all spoil 's/^ok .*/& # SKIP for no reason/'
surrounding cut_off spoil '/^# Totals/d'
surrounding missing nowhere
refusal refused 'no such command' sh -c 'echo no such command >&2; exit 2'
refusal not_refused 'no such command' env
END
table() {
	"$run" --quick --table "$scratch/table.sh" "$good" "$@"
}
exits 0 'where nothing differs' table same skips missing
says '^same +[0-9]+ +0 ' '... nothing is told'
says '^skips +[0-9]+ +1 ' '... a further skip is counted'
says '^ +1  for a reason' '... with its reason'
says '^missing .*not shown: there is no such place' '... what can not be had is told'
for wrong in fails skips_all cut_off not_refused; do
	exits 1 "$wrong is an error" table $wrong
	says "^$wrong .*WRONG: " '... and says so'
done
says 'exit status 0, not 2' 'a program that goes on is none that refuses'
exits 0 'the program refuses' table refused
says '^refused .*refused: no such command' '... with its message'
exits 2 'no program' "$run"
exits 2 'an unknown option' "$run" --slow "$good"

exits 0 'no verdict depends on the surroundings' "$run" --quick "$good"
if [ "$(id -u)" -eq 0 ]; then
	exits 0 "nor do an ordinary user's" "$run" --quick --user "$good"
fi
finish
