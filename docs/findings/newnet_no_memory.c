// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * unshare(CLONE_NEWNET), as clone(), that runs out of memory fails with errors that no page names: EEXIST, ENODEV, EAFNOSUPPORT,
 * EINVAL and ENOBUFS.
 *
 * Seen on     6.12.117 (User-mode Linux).
 * Wanted      ENOMEM (unshare(2), clone(2)).
 * Cause       each part of the network that is set up has an error of its own: EEXIST from proc_net_ns_init() (fs/proc/proc_net.c),
 *             ENODEV from uevent_net_init() (lib/kobject_uevent.c), EAFNOSUPPORT from nl_fib_lookup_init() by way of fib_net_init()
 *             (net/ipv4/fib_frontend.c), EINVAL from device_add() where dev_set_name() has failed unseen in netdev_register_kobject()
 *             (net/core/net-sysfs.c), ENOBUFS from neigh_sysctl_register() (net/core/neighbour.c).
 * To see it   as root, on a kernel with CONFIG_FAULT_INJECTION, CONFIG_FAILSLAB and CONFIG_FAIL_PAGE_ALLOC:
 *             gcc -static newnet_no_memory.c && ./a.out
 *             Each allocation of an unshare fails once. The console tells where (`verbose`). Exit status 1: one gave another error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	close(fd);
}

/* The errno of an unshare of which the nth allocation fails, 0: it went through. */
static int leave_network(int nth)
{
	char text[16];
	int status;

	snprintf(text, sizeof(text), "%d", nth);
	pid_t child = fork();
	if (child == 0) {
		put("/proc/thread-self/fail-nth", text);
		int r = unshare(CLONE_NEWNET), err = errno;
		_exit(r ? err : 0);
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

int main(void)
{
	int bad = 0;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/fail_page_alloc/min-order", "20");
	for (int n = 1; n < 400; n++) {
		int err = leave_network(n);
		if (err && err != ENOMEM)
			printf("allocation %d fails: %s\n", n, strerror(err));
		bad |= err && err != ENOMEM;
	}
	puts(bad ? "bad" : "ok");
	return bad;
}
