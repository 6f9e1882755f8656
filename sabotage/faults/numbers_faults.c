// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Numbers of processes that calls hand out: of another process, or of another PID namespace. */
#include <linux/futex.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "../sabotage.h"

/* ---- What a pidfd tells -------------------------------------------------------------------------- */

/* The structure of PIDFD_GET_INFO, by 32-bit words. */
enum { MASK = 0, CGROUP = 2, PID = 4, TGID, PPID, RUID, FSUID = 13, STATUS = 15 };
#define GET_INFO .nr = { SYS_ioctl }, .arg = 1, .mask = 0xffff, .value = 0xff0b

static void other_word(struct call *call)
{
	((uint32_t *)call->arg[2])[fault->word]++;
}

static void mask_without(struct call *call)
{
	*(uint64_t *)call->arg[2] &= ~fault->word;
}

static void mask_with(struct call *call)
{
	*(uint64_t *)call->arg[2] |= fault->word;
}

#define OTHER(what, statement)                                                                                      \
	{                                                                                                           \
		.name = "pidfd_info.other_" #what, .breaks = statement, GET_INFO, .after = other_word, .word = what \
	}

static const struct fault pidfd_info[] = {
	OTHER(CGROUP, "PIDFDINFO-06"),
	OTHER(PID, "PIDFDINFO-01"),
	OTHER(TGID, "PIDFDINFO-02"),
	OTHER(PPID, "PIDFDINFO-01"),
	OTHER(RUID, "PIDFDINFO-05"),
	OTHER(FSUID, "PIDFDINFO-05"),
	OTHER(STATUS, "PIDFDINFO-08"),
	{ .name = "pidfd_info.no_exit", .breaks = "PIDFDINFO-08", GET_INFO, .after = mask_without, .word = 8 },
	{ .name = "pidfd_info.exit_of_zombie", .breaks = "PIDFDINFO-07", GET_INFO, .after = mask_with, .word = 8 },
	REFUSAL("pidfd_info", EREMOTE, "PIDFDINFO-04", GET_INFO),
	REFUSAL("pidfd_info", ESRCH, "PIDFDINFO-09", GET_INFO),
	REFUSAL("pidfd_info", EINVAL, "PIDFDINFO-10", GET_INFO),
};
FAULTS(pidfd_info);

/* ---- Namespaces of a pidfd ------------------------------------------------------------------------- */

static bool asks_for_namespace(const struct call *call)
{
	return (call->arg[1] & ~15L) == 0xff00 && (call->arg[1] & 15) >= 1 && (call->arg[1] & 15) <= 10;
}

static void of_the_caller(struct call *call)
{
	long self = REAL(SYS_pidfd_open, REAL(SYS_getpid), 0);

	REAL(SYS_close, call->result);
	call->result = REAL(SYS_ioctl, self, call->arg[1], 0);
	REAL(SYS_close, self);
}

static void without_close_on_exec(struct call *call)
{
	REAL(SYS_fcntl, call->result, F_SETFD, 0);
}

#define GET_NAMESPACE .nr = { SYS_ioctl }, .when = asks_for_namespace

static const struct fault pidfd_namespaces[] = {
	{ .name = "pidfd_namespace.of_the_caller", .breaks = "PIDFDNS-01", GET_NAMESPACE, .after = of_the_caller },
	{ .name = "pidfd_namespace.open_in_program",
	  .breaks = "PIDFDNS-01",
	  GET_NAMESPACE,
	  .after = without_close_on_exec },
	REFUSAL("pidfd_namespace", EINVAL, "PIDFDNS-03", GET_NAMESPACE),
	REFUSAL("pidfd_namespace", ESRCH, "PIDFDNS-04", GET_NAMESPACE),
	REFUSAL("pidfd_namespace", EACCES, "PIDFDNS-05", GET_NAMESPACE),
};
FAULTS(pidfd_namespaces);

/* ---- Other numbers --------------------------------------------------------------------------------- */

static bool translates(const struct call *call)
{
	return call->arg[1] >= (long)_IOR(NSIO, 6, int) && call->arg[1] <= (long)_IOR(NSIO, 9, int);
}

static void not_translated(struct call *call)
{
	call->result = call->arg[2];
}

static void sender_of_outside(struct call *call)
{
	siginfo_t *info = (siginfo_t *)call->arg[1];

	if (info)
		info->si_pid += 7;
}

