# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#
# Where what was fetched is kept. Sourced by the scripts that fetch, which define die().

cache=${FORKCHECK_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/forkcheck}

# cache_is_ours: ends the script where somebody else may have laid something into the cache, or can: what is in there
# is executed.
cache_is_ours() {
	mkdir -p "$cache"
	# -H: the cache may be a link. Of what is below it, that much is looked up by name.
	strange=$(find -H "$cache" -maxdepth 3 \( ! -user "$(id -u)" -o -perm /022 ! -type l \) -print -quit)
	[ -z "$strange" ] || die "$strange: another user may write there; remove it, or set FORKCHECK_CACHE to a directory of your own"
}
