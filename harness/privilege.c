// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Users, capabilities and user namespaces. */
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "cell.h"

static uid_t ordinary = 65534;

void ordinary_id_set(uid_t uid)
{
	ordinary = uid;
}

uid_t ordinary_uid(void)
{
	return ordinary;
}

static void own_capabilities(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	SETUP_RAW(SYSCALL2(SYS_capget, &header, data));
}

uint64_t effective_capabilities(void)
{
	struct __user_cap_data_struct data[2] = { 0 };

	own_capabilities(data);
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

uint64_t permitted_capabilities(void)
{
	struct __user_cap_data_struct data[2] = { 0 };

	own_capabilities(data);
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

uint64_t known_capabilities(void)
{
	uint64_t caps = 0;

	for (unsigned cap = 0; cap < 64 && sys_prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		caps |= 1ULL << cap;
	return caps;
}

/* Makes permitted and effective exactly caps, inheritable and ambient empty. */
static const char *capabilities_exactly(uint64_t caps)
{
	cap_t set = cap_init();

	if (!set)
		return "cap_init";
	for (cap_value_t cap = 0; cap < 64; cap++) {
		if (!(caps & 1ULL << cap))
			continue;
		if (cap_set_flag(set, CAP_PERMITTED, 1, &cap, CAP_SET) ||
		    cap_set_flag(set, CAP_EFFECTIVE, 1, &cap, CAP_SET)) {
			cap_free(set);
			return "cap_set_flag";
		}
	}
	int r = cap_set_proc(set);
	cap_free(set);
	return r ? "cap_set_proc" : NULL;
}

void set_capabilities(uint64_t caps)
{
	const char *failed = capabilities_exactly(caps);

	if (failed)
		BROKEN(failed);
}

static uint64_t permitted(void)
{
	uint64_t caps = 0;
	cap_t set = cap_get_proc();

	for (cap_value_t cap = 0; set && cap < 64; cap++) {
		cap_flag_value_t value = CAP_CLEAR;
		if (!cap_get_flag(set, cap, CAP_PERMITTED, &value) && value == CAP_SET)
			caps |= 1ULL << cap;
	}
	cap_free(set);
	return caps;
}

struct privileges privileges_now(void)
{
	struct privileges have = { .caps = permitted() };
	const uint64_t change = CAP(SETUID) | CAP(SETGID);
	char map[128] = "";
	/* Without /proc it can't be a user namespace that somebody set up with care: take it for the initial. */
	unsigned inside = 0, outside = 0, count = UINT32_MAX;

	if (read_file("/proc/self/uid_map", map, sizeof(map)) >= 0)
		inside = 1, count = 0, sscanf(map, "%u %u %u", &inside, &outside, &count);
	have.initial_userns = inside == 0 && outside == 0 && count == UINT32_MAX;
	have.root = geteuid() == 0 && (have.caps & change) == change && inside == 0 && count > 65534;
	return have;
}

const char *privileges_drop(uint64_t caps, bool as_root, const struct privileges *have)
{
	const char *failed;

	if (have->root) {
		uid_t uid = as_root ? 0 : ordinary;
		/* Another number, so that neither ID can pass for the other. */
		if (cap_setgroups(uid ? uid - 1 : 0, 0, NULL))
			return "cap_setgroups";
		if (uid && cap_setuid(uid))
			return "cap_setuid";
	}
	failed = capabilities_exactly(caps & have->caps);
	if (failed)
		return failed;
	/* Changing credentials made this process undumpable, which an ordinary program is not. */
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) ? "PR_SET_DUMPABLE" : NULL;
}

bool privileges_keep(void)
{
	cap_t set = cap_get_proc();
	bool kept = set;

	for (cap_value_t cap = 0; set && cap < 64; cap++) {
		cap_flag_value_t value = CAP_CLEAR;
		if (!cap_get_flag(set, cap, CAP_PERMITTED, &value) && value == CAP_SET)
			cap_set_flag(set, CAP_INHERITABLE, 1, &cap, CAP_SET);
	}
	kept = kept && !cap_set_proc(set);
	for (cap_value_t cap = 0; kept && cap < 64; cap++) {
		cap_flag_value_t value = CAP_CLEAR;
		if (!cap_get_flag(set, cap, CAP_PERMITTED, &value) && value == CAP_SET)
			kept = !cap_set_ambient(cap, CAP_SET);
	}
	cap_free(set);
	return kept;
}

char *capability_names(uint64_t caps, char *buf, size_t size)
{
	buf[0] = 0;
	for (cap_value_t cap = 0; cap < 64; cap++) {
		if (!(caps & 1ULL << cap))
			continue;
		char *name = cap_to_name(cap);
		if (buf[0])
			append_text(buf, size, " ");
		for (char *c = name; c && *c; c++)
			append_text(buf, size, (char[]){ (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c), 0 });
		cap_free(name);
	}
	return buf;
}

long map_user_namespace(pid_t pid, unsigned user, unsigned group, uid_t uid, gid_t gid)
{
	char dir[32] = "/proc/self/", path[64], line[64];
	long r;

	if (pid)
		proc_path(dir, sizeof(dir), pid, "");
	snprintf(path, sizeof(path), "%suid_map", dir);
	snprintf(line, sizeof(line), "%u %u 1", user, uid);
	r = write_file(path, line);
	if (r)
		return r;
	snprintf(path, sizeof(path), "%ssetgroups", dir);
	r = write_file(path, "deny");
	if (r && r != -ENOENT) /* before Linux 3.19 there was no such file */
		return r;
	snprintf(path, sizeof(path), "%sgid_map", dir);
	snprintf(line, sizeof(line), "%u %u 1", group, gid);
	return write_file(path, line);
}
