/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * For tests of leaving and joining namespaces: a process that holds some, their files and their identities.
 * All but inode_of() and namespace_of() may end the test as BROKEN.
 */
#ifndef NAMESPACES_JOIN_H
#define NAMESPACES_JOIN_H

#include "forkcheck.h"
#include "namespaces.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#define JOIN NEEDS_SETNS, NEEDS_PROC

enum { HOST_IS_READY = EVENTS - 4, HOST_MAY_GO, SHARER_IS_READY, SHARER_MAY_GO };

/* A process in new namespaces, until end_host(). */
static inline pid_t start_host(uint64_t flags)
{
	long host = SETUP(CLONE_HERE(VIA_CLONE, .flags = flags, .exit_signal = SIGCHLD));

	if (host == 0) {
		post(HOST_IS_READY);
		await(HOST_MAY_GO);
		leave(0);
	}
	await(HOST_IS_READY);
	return (pid_t)host;
}

static inline void end_host(pid_t host)
{
	post(HOST_MAY_GO);
	EXPECT_EXITED(host, 0);
}

static inline int wait_to_go(void *unused)
{
	(void)unused;
	post(SHARER_IS_READY);
	await(SHARER_MAY_GO);
	return 0;
}

/* A process or a thread that shares with the caller what these flags say, until end_sharer(). */
static inline pid_t start_sharer(uint64_t flags)
{
	long sharer = SETUP(CLONE_CALL(VIA_CLONE, new_stack(), wait_to_go, NULL, .flags = flags,
				       .exit_signal = flags & CLONE_THREAD ? 0 : SIGCHLD));

	await(SHARER_IS_READY);
	return (pid_t)sharer;
}

static inline void end_sharer(pid_t sharer, uint64_t flags)
{
	post(SHARER_MAY_GO);
	if (flags & CLONE_THREAD)
		await_thread_gone(sharer);
	else
		EXPECT_EXITED(sharer, 0);
}

/* The file of a process's namespace, such as "uts". */
static inline int open_namespace(pid_t pid, const char *type)
{
	char path[64];

	proc_path(path, sizeof(path), pid, "ns/");
	append_text(path, sizeof(path), type);
	return (int)SETUP(open(path, O_RDONLY | O_CLOEXEC));
}

static inline uint64_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

/* Which namespace a process is in; 0 where that can't be seen. */
static inline uint64_t namespace_of(pid_t pid, const char *type)
{
	char path[64];
	struct stat st;

	proc_path(path, sizeof(path), pid, "ns/");
	append_text(path, sizeof(path), type);
	return stat(path, &st) ? 0 : st.st_ino;
}

#endif