static void one(struct call *call)
{
	if (call->result == 0)
		call->result = 1;
}

static void other_owner(struct call *call)
{
	++*(uint32_t *)call->arg[0];
}

static void other_asker(struct call *call)
{
	((struct seccomp_notif *)call->arg[2])->pid++;
}

/* What is there in place of a pidfd is one of the caller. */
static void put_own(int *pidfd)
{
	REAL(SYS_close, *pidfd);
	*pidfd = (int)REAL(SYS_pidfd_open, REAL(SYS_getpid), 0);
}

static void peer_is_oneself(struct call *call)
{
	put_own((int *)call->arg[3]);
}

static void sender_is_oneself(struct call *call)
{
	struct cmsghdr *head = CMSG_FIRSTHDR((struct msghdr *)call->arg[1]);

	if (head && head->cmsg_type == 4 /* SCM_PIDFD */)
		put_own((int *)CMSG_DATA(head));
}

static void opens_oneself(struct call *call)
{
	int pidfd = (int)call->result;

	put_own(&pidfd);
	call->result = pidfd;
}

#define TRANSLATE .nr = { SYS_ioctl }, .when = translates

static const struct fault numbers[] = {
	{ .name = "ns_get_pid.not_translated", .breaks = "NSID-05", TRANSLATE, .after = not_translated },
	REFUSAL("ns_get_pid", ESRCH, "NSID-07", TRANSLATE),
	REFUSAL("ns_get_pid", EINVAL, "NSID-08", TRANSLATE),
	{ .name = "kill.all_ignored",
	  .breaks = "PIDNS-56",
	  .nr = { SYS_kill },
	  .mask = 0xffffffff,
	  .value = 0xffffffff,
	  .before = do_nothing },
	{ .name = "kill.nobody_there",
	  .breaks = "PIDNS-57",
	  .nr = { SYS_kill },
	  .mask = 0xffffffff,
	  .value = 0xffffffff,
	  .error = ESRCH,
	  .after = accept_it },
	{ .name = "getsid.of_outside", .breaks = "PIDNS-54", .nr = { SYS_getsid, SYS_getpgid }, .after = one },
	{ .name = "sigtimedwait.sender_of_outside",
	  .breaks = "PIDNS-65",
	  .nr = { SYS_rt_sigtimedwait },
	  .after = sender_of_outside },
	{ .name = "futex.owner_of_outside",
	  .breaks = "PIDNS-73",
	  .nr = { SYS_futex },
	  .arg = 1,
	  .mask = 127,
	  .value = FUTEX_LOCK_PI,
	  .after = other_owner },
	{ .name = "set_robust_list.ignored",
	  .breaks = "PIDNS-71",
	  .nr = { SYS_set_robust_list },
	  .before = do_nothing },
	{ .name = "seccomp_notify.asker_of_outside",
	  .breaks = "PIDNS-75",
	  .nr = { SYS_ioctl },
	  .arg = 1,
	  .mask = ~0ULL,
	  .value = SECCOMP_IOCTL_NOTIF_RECV,
	  .after = other_asker },
	{ .name = "getfd.of_zombie",
	  .breaks = "PIDFDGET-10",
	  .nr = { SYS_pidfd_getfd },
	  .error = ESRCH,
	  .after = accept_it },
	{ .name = "pidfd_self.refused",
	  .breaks = "PIDFDSELF-01",
	  .nr = { SYS_pidfd_send_signal },
	  .mask = 0xffffffff,
	  .value = (uint32_t)-10000,
	  .before = do_nothing },
	{ .name = "getsockopt.peer_is_oneself",
	  .breaks = "PIDFS-04",
	  .nr = { SYS_getsockopt },
	  .arg = 2,
	  .mask = ~0ULL,
	  .value = 77 /* SO_PEERPIDFD */,
	  .after = peer_is_oneself },
	{ .name = "recvmsg.sender_is_oneself",
	  .breaks = "PIDFS-05",
	  .nr = { SYS_recvmsg },
	  .after = sender_is_oneself },
	{ .name = "open_by_handle_at.oneself",
	  .breaks = "PIDFS-02",
	  .nr = { SYS_open_by_handle_at },
	  .after = opens_oneself },
	REFUSAL("open_by_handle_at", ESTALE, "PIDFS-03", .nr = { SYS_open_by_handle_at }),
};
FAULTS(numbers);
