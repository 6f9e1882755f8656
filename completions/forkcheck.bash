# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# bash completion of forkcheck: commands, options, and ids up to the next dot.
# shellcheck shell=bash

# Words that follow the dots of $cur: the ids of the program itself.
_forkcheck_ids() {
	"$1" list 2>/dev/null | awk -v cur="$2" '
		index($1, cur) == 1 {
			rest = substr($1, length(cur) + 1)
			dot = index(rest, ".")
			print cur (dot ? substr(rest, 1, dot) : rest)
		}' | sort -u
}

_forkcheck_statements() {
	"$1" list --covers 2>/dev/null | cut -f 2 | tr ' ' '\n' | sort -u
}

_forkcheck() {
	local program=$1 cur=$2 prev=$3 option words=''

	COMPREPLY=()
	# "--option=value" comes in three words.
	option=$prev
	[ "$prev" != = ] || option=${COMP_WORDS[COMP_CWORD - 2]}
	[ "$cur" != = ] || { cur='' && option=$prev; }
	case $option in
	--format) words='ktap flat tap lava' ;;
	--color) words='auto always never' ;;
	--expect | --kernel-config | --output | --resume | --times | --save-times)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames
		return
		;;
	-j | --jobs | --repeat | --seed | --shard | --timeout-scale | --assume-kernel) return ;;
	esac
	if [ -z "$words" ]; then
		case $cur in
		-*)
			words='-j --jobs --repeat --until-fail --shuffle --seed --shard --times --save-times
				--timeout-scale --assume-kernel --kernel-config --expect --again --format --output --color
				--announce --kernel-log --resume --no-pen --covers --json --list-features --strace --gdb --help --version'
			;;
		*)
			words=$(_forkcheck_ids "$program" "$cur")
			[ "$COMP_CWORD" -ne 1 ] || words="run list explain env debug bench explore $words"
			[ "${COMP_WORDS[1]}" != explain ] || words+=" $(_forkcheck_statements "$program")"
			;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	# An id goes on behind its dot.
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *. ]] || compopt -o nospace
}

complete -F _forkcheck forkcheck
