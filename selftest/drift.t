#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# spec/drift finds the sentence that a statement rests on, and tells when other pages have changed or dropped it.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

exits 0 'each documented statement has its sentence' spec/drift --check
exits 2 'no directory' spec/drift
exits 2 'a directory without pages' spec/drift "$scratch"
says 'no manual pages below it' '... is told'

# page VERSION SENTENCE: a page of our own, as man-pages has them.
page() {
	mkdir -p "$scratch/$1/man2"
	cat >"$scratch/$1/man2/spawn.2" <<END
.TH spawn 2 2026-01-01 "Linux man-pages $1"
.SH NAME
spawn \\- make a process
.SH DESCRIPTION
.BR spawn ()
makes a process.
$2
.SH ERRORS
.TP
.B EPERM
The caller is not allowed to do that.
.TP
.B EAGAIN
There are too many processes; the limit
.B RLIMIT_NPROC
has been reached.
END
}
page 1 'The child has a copy of the umask of its parent.'
page 2 'The child has a
.I copy
of the umask
of its parent.'
page 3 'The umask of the child is 022.'
mkdir -p "$scratch/4/man2" "$scratch/spec"
echo '.TH other 2 2026-01-01 "Linux man-pages 4"' >"$scratch/4/man2/other.2"
cp spec/drift "$scratch/spec"
{
	grep -m 1 '^id' spec/fork.tsv
	printf 'T-1\tspawn(2) DESCRIPTION\tdocumented\t-\t-\tany\tfork\tyes\tThe umask is kept by a child\t-\n'
	printf 'T-2\tspawn(2) ERRORS/EAGAIN\tdocumented\t-\t-\tany\tfork\tyes\tAt RLIMIT_NPROC it fails\t-\n'
	printf 'T-3\tkernel/fork.c\tlinux\t-\t-\tany\tfork\tyes\tWhat no page says\t-\n'
} >"$scratch/spec/some.tsv"

exits 0 'sentences are recorded' "$scratch/spec/drift" --record "$scratch/1"
test "$(grep -c spawn "$scratch/spec/sentences.txt")" -eq 2 && ! grep -q umask "$scratch/spec/sentences.txt"
ok $? '... without their text'
exits 0 'the sentence is shown' "$scratch/spec/drift" "$scratch/1" --show T-1 T-2
says 'DESCRIPTION, : The child has a copy of the umask' '... of a section'
says 'ERRORS, EAGAIN: .*RLIMIT_NPROC has been reached' '... of an error'
exits 0 'the same pages' "$scratch/spec/drift" "$scratch/1"
exits 0 'what only looks otherwise is the same' "$scratch/spec/drift" "$scratch/2"
says '2 sentences as they were, 0 changed, 0 on' '... and counted'
exits 1 'a sentence that has changed' "$scratch/spec/drift" "$scratch/3"
says '^changed  T-1  spawn\(2\)' '... is named'
says 'now +The umask of the child is 022' '... with what is there now'
says '1 sentences as they were, 1 changed' '... the other one stays'
exits 1 'a page that is gone' "$scratch/spec/drift" "$scratch/4"
says '^dropped  spawn\(2\): T-1 T-2' '... is named'
sed -i '/T-1/s/T-1/T-9/' "$scratch/spec/sentences.txt"
exits 1 'a statement without a sentence' "$scratch/spec/drift" --check
says '^T-1: not in' '... is named'
says '^T-9: in spec/sentences.txt' '... and a sentence without a statement'
finish
