// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Process descriptors. */
#include "../sabotage.h"

static void without_close_on_exec(struct call *call)
{
	REAL(SYS_fcntl, call->result, F_SETFD, 0);
}

static void of_the_caller(struct call *call)
{
	REAL(SYS_close, call->result);
	call->result = REAL(SYS_pidfd_open, REAL(SYS_getpid), 0);
}

static void drop_second(struct call *call)
{
	call->arg[1] &= ~(long)fault->word;
}

static void drop_fourth(struct call *call)
{
	call->arg[3] &= ~(long)fault->word;
}

static void other_signal(struct call *call)
{
	if (call->arg[1])
		call->arg[1] = SIGWINCH;
}

static void no_info(struct call *call)
{
	call->arg[2] = 0;
}

static bool has_info(const struct call *call)
{
	return call->arg[2] != 0;
}

static void another_file(struct call *call)
{
	long other = REAL(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_CLOEXEC, 0);

	REAL(SYS_dup3, other, call->result, O_CLOEXEC);
	REAL(SYS_close, other);
}

static void higher_number(struct call *call)
{
	long other = REAL(SYS_fcntl, call->result, F_DUPFD_CLOEXEC, call->result + 5);

	REAL(SYS_close, call->result);
	call->result = other;
}

#define OPEN .nr = { SYS_pidfd_open }
#define SEND .nr = { SYS_pidfd_send_signal }
#define GET .nr = { SYS_pidfd_getfd }

static const struct fault pidfd[] = {
	{ .name = "pidfd_open.without_close_on_exec", .breaks = "PIDFD-01", OPEN, .after = without_close_on_exec },
	{ .name = "pidfd_open.of_the_caller", .breaks = "PIDFD-10", OPEN, .after = of_the_caller },
	{ .name = "pidfd_open.PIDFD_NONBLOCK_dropped",
	  .breaks = "PIDFD-07",
	  OPEN,
	  .arg = 1,
	  .mask = O_NONBLOCK,
	  .value = O_NONBLOCK,
	  .before = drop_second,
	  .word = O_NONBLOCK },
	{ .name = "pidfd_open.PIDFD_THREAD_dropped",
	  .breaks = "PIDFD-06",
	  OPEN,
	  .arg = 1,
	  .mask = O_EXCL,
	  .value = O_EXCL,
	  .before = drop_second,
	  .word = O_EXCL },
	REFUSAL("pidfd_open", EINVAL, "PIDFD-02", OPEN),
	REFUSAL("pidfd_open", ESRCH, "PIDFD-04", OPEN),
	REFUSAL("pidfd_open", ENOENT, "PIDFD-05", OPEN),
	REFUSAL("pidfd_open", EMFILE, "PIDFD-18", OPEN),
	{ .name = "pidfd_send_signal.other_signal", .breaks = "PIDFDSIG-01", SEND, .before = other_signal },
	{ .name = "pidfd_send_signal.ignored", .breaks = "PIDFDSIG-01", SEND, .before = do_nothing },
	{ .name = "pidfd_send_signal.info_ignored",
	  .breaks = "PIDFDSIG-15",
	  SEND,
	  .when = has_info,
	  .before = no_info },
	{ .name = "pidfd_send_signal.THREAD_GROUP_dropped",
	  .breaks = "PIDFDSIG-13",
	  SEND,
	  .arg = 3,
	  .mask = 2,
	  .value = 2,
	  .before = drop_fourth,
	  .word = 2 },
	{ .name = "pidfd_send_signal.PROCESS_GROUP_dropped",
	  .breaks = "PIDFDSIG-14",
	  SEND,
	  .arg = 3,
	  .mask = 4,
	  .value = 4,
	  .before = drop_fourth,
	  .word = 4 },
	REFUSAL("pidfd_send_signal", ESRCH, "PIDFDSIG-04", SEND),
	REFUSAL("pidfd_send_signal", EINVAL, "PIDFDSIG-05", SEND),
	REFUSAL("pidfd_send_signal", EBADF, "PIDFDSIG-07", SEND),
	REFUSAL("pidfd_send_signal", EPERM, "PIDFDSIG-10", SEND),
	{ .name = "pidfd_getfd.without_close_on_exec", .breaks = "PIDFDGET-02", GET, .after = without_close_on_exec },
	{ .name = "pidfd_getfd.another_file", .breaks = "PIDFDGET-01", GET, .after = another_file },
	{ .name = "pidfd_getfd.higher_number", .breaks = "PIDFDGET-07", GET, .after = higher_number },
	REFUSAL("pidfd_getfd", EBADF, "PIDFDGET-03", GET),
	REFUSAL("pidfd_getfd", EINVAL, "PIDFDGET-04", GET),
	REFUSAL("pidfd_getfd", EPERM, "PIDFDGET-05", GET),
	REFUSAL("pidfd_getfd", ESRCH, "PIDFDGET-06", GET),
	REFUSAL("pidfd_getfd", EMFILE, "PIDFDGET-09", GET),
};
FAULTS(pidfd);
