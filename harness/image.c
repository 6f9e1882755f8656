// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What this program does as the one that a test executes. */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "cell.h"

/* The C library's variable where it knows restartable sequences: 0 if its own registration failed. */
extern const unsigned int __rseq_size __attribute__((weak));

static long register_rseq(void)
{
	/* The original size and alignment: 32 bytes. */
	static char area[32] __attribute__((aligned(32)));

	if (&__rseq_size && __rseq_size)
		return 0;
	return SYSCALL4(SYS_rseq, area, sizeof(area), 0, 0x53053053);
}

static void report(int fd)
{
	struct image_report r = {
		.pid = sys_getpid(),
		.tid = sys_gettid(),
		.ppid = sys_getppid(),
		.pgid = getpgrp(),
		.sid = getsid(0),
		.uid = getuid(),
		.euid = geteuid(),
		.gid = getgid(),
		.egid = getegid(),
		.caps = effective_capabilities(),
		.permitted_caps = permitted_capabilities(),
		.threads = (int32_t)proc_field("/proc/self/status", "Threads:", 10),
	};

	sys_sigprocmask(SIG_BLOCK, NULL, &r.blocked);
	sys_sigpending(&r.pending);
	for (int sig = 1; sig <= 64; sig++) {
		/* The kernel's own structure begins with the handler on all of our architectures. */
		unsigned long action[8] = { 0 };
		if (SYSCALL4(SYS_rt_sigaction, sig, NULL, action, sizeof(sigset64)))
			continue;
		if (action[0] == (unsigned long)SIG_IGN)
			r.ignored |= SIGBIT(sig);
		else if (action[0] != (unsigned long)SIG_DFL)
			r.caught |= SIGBIT(sig);
	}
	for (int i = 0; i < (int)ARRAY_SIZE(r.limits); i++)
		SYSCALL4(SYS_prlimit64, 0, i, NULL, &r.limits[i]);
	r.dumpable = (int32_t)sys_prctl(3 /* PR_GET_DUMPABLE */, 0, 0, 0, 0);
	struct stat root;
	r.root = stat("/", &root) ? 0 : root.st_ino;
	r.nice = 20 - (int32_t)SYSCALL2(SYS_getpriority, 0, 0);
	r.umask = umask(0);
	umask(r.umask);
	stack_t stack = { .ss_flags = SS_DISABLE };
	sys_sigaltstack(NULL, &stack);
	r.altstack = !(stack.ss_flags & SS_DISABLE);
	sys_prctl(PR_GET_NAME, (unsigned long)r.name, 0, 0, 0);
	sys_prctl(PR_GET_PDEATHSIG, (unsigned long)&r.death_signal, 0, 0, 0);
	r.keeps_caps = (int32_t)sys_prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0);
	r.rseq = (int32_t)register_rseq();
	for (int i = 0; i < 64; i++) {
		long flags = i == fd ? 0 : sys_fcntl(i, F_GETFD, 0);
		r.open[i] = flags < 0 ? 0 : flags & FD_CLOEXEC ? 2 : 1;
	}
	sys_getcwd(r.cwd, sizeof(r.cwd));
	sys_exit_group(sys_write(fd, &r, sizeof(r)) == (long)sizeof(r) ? 0 : 1);
}

int image_main(int argc, char **argv)
{
	char byte = 'x';
	int arg = argc == 4 ? atoi(argv[3]) : -1;

	switch (argc == 4 ? argv[2][0] - '0' : -1) {
	case IMAGE_EXIT:
		return arg;
	case IMAGE_PAUSE:
		sys_write(arg, &byte, 1);
		for (;;)
			pause();
	case IMAGE_READ:
		return sys_read(arg, &byte, 1) == 1 ? 0 : 1;
	case IMAGE_FILTER:
		while (sys_read(STDIN_FILENO, &byte, 1) == 1) {
			byte++;
			if (sys_write(STDOUT_FILENO, &byte, 1) != 1)
				return 127;
		}
		return arg;
	case IMAGE_REPORT:
		report(arg);
		break;
	case IMAGE_INHERIT:
		return inherit_image(arg);
	}
	return 127;
}
