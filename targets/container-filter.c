// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * container-filter PROGRAM [ARG...]: runs it under a seccomp filter of the kind that container engines install:
 * no new namespaces by clone(2) or unshare(2), no setns(2), userfaultfd(2), process_madvise(2), keyctl(2) or
 * perf_event_open(2), and clone3(2), whose flags a filter can't see, is said not to exist.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static const unsigned long namespaces[] = {
	CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET,
};

static int fill(scmp_filter_ctx filter)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		struct scmp_arg_cmp set = SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]);
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, set);
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 1, set);
	}
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 1,
				   SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWTIME, CLONE_NEWTIME));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setns), 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(userfaultfd), 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(process_madvise), 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(keyctl), 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(perf_event_open), 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return failed;
}

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (argc < 2) {
		fprintf(stderr, "usage: container-filter PROGRAM [ARG...]\n");
		return 2;
	}
	if (!filter || fill(filter) || seccomp_load(filter)) {
		fprintf(stderr, "container-filter: the filter can't be installed\n");
		return 2;
	}
	execv(argv[1], argv + 1);
	fprintf(stderr, "container-filter: %s: %s\n", argv[1], strerror(errno));
	return 2;
}
