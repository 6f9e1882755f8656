# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# gVisor: a kernel in user space, in Go. The program runs in a container that holds nothing else, with all
# capabilities. A description sets
#
#	suite       the release of Debian whose runsc it is
#	platform    how it intercepts system calls: ptrace, systrap, kvm
#
# From the environment: RUNSC (another gVisor), PLATFORM.
# Its ptrace platform makes a stop of each system call.
scale=3
container=forkcheck-$$
expect_inside=/expect
sees_terminal=no

missing() {
	[ "$(id -u)" -eq 0 ] || echo "it needs root"
}

# json TEXT: as a string of JSON
json() {
	case $1 in
	*[[:cntrl:]]*) die "'$1': no control character can be in an argument" ;;
	esac
	printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"
}

# configuration COMMAND...: the container's
configuration() {
	words=''
	for word; do
		text=$(json "$word")
		words="$words${words:+, }$text"
	done
	capabilities=''
	for capability in CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP \
		LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE \
		SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME \
		SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP; do
		capabilities="$capabilities${capabilities:+, }\"CAP_$capability\""
	done
	cat <<END
{
	"ociVersion": "1.0.0",
	"hostname": "forkcheck",
	"root": { "path": "rootfs", "readonly": false },
	"process": {
		"user": { "uid": 0, "gid": 0 },
		"cwd": "/",
		"env": [ "PATH=/" ],
		"args": [ $words ],
		"capabilities": {
			"bounding": [ $capabilities ],
			"effective": [ $capabilities ],
			"inheritable": [ $capabilities ],
			"permitted": [ $capabilities ]
		}
	},
	"mounts": [
		{ "destination": "/proc", "type": "proc", "source": "proc" },
		{ "destination": "/sys", "type": "sysfs", "source": "sysfs" },
		{ "destination": "/dev", "type": "tmpfs", "source": "tmpfs" },
		{ "destination": "/tmp", "type": "tmpfs", "source": "tmpfs" }
	],
	"linux": {
		"namespaces": [
			{ "type": "pid" }, { "type": "ipc" }, { "type": "uts" }, { "type": "mount" }, { "type": "network" }
		]
	}
}
END
}

release() {
	[ ! -d "$tmp/state" ] || "$runsc" --root "$tmp/state" delete --force "$container" >/dev/null 2>&1 || :
}

launch() {
	runsc=${RUNSC:-}
	if [ -z "$runsc" ]; then
		place=$(get fetch "$suite" amd64 runsc)
		runsc=$place/usr/bin/runsc
	fi
	[ -x "$runsc" ] || die "RUNSC=$runsc: no such program"
	for_machine "$1" "$(machine "$runsc")"
	root=$tmp/bundle/rootfs
	mkdir -p "$tmp/state" "$root/proc" "$root/sys" "$root/dev" "$root/tmp"
	chmod 755 "$tmp" "$tmp/bundle"
	cp "$1" "$root/forkcheck"
	shift
	chmod 755 "$root/forkcheck"
	[ -z "$expect" ] || cp "$expect" "$root/expect"
	configuration /forkcheck "$@" >"$tmp/bundle/config.json"
	# runsc may give the files behind its standard descriptors to another user, so these are pipes.
	mkfifo "$tmp/out" "$tmp/err"
	cat <"$tmp/out" &
	reader=$!
	cat <"$tmp/err" >&2 &
	reader="$reader $!"
	start "$runsc" --root "$tmp/state" --network=none --ignore-cgroups --platform="${PLATFORM:-$platform}" \
		run --bundle "$tmp/bundle" "$container" >"$tmp/out" 2>"$tmp/err"
	finish
	# shellcheck disable=SC2086
	wait $reader || :
	reader=''
	# That is its own failure, of which it has told.
	[ "$status" -ne 128 ] || exit 125
	return "$status"
}
