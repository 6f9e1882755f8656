#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# What the shells complete, asked of the shells themselves, and that all know every option of --help.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$(readlink -f "$build"):$PATH

# in_bash WORD...: what bash offers for the last word
in_bash() {
	bash --norc -c '. completions/forkcheck.bash
		compopt() { :; }
		COMP_WORDS=(forkcheck "$@") COMP_CWORD=$#
		_forkcheck forkcheck "${@: -1}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" >"$scratch/out" 2>"$scratch/err"
}

in_fish() {
	fish --no-config -c "source completions/forkcheck.fish; complete -C '$1'" >"$scratch/out" 2>"$scratch/err"
}

"$good" --help | sed -n 's/^ *\(Usage:\)\? *forkcheck \[*\([a-z]*\).*/\2/p' | sort -u >"$scratch/commands"
"$good" --help | grep -oE -- '--[a-z][a-z-]+' | grep -vxE -- '--gtest_filter|--gtest' | sort -u >"$scratch/options"
for file in completions/*; do
	sed 's/-l \([a-z]\)/--\1/g' "$file" | grep -oE -- '--[a-z][a-z-]+' | sort -u | comm -23 "$scratch/options" - >"$scratch/out"
	test ! -s "$scratch/out"
	ok $? "$file knows all options"
	grep -owFf "$scratch/commands" "$file" | sort -u | comm -23 "$scratch/commands" - >"$scratch/out"
	test ! -s "$scratch/out"
	ok $? "... and all commands"
done

if command -v bash >/dev/null; then
	in_bash vfork.sus
	says '^vfork\.suspension\.$' 'bash completes an id up to its dot'
	in_bash explain CLONE-FILES-0
	says '^CLONE-FILES-01$' 'bash completes a statement'
	in_bash ex
	says '^explain$' 'bash completes a command'
	in_bash run --format fl
	says '^flat$' 'bash completes a format'
	in_bash run --expect targets/ru
	says '^targets/runsc.expect$' 'bash completes a file'
else
	skip 'bash completes' 'no bash'
fi
if command -v fish >/dev/null; then
	in_fish 'forkcheck run vfork.memory.written_by_child.'
	says '^vfork\.memory\.written_by_child\.clone3.' 'fish completes an id, with what it asserts'
	in_fish 'forkcheck explain CLONE-FILES-0'
	says '^CLONE-FILES-01' 'fish completes a statement'
	in_fish 'forkcheck --format '
	says '^lava' 'fish completes a format'
else
	skip 'fish completes' 'no fish (apt-get install fish)'
fi
if command -v zsh >/dev/null; then
	script -qec "zsh -f -i" /dev/null >"$scratch/out" 2>&1 <<END
fpath=($PWD/completions \$fpath); autoload -Uz compinit; compinit -u -D; PS1=
forkcheck run vfork.susp	
forkcheck explain CLONE-IO-0	
exit
END
	says 'vfork.suspension' 'zsh completes an id'
	says 'CLONE-IO-01' 'zsh completes a statement'
else
	skip 'zsh completes' 'no zsh (apt-get install zsh)'
fi
finish
