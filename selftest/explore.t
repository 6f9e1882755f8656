#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# forkcheck explore: its command line; that it finds faults in process creation; and that its C files compile, and show them.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# Whatever the kernel does, it ends by itself; where it does not, that is a failure, and not a hanging test.
explore() { # ARG...
	timeout -k 10 "${limit:-120}" "${program:-$good}" explore "$@"
}

wrong() { # PATTERN ARG...
	pattern=$1
	shift
	exits 2 "refused: explore $*" explore "$@"
	says "$pattern" "... and says why"
}

echo 'no colon' >"$scratch/wrong.expect"
wrong "unrecognized option" --no-such-option
wrong "a number from 0 to" --time soon
wrong "a number from 1 to 64" -j 0
wrong "a number from 1 to 2" --exhaustive 3
wrong "a statement, an operation or a flag is wanted" --without NOTHING
wrong "a statement is wanted" --forget NOTHING
wrong "text or ktap is wanted" --format xml
wrong "wrong.expect:1: a line is" --expect "$scratch/wrong.expect"
wrong "a release such as 6.1 is wanted" --release new
wrong "line 1: 'frok' is no operation" --play 'A frok B'
wrong "step 2, 'B exit 0', can't be taken" --play 'A umask 0; B exit 0'
wrong "no further argument is wanted" 'A fork B'
wrong "play says which program" --c "$scratch/x.c"
wrong "No such file" --save /no/such/directory

exits 0 'help' explore --help
test "$(wc -l <"$scratch/out")" -le 30
ok $? 'help fits a screen'
exits 0 'operations' explore --operations
says '^  umask <the mask>' '... are told with their arguments'

# ---- Programs

exits 0 'a program' explore --play 'A fork B; B exit 3; A wait B'
says 'A wait B +# -> B, exited with 3' '... with what each step must give'
printf '# a comment\nA vfork B\nB exit 1\n' >"$scratch/one.program"
exits 0 'a program in a file' explore --play "$scratch/one.program"
exits 1 'what the model does not know differs' explore --forget WAIT-53 --play 'A fork B; B thread C; B exit 0; C exit 9; A wait B'
says 'want exited with 0, got exited with 9' '... and it says how'

# ---- A search

exits 0 'a search without a difference' explore --programs 300 --seed 5
says '^explore: 300 programs in .*, 0 kinds of difference' '... and what it played'
exits 0 'all programs of a shape, for a while' explore --exhaustive 1 --time 2
says 'things set, [0-9]+ ways to create, 2 sides' '... and its bounds'

# ---- Faults, in the build that has them: x86-64 only

sabotaged=$build/forkcheck-sabotaged
finds() { # FAULT STATEMENT STEPS [ARG...]
	fault=$1 statement=$2 steps=$3
	shift 3
	(
		export FORKCHECK_FAULT="$fault"
		program=$sabotaged
		explore --time 10 --save "$scratch/found" "$@"
	) >"$scratch/out" 2>&1
	test $? -eq 1
	ok $? "$fault: it ends, and says that something is wrong"
	says "^[0-9]+  $statement: " "$fault is found"
	test "$(sed -n 's/.*cut down to \([0-9]*\) steps/\1/p' "$scratch/out" | sort -n | head -n 1)" -le "$steps"
	ok $? "... by a program of at most $steps steps"
}

if [ "$(uname -m)" = x86_64 ] && [ -x "$sabotaged" ]; then
	mkdir "$scratch/found"
	finds create.any.EINVAL_accepted 'CLONE-[A-Z0-9]*-[0-9]*' 1 # accepted and must be refused
	# Findings come faster than they are told: the time counts all the same.
	finds create.any.EINVAL_accepted 'CLONE-[A-Z0-9]*-[0-9]*' 1 -j 32
	finds vfork.as_fork 'VFORK-001' 1
	finds result.next_pid 'FORK-002' 1
	echo '* FAIL : FORK-001 to FORK-003, fork: want the PID; got the next one' >"$scratch/known.expect"
	exits 0 'what is known is no failure' env FORKCHECK_FAULT=result.next_pid timeout 120 "$sabotaged" explore --programs 40 \
		-j 1 --without CLONE-THREAD-02 --expect "$scratch/known.expect"
	says '^   known: FORK-001 to FORK-003, ' '... and told as known'
	says '^explore: 40 programs .* in [1-3] programs, ' '... once: it is left out of further programs'
	exits 0 'as KTAP' env FORKCHECK_FAULT=result.next_pid timeout 120 "$sabotaged" explore --programs 40 \
		--without CLONE-THREAD-02 --expect "$scratch/known.expect" --format ktap
	says '^not ok 1 - .* # XFAIL FORK-001' '... it is an expected failure'
	says '^1\.\.[0-9]+$' '... with a plan'
	rm -f "$scratch/found"/*
	finds dropped.CLONE_FS 'CLONE-FS-02' 2
	if command -v gcc >/dev/null; then
		file=$(grep -l "umask: want" "$scratch/found"/*.c | head -n 1)
		gcc -static -Wall -Wextra -Werror -o "$scratch/finding" "$file" >"$scratch/out" 2>&1
		ok $? 'its C file compiles without a warning'
		exits 0 '... is ok here' timeout 60 "$scratch/finding"
		says '^ok$' '... and says so'
		# The same fault, by a library.
		cat >"$scratch/drop.c" <<-'C'
			#define _GNU_SOURCE
			#include <dlfcn.h>
			#include <sched.h>
			#include <stdarg.h>
			int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
			{
				int (*real)(int (*)(void *), void *, int, void *, ...) = dlsym(RTLD_NEXT, "clone");
				va_list more;
				va_start(more, arg);
				void *a = va_arg(more, void *), *b = va_arg(more, void *), *c = va_arg(more, void *);
				va_end(more);
				return real(fn, stack, flags & ~CLONE_FS, arg, a, b, c);
			}
		C
		gcc -shared -fPIC -o "$scratch/drop.so" "$scratch/drop.c" && gcc -o "$scratch/finding" "$file"
		ok $? 'a library that drops CLONE_FS'
		exits 1 '... makes it bad' timeout 60 env LD_PRELOAD="$scratch/drop.so" "$scratch/finding"
		says "^bad .'s umask: want 0, got 18" '... with what was wanted and what came'
	fi
else
	echo '# no sabotaged build here'
fi

# Of each kind of program one: on a right kernel all are ok.
if command -v gcc >/dev/null; then
	while read -r text; do
		explore --play "$text" --c "$scratch/kind.c" >"$scratch/out" 2>&1 &&
			gcc -static -Wall -Wextra -Werror -o "$scratch/kind" "$scratch/kind.c" >"$scratch/out" 2>&1 &&
			timeout 60 "$scratch/kind" >"$scratch/out" 2>&1
		ok $? "as C: $text"
	done <<-'END'
		A map m; A write m.1 5; A vfork B; B write m.1 6; B exec; B exit 4; A wait_any
		A clone FILES exit=USR1 B; A block USR1; B open; B dup 0; B exit_group 7; A wait B WALL
		A fork B; A wait B; B kill B TERM
		A thread B; B setsid; A ignore CHLD; B fork C; C setsid; C exit 0; B wait C
		A handle PWR; A chdir /proc; A fork B; B chdir /dev; B exec; B exit 2; A waitid B NOWAIT; A waitid_any
		A slack 7; A keepcaps 1; A limit 6000; A timer virtual 1; A altstack 1; A thread B; B exec; B timer real 0
		A clone3 VM VFORK B; B block USR2; B tgkill B USR2; B exit 1
	END
fi
finish
