#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# No run hurts a process that is not its own: a canary of the same user lives through all of them, where no pen can be made.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# Everything happens in a PID namespace, so that the canary is the only one who could be hurt; and in a user namespace,
# where the last one to be made can be refused.
cat >"$scratch/cage" <<'END'
#!/bin/sh
# cage ID BAD ARGUMENT...: runs BAD where it can make no pen, beside a canary; says whether that lives.
outside=$1
shift
if [ "$(readlink /proc/self/ns/user)" = "$outside" ] || ! echo 0 >/proc/sys/user/max_user_namespaces; then
	echo "no cage"
	exit 99
fi
sleep 1000 &
canary=$!
setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
echo "status $?"
kill -0 $canary && ! grep -q '^State:.*Z' /proc/$canary/status && echo "the canary lives"
END
chmod 755 "$scratch/cage"

caged() {
	unshare -Urpf --mount-proc --kill-child "$scratch/cage" "$(readlink /proc/self/ns/user)" "$bad" "$@" \
		>"$scratch/out" 2>"$scratch/err"
}

# lives NAME: it is told that the test was refused, and the canary lives.
lives() {
	says "may hit every process of its user, and no pen is around it" "$1: refused, with the reason"
	says '^the canary lives$' '... and the canary lives'
}

caged bad.verdicts.passes
if ! grep -q '^status 0' "$scratch/out"; then
	skip 'no pen, no kill' "no cage can be made: $(cat "$scratch/out" "$scratch/err")"
	finish
	exit
fi
says '^# no pen: ' 'there is no pen in the cage'
deadly=bad.verdicts.kills_everything
caged $deadly
lives 'a run'
says '^status 4$' '... with nothing but a skip'
caged --no-pen --repeat 2 -j2 $deadly bad.verdicts.passes
lives 'repeated'
caged --gtest_filter=$deadly
lives "GoogleTest's way"
caged debug $deadly
lives 'debug'
caged --format tap --expect selftest/bad.expect -j2 '!*hangs' '!*without_end'
lives 'all that are wrong'
says '^status 0$' '... with their verdicts'

if [ "$(id -u)" -eq 0 ]; then
	# The signal of user 0 would reach all that this PID namespace has.
	cat >"$scratch/rootcage" <<-'END'
		#!/bin/sh
		sleep 1000 &
		canary=$!
		"$@" 2>&1
		kill -0 $canary && ! grep -q '^State:.*Z' /proc/$canary/status && echo "the canary lives"
	END
	chmod 755 "$scratch/rootcage"
	unshare -pf --mount-proc --kill-child "$scratch/rootcage" "$bad" --no-pen 'bad.verdicts.kills_everything*' \
		>"$scratch/out" 2>"$scratch/err"
	says 'may hit every process, and' 'root without a pen: refused'
	lives '... both'
else
	skip 'root without a pen' 'not root'
fi

"$bad" list $deadly >"$scratch/out"
says 'in a pen only' 'the list shows which tests these are'
"$bad" list --json >"$scratch/out"
says '"reaches": "every process of its user"' '... and so does the catalogue'
finish
