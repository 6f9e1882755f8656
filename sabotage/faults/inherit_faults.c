// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a child should have inherited, spoilt before its first instruction; and what it should not have, given to it. */
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "../sabotage.h"
#include "arch/registers.h"

#define PRCTL(...) REAL(SYS_prctl, __VA_ARGS__)

/* A row of the table: what is done in the child, unless it shares that with its parent. */
#define SPOILT(name_, statement, code, ...)                                                                   \
	{                                                                                                     \
		.name = "inherit." name_, .breaks = statement, .nr = { CREATING }, .child = code, __VA_ARGS__ \
	}
#define IN_PROCESS .without = CLONE_THREAD
#define IN_FS .without = CLONE_FS
#define IN_FILES .without = CLONE_FILES
#define IN_HANDLERS .without = CLONE_SIGHAND | CLONE_CLEAR_SIGHAND
#define IN_MEMORY .without = CLONE_VM

/* The functions are of one form, and most are one call. */
#define CHILD(name, ...)                           \
	static void name(const struct call *call_) \
	{                                          \
		(void)call_;                       \
		__VA_ARGS__;                       \
	}

/* ---- Signals -------------------------------------------------------------------------------------------- */

static void set_mask(sigset64 mask)
{
	REAL(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
}

static sigset64 get_mask(void)
{
	sigset64 mask = 0;

	REAL(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
	return mask;
}

/* One that is blocked, so that it stays pending. */
static void make_pending(const struct call *call)
{
	sigset64 mask = get_mask();

	(void)call;
	for (int sig = 1; sig <= 64; sig++)
		if (mask & SIGBIT(sig))
			REAL(SYS_tgkill, REAL(SYS_getpid), REAL(SYS_gettid), sig);
}

/* A disposition as the kernel has it: handler, flags, restorer, mask; other orders elsewhere keep the handler first. */
struct disposition {
	unsigned long handler, flags, rest[6];
};

static void change_dispositions(bool (*change)(struct disposition *))
{
	for (int sig = 1; sig <= 64; sig++) {
		struct disposition disposition = { 0 };
		if (REAL(SYS_rt_sigaction, sig, NULL, &disposition, sizeof(sigset64)) == 0 && change(&disposition))
			REAL(SYS_rt_sigaction, sig, &disposition, NULL, sizeof(sigset64));
	}
}

static bool to_default(struct disposition *disposition)
{
	if (disposition->handler <= (unsigned long)SIG_IGN)
		return false;
	*disposition = (struct disposition){ 0 };
	return true;
}

static bool ignored_to_default(struct disposition *disposition)
{
	if (disposition->handler != (unsigned long)SIG_IGN)
		return false;
	*disposition = (struct disposition){ 0 };
	return true;
}

static bool without_flags(struct disposition *disposition)
{
	if (disposition->handler <= (unsigned long)SIG_IGN)
		return false;
	disposition->flags &= ~(unsigned long)(SA_RESTART | SA_NODEFER | SA_ONSTACK | SA_NOCLDSTOP | SA_NOCLDWAIT);
	return true;
}

CHILD(mask_emptied, set_mask(0))
CHILD(mask_filled, set_mask(~0ULL))
CHILD(handlers_reset, change_dispositions(to_default))
CHILD(ignored_reset, change_dispositions(ignored_to_default))
CHILD(flags_lost, change_dispositions(without_flags))
CHILD(no_altstack, stack_t none = { .ss_flags = SS_DISABLE }; REAL(SYS_sigaltstack, &none, NULL))

static const struct fault signals[] = {
	SPOILT("mask_emptied", "POSIX-013", mask_emptied),
	SPOILT("mask_filled", "POSIX-013", mask_filled),
	SPOILT("pending", "FORK-018", make_pending),
	SPOILT("handlers_reset", "INH-SIG-01", handlers_reset, IN_HANDLERS),
	SPOILT("ignored_reset", "INH-SIG-01", ignored_reset, IN_HANDLERS),
	SPOILT("handlers_flags_lost", "INH-SIG-09", flags_lost, IN_HANDLERS),
	SPOILT("altstack_lost", "INH-ALTSTK-01", no_altstack, IN_MEMORY),
};
FAULTS(signals);

/* ---- Timers and counters ---------------------------------------------------------------------------------- */

static void arm(int which)
{
	long later[4] = { 0, 0, 1000, 0 };

	REAL(SYS_setitimer, which, later, NULL);
}

static void make_timer(void)
{
	int32_t id;
	struct sigevent event = { .sigev_notify = SIGEV_NONE };

	REAL(SYS_timer_create, CLOCK_MONOTONIC, &event, &id);
}

static long long time_used(void)
{
	struct timespec time = { 0 };

	REAL(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long parents_time;

static void note_time(struct call *call)
{
	(void)call;
	parents_time = time_used();
}

static void use_time(const struct call *call)
{
	struct rusage usage;

	(void)call;
	while (time_used() < parents_time)
		REAL(SYS_getrusage, RUSAGE_SELF, &usage);
}

CHILD(real_timer, arm(ITIMER_REAL))
CHILD(virtual_timer, arm(ITIMER_VIRTUAL))
CHILD(profile_timer, arm(ITIMER_PROF))
CHILD(posix_timer, make_timer())
CHILD(slack, PRCTL(PR_SET_TIMERSLACK, 123456))

static const struct fault timers[] = {
	SPOILT("real_timer", "FORK-023", real_timer, IN_PROCESS),
	SPOILT("virtual_timer", "FORK-023", virtual_timer, IN_PROCESS),
	SPOILT("profile_timer", "FORK-023", profile_timer, IN_PROCESS),
	SPOILT("alarm", "FORK-024", real_timer, IN_PROCESS),
	SPOILT("posix_timer", "FORK-025", posix_timer, IN_PROCESS),
	SPOILT("time_used", "POSIX-007", use_time, IN_PROCESS, .before = note_time),
	SPOILT("timer_slack", "INH-PRCTL-12", slack),
	SPOILT("timer_slack_in_force", "INH-PRCTL-37", slack),
};
FAULTS(timers);

/* ---- Directories and descriptors --------------------------------------------------------------------------- */

/* But for those by which it is told that something is wrong. */
static void close_all(void)
{
	REAL(SYS_close_range, 3, FD_RECORDS - 1, 0);
	REAL(SYS_close_range, FD_LIFELINE + 1, ~0U, 0);
}

/* Descriptions of their own in place of those of the parent: offset and flags are apart then. */
static void reopen_all(void)
{
	for (int fd = 3; fd < FD_RECORDS; fd++) {
		char path[32] = "/proc/self/fd/";
		append_number(path, sizeof(path), fd);
		long flags = REAL(SYS_fcntl, fd, F_GETFL), own_flags = REAL(SYS_fcntl, fd, F_GETFD);
		long other = flags < 0 ? -1
				       : REAL(SYS_openat, AT_FDCWD, path, flags & ~(O_CREAT | O_EXCL | O_TRUNC), 0);
		if (other < 0)
			continue;
		REAL(SYS_dup3, other, fd, own_flags & FD_CLOEXEC ? O_CLOEXEC : 0);
		REAL(SYS_close, other);
	}
}

static void toggle_close_on_exec(void)
{
	for (int fd = 3; fd < FD_RECORDS; fd++) {
		long flags = REAL(SYS_fcntl, fd, F_GETFD);
		if (flags >= 0)
			REAL(SYS_fcntl, fd, F_SETFD, flags ^ FD_CLOEXEC);
	}
}

CHILD(umask_reset, REAL(SYS_umask, 0))
CHILD(directory_reset, REAL(SYS_chdir, "/"))
CHILD(root_reset, REAL(SYS_chroot, "."))
CHILD(descriptors_closed, close_all())
CHILD(descriptions_apart, reopen_all())
CHILD(close_on_exec_toggled, toggle_close_on_exec())
static const struct fault files[] = {
	SPOILT("umask", "INH-FS-03", umask_reset, IN_FS),
	SPOILT("directory", "INH-FS-01", directory_reset, IN_FS),
	SPOILT("root", "INH-FS-02", root_reset, IN_FS),
	SPOILT("descriptors_closed", "FORK-037", descriptors_closed, IN_FILES),
	SPOILT("descriptions_apart", "FORK-038", descriptions_apart, IN_FILES),
	SPOILT("close_on_exec", "FORK-043", close_on_exec_toggled, IN_FILES),
	SPOILT("locks_apart", "FORK-022", descriptions_apart, IN_FILES),
};
FAULTS(files);

/* ---- Credentials ---------------------------------------------------------------------------------------------- */

struct capabilities {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct data[2];
};

static void get_capabilities(struct capabilities *c)
{
	*c = (struct capabilities){ .head = { .version = _LINUX_CAPABILITY_VERSION_3 } };
	REAL(SYS_capget, &c->head, c->data);
}

static void lose(size_t member)
{
	struct capabilities c;

	get_capabilities(&c);
	for (int i = 0; i < 2; i++)
		*(uint32_t *)((char *)&c.data[i] + member) = 0;
	REAL(SYS_capset, &c.head, c.data);
}

static void lose_bounding(void)
{
	for (int cap = 0; cap < 41; cap++)
		PRCTL(PR_CAPBSET_DROP, cap);
}

static void other_ids(long nr_get, long nr_set)
{
	unsigned ids[3] = { 0 };

	REAL(nr_get, &ids[0], &ids[1], &ids[2]);
	/* Whichever an unprivileged process may choose: all the real one, or all the saved one. */
	REAL(nr_set, ids[0], ids[0], ids[0]);
	REAL(nr_set, ids[2], ids[2], ids[2]);
}

CHILD(no_effective, lose(offsetof(struct __user_cap_data_struct, effective)))
CHILD(no_inheritable, lose(offsetof(struct __user_cap_data_struct, inheritable)))
CHILD(no_ambient, PRCTL(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL))
CHILD(no_bounding, lose_bounding())
CHILD(securebits, PRCTL(PR_SET_SECUREBITS, PRCTL(PR_GET_SECUREBITS) ^ SECBIT_NO_SETUID_FIXUP))
CHILD(user_ids, other_ids(SYS_getresuid, SYS_setresuid))
CHILD(group_ids, other_ids(SYS_getresgid, SYS_setresgid))
CHILD(no_groups, REAL(SYS_setgroups, 0, NULL))
CHILD(own_group, REAL(SYS_setpgid, 0, 0))
CHILD(own_session, REAL(SYS_setsid))
CHILD(new_session_keyring, REAL(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL))
static const struct fault credentials[] = {
	SPOILT("capabilities_lost", "INH-CAP-01", no_effective, IN_PROCESS),
	SPOILT("inheritable_lost", "INH-CAP-01", no_inheritable, IN_PROCESS),
	SPOILT("ambient_lost", "INH-CAP-02", no_ambient, IN_PROCESS),
	SPOILT("bounding_lost", "INH-CAP-03", no_bounding, IN_PROCESS),
	SPOILT("securebits", "INH-CAP-04", securebits, IN_PROCESS),
	SPOILT("user_ids", "INH-CRED-01", user_ids, IN_PROCESS),
	SPOILT("group_ids", "INH-CRED-02", group_ids, IN_PROCESS),
	SPOILT("groups_lost", "INH-CRED-03", no_groups, IN_PROCESS),
	SPOILT("process_group", "INH-CRED-04", own_group, IN_PROCESS),
	SPOILT("session", "INH-CRED-05", own_session, IN_PROCESS),
	SPOILT("session_keyring", "INH-SEC-14", new_session_keyring, IN_PROCESS),
};
FAULTS(credentials);

/* ---- prctl and the like ----------------------------------------------------------------------------------------- */

static void write_own(const char *path, const char *text, size_t length)
{
	long fd = REAL(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);

	REAL(SYS_write, fd, text, length);
	REAL(SYS_close, fd);
}

static void other_robust_list(void)
{
	static struct {
		void *next;
		long offset;
		void *pending;
	} head = { &head, 0, NULL };

	REAL(SYS_set_robust_list, &head, sizeof(head));
}

/* The registration that a test has made, to undo it. */
static long rseq_area, rseq_size, rseq_signature;

static void note_rseq(struct call *call)
{
	if (call->creates || call->arg[2])
		return;
	rseq_area = call->arg[0];
	rseq_size = call->arg[1];
	rseq_signature = call->arg[3];
}

static void no_rseq(const struct call *call)
{
	if (call->creates)
		REAL(SYS_rseq, rseq_area, rseq_size, 1 /* RSEQ_FLAG_UNREGISTER */, rseq_signature);
}

static void other_clear_word(void)
{
	static int word;

	REAL(SYS_set_tid_address, &word);
}

static void toggle_time_stamp(void)
{
	int mode = 0;

	PRCTL(PR_GET_TSC, &mode);
	PRCTL(PR_SET_TSC, mode == PR_TSC_ENABLE ? PR_TSC_SIGSEGV : PR_TSC_ENABLE);
}

/* Another limit for the entry that tests use. */
static void other_segment(void)
{
#ifdef SYS_modify_ldt
	const unsigned entry[] = { 3, 0, 0x777, 0x41 };

	REAL(SYS_modify_ldt, 0x11, entry, sizeof(entry));
#endif
}

CHILD(name, PRCTL(PR_SET_NAME, "sabotaged"))
CHILD(dumpable, PRCTL(PR_SET_DUMPABLE, !PRCTL(PR_GET_DUMPABLE)))
CHILD(death_signal, PRCTL(PR_SET_PDEATHSIG, SIGWINCH))
CHILD(subreaper, PRCTL(PR_SET_CHILD_SUBREAPER, 1))
CHILD(keep_capabilities, PRCTL(PR_SET_KEEPCAPS, !PRCTL(PR_GET_KEEPCAPS)))
CHILD(huge_pages, PRCTL(PR_SET_THP_DISABLE, !PRCTL(PR_GET_THP_DISABLE)))
CHILD(io_flusher, PRCTL(57 /* PR_SET_IO_FLUSHER */, !PRCTL(58)))
CHILD(machine_check, PRCTL(PR_MCE_KILL, PR_MCE_KILL_CLEAR))
CHILD(write_or_execute, PRCTL(65 /* PR_SET_MDWE */, 1))
CHILD(other_personality, REAL(SYS_personality, REAL(SYS_personality, 0xffffffff) ^ ADDR_NO_RANDOMIZE))
CHILD(oom_score, write_own("/proc/self/oom_score_adj", "1000", 4))
CHILD(core_filter, write_own("/proc/self/coredump_filter", "0x7f", 4))
CHILD(robust_list, other_robust_list())
CHILD(clear_word, other_clear_word())
CHILD(rounding, set_fp_mode(FP_MODE_DEFAULT))
CHILD(time_stamp, toggle_time_stamp())
CHILD(segment, other_segment())
CHILD(futex_hash, PRCTL(78 /* PR_FUTEX_HASH */, 1, 16))
CHILD(all_merged, PRCTL(67 /* PR_SET_MEMORY_MERGE */, !PRCTL(68)))

static const struct fault settings[] = {
	SPOILT("name", "INH-PRCTL-22", name),
	SPOILT("dumpable", "INH-PRCTL-23", dumpable, IN_MEMORY),
	SPOILT("death_signal", "FORK-029", death_signal, IN_PROCESS),
	SPOILT("subreaper", "INH-PRCTL-02", subreaper, IN_PROCESS),
	SPOILT("keep_capabilities", "INH-PRCTL-29", keep_capabilities, IN_PROCESS),
	SPOILT("huge_pages", "INH-PRCTL-13", huge_pages, IN_MEMORY),
	SPOILT("io_flusher", "INH-PRCTL-14", io_flusher, IN_PROCESS),
	SPOILT("machine_check", "INH-PRCTL-15", machine_check),
	SPOILT("write_or_execute", "INH-PRCTL-17", write_or_execute, IN_MEMORY),
	SPOILT("memory_merge", "INH-PRCTL-28", all_merged, IN_MEMORY),
	SPOILT("personality", "INH-SEC-16", other_personality),
	SPOILT("oom_score", "INH-SEC-19", oom_score, IN_MEMORY),
	SPOILT("core_filter", "INH-SEC-18", core_filter, IN_MEMORY),
	SPOILT("robust_list", "INH-IPC-11", robust_list),
	SPOILT("clear_word", "SETTIDADDR-03", clear_word, .without = CLONE_THREAD | CLONE_CHILD_CLEARTID),
	SPOILT("rounding", "INH-FPU-01", rounding),
	SPOILT("time_stamp", "INH-PRCTL-30", time_stamp),
	SPOILT("segment", "INH-LDT-01", segment, IN_MEMORY),
	SPOILT("futex_hash", "INH-PRCTL-33", futex_hash, IN_MEMORY),
	{ .name = "inherit.rseq_lost",
	  .breaks = "INH-RSEQ-01",
	  .nr = { CREATING, SYS_rseq },
	  .before = note_rseq,
	  .child = no_rseq,
	  IN_MEMORY },
};
FAULTS(settings);

/* ---- Scheduling and limits --------------------------------------------------------------------------------------- */

static void other_policy(void)
{
	const int priority = 0;
	long policy = REAL(SYS_sched_getscheduler, 0);

	REAL(SYS_sched_setscheduler, 0, policy == 3 ? 0 : 3 /* SCHED_BATCH */, &priority);
}

static void reset_on_fork(void)
{
	int priority = 0;

	REAL(SYS_sched_getparam, 0, &priority);
	REAL(SYS_sched_setscheduler, 0, REAL(SYS_sched_getscheduler, 0) | 0x40000000, &priority);
}

static void all_processors(void)
{
	unsigned long set[16];

	for (size_t i = 0; i < ARRAY_SIZE(set); i++)
		set[i] = ~0UL;
	REAL(SYS_sched_setaffinity, 0, sizeof(set), set);
}

static void lower_limits(void)
{
	for (int resource = 0; resource < 16; resource++) {
		uint64_t limit[2] = { 0 };
		REAL(SYS_prlimit64, 0, resource, NULL, limit);
		if (resource == RLIMIT_NPROC || resource == RLIMIT_NOFILE || resource == RLIMIT_AS ||
		    resource == RLIMIT_STACK)
			limit[0] -= limit[0] > 1000 ? 100 : 0;
		else
			limit[0] = limit[1];
		REAL(SYS_prlimit64, 0, resource, limit, NULL);
	}
}

CHILD(policy, other_policy())
CHILD(nicer, REAL(SYS_setpriority, PRIO_PROCESS, 0, 19))
CHILD(reset_flag, reset_on_fork())
CHILD(affinity, all_processors())
static void lift_limits(void)
{
	for (int resource = 0; resource < 16; resource++) {
		uint64_t limit[2] = { 0 };
		REAL(SYS_prlimit64, 0, resource, NULL, limit);
		limit[0] = limit[1];
		REAL(SYS_prlimit64, 0, resource, limit, NULL);
	}
}

CHILD(limits, lower_limits())
CHILD(limits_lifted, lift_limits())
CHILD(io_priority, REAL(SYS_ioprio_set, 1, 0, 2 << 13 | 7))
static const struct fault scheduling[] = {
	SPOILT("policy", "INH-SCHED-01", policy),
	SPOILT("policy_in_force", "INH-SCHED-21", policy),
	SPOILT("nice", "INH-SCHED-02", nicer),
	SPOILT("reset_on_fork", "INH-SCHED-09", reset_flag),
	SPOILT("affinity", "INH-SCHED-03", affinity),
	SPOILT("limits", "INH-LIM-01", limits, IN_PROCESS),
	SPOILT("limits_lifted", "INH-LIM-18", limits_lifted, IN_PROCESS),
	SPOILT("stack_limit_lifted", "INH-LIM-20", limits_lifted, IN_PROCESS),
	SPOILT("io_priority", "INH-SCHED-13", io_priority, .without = CLONE_IO),
};
FAULTS(scheduling);
