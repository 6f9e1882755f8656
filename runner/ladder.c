// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <linux/futex.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/auxv.h>

#include "cell.h"
#include "ladder.h"

#define PATIENCE_MS 5000

/* Which tags the auxiliary vector has, and the values that are the same in each program of this machine. */
static uint64_t fingerprint(void)
{
	static const unsigned long same_everywhere[] = { AT_PAGESZ, AT_CLKTCK, AT_HWCAP, AT_HWCAP2 };
	uint64_t sum = 0;

	for (unsigned long tag = 3; tag < 64; tag++) {
		errno = 0;
		unsigned long value = getauxval(tag);
		if (value || !errno)
			sum |= 1ULL << tag;
	}
	for (size_t i = 0; i < ARRAY_SIZE(same_everywhere); i++)
		sum = sum * 1099511628211u + getauxval(same_everywhere[i]);
	return sum;
}

int ladder_image(void)
{
	uint64_t sum = fingerprint();

	return write(STDOUT_FILENO, &sum, sizeof(sum)) == (ssize_t)sizeof(sum) ? 0 : 1;
}

static bool readable(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	return poll(&wait, 1, PATIENCE_MS) == 1;
}

bool exec_stays(void)
{
	char *const argv[] = { "forkcheck", "--ladder", NULL };
	uint64_t other = 0;
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		return false;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		self_execute(argv);
		_exit(1);
	}
	close(ends[1]);
	if (pid < 0 || !readable(ends[0]) || read(ends[0], &other, sizeof(other)) != (ssize_t)sizeof(other))
		other = 0;
	close(ends[0]);
	if (pid > 0) {
		raw_kill(pid, SIGKILL);
		checked_wait(pid, NULL, 0);
	}
	return other == fingerprint();
}

/* The child's part: write to both ways, wake, and end with a status that is not 0. */
static _Noreturn void climb(int pipe_end, uint32_t *word)
{
	char byte = 'x';

	__atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
	SYSCALL4(SYS_futex, word, FUTEX_WAKE, 1, NULL);
	sys_write(pipe_end, &byte, 1);
	sys_exit_group(42);
}

const char *missing_rung(void)
{
	const struct timespec patience = { .tv_sec = PATIENCE_MS / 1000 };
	const char *missing = NULL;
	int ends[2], status = 0;
	char byte = 0;
	uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (word == MAP_FAILED)
		return "a shared mapping";
	if (pipe(ends))
		return "a pipe";
	long pid = sys_fork();
	if (pid == 0)
		climb(ends[1], word);
	close(ends[1]);
	while (pid > 0 && !__atomic_load_n(word, __ATOMIC_SEQ_CST)) {
		long r = SYSCALL4(SYS_futex, word, FUTEX_WAIT, 0, &patience);
		if (r && r != -EAGAIN && r != -EINTR)
			break;
	}
	if (pid < 0)
		missing = "fork(2)";
	else if (!readable(ends[0]) || read(ends[0], &byte, 1) != 1 || byte != 'x')
		missing = "a pipe from a child";
	else if (checked_wait((pid_t)pid, &status, 0) != pid || status != W_EXITCODE(42, 0))
		missing = "the exit status of a child";
	else if (!__atomic_load_n(word, __ATOMIC_SEQ_CST))
		missing = "memory shared with a child, and a futex in it";
	close(ends[0]);
	munmap(word, 4096);
	return missing;
}
