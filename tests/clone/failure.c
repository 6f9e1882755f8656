// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a call leaves behind that creates no process, for all the ways to be refused that are cheap to arrange: nothing. */
#include "forkcheck.h"

#include <sys/resource.h>
#include <sys/sysinfo.h>

#define PIDFD NEEDS_PIDFD
#define PID_NS NEEDS_PID_NS
#define PROC NEEDS_PROC

/* ---- The ways to call ---------------------------------------------------------------------------- */

enum { BY_FORK = 1, BY_VFORK = 2, BY_CLONE = 4, BY_CLONE3 = 8 };
#define BY_ALL (BY_FORK | BY_VFORK | BY_CLONE | BY_CLONE3)

static const struct door {
	struct case_head head;
	unsigned by;
} doors[] = {
	{ { .name = "fork" }, BY_FORK },
	{ { .name = "vfork" }, BY_VFORK },
	{ { .name = "clone" }, BY_CLONE },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, BY_CLONE3 },
};

/* What the kernel writes to when it makes a child; in shared memory, so that a child that must not exist is seen too. */
struct words {
	pid_t parent_tid, child_tid;
	int pidfd;
};
static struct words *words;
#define UNTOUCHED 0x5a5a5a5a

struct refusal {
	struct case_head head;
	unsigned by;
	int error;
	uint64_t flags;
	int exit_signal;	/* 0: SIGCHLD, or none where that would contradict */
	void (*prepare)(void);	/* what needs the test's own process */
	void (*obstruct)(void); /* what makes the call fail, if not the flags */
	void (*relent)(void);	/* undoes it, if a later fork would fail too */
	int *pidfd;		/* in place of the word */
	const pid_t *set_tid;
	size_t set_tid_size;
	unsigned long tls;
	int cgroup;
	bool late;	   /* the child already has a PID */
	bool stores_pidfd; /* and its descriptor may have been stored */
};

/* The PID that was handed out last, as far as the test knows. */
static pid_t last_taken;

static void limit(int resource, rlim_t soft)
{
	struct rlimit limit;

	SETUP(getrlimit(resource, &limit));
	limit.rlim_cur = soft;
	SETUP(setrlimit(resource, &limit));
}

/* Which of the first descriptors are open, a bit for each. */
static uint64_t open_descriptors(void)
{
	uint64_t open = 0;

	for (int fd = 0; fd < 64; fd++)
		if (sys_fcntl(fd, F_GETFD, 0) >= 0)
			open |= UINT64_C(1) << fd;
	return open;
}

/* ---- What makes it fail -------------------------------------------------------------------------- */

static rlim_t processes, descriptors;

static void limit_processes(void)
{
	struct rlimit now;

	SETUP(getrlimit(RLIMIT_NPROC, &now));
	processes = now.rlim_cur;
	limit(RLIMIT_NPROC, 0);
}

static void allow_processes(void)
{
	limit(RLIMIT_NPROC, processes);
}

static void limit_descriptors(void)
{
	struct rlimit now;
	int lowest = (int)SETUP_RAW(sys_dup(STDERR_FILENO));

	sys_close(lowest);
	SETUP(getrlimit(RLIMIT_NOFILE, &now));
	descriptors = now.rlim_cur;
	limit(RLIMIT_NOFILE, (rlim_t)lowest);
}

static void allow_descriptors(void)
{
	limit(RLIMIT_NOFILE, descriptors);
}

static char group[192];

static void make_group(void)
{
	SETUP(make_cgroup("pids", group, sizeof(group)));
}

static void fill_group(void)
{
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
	SETUP(write_cgroup(group, "pids.max", "1"));
}

static void widen_group(void)
{
	SETUP(write_cgroup(group, "pids.max", "max"));
}

static int own_pid_namespace;

static void enter_dead_namespace(void)
{
	own_pid_namespace = (int)SETUP(sys_open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
	SETUP_RAW(sys_unshare(CLONE_NEWPID));
	pid_t init = fork_helper();
	if (init == 0)
		leave(0);
	SETUP_RAW(checked_wait(init, NULL, 0));
	last_taken = init;
}

static void leave_dead_namespace(void)
{
	SETUP_RAW(sys_setns(own_pid_namespace, CLONE_NEWPID));
	sys_close(own_pid_namespace);
}

static char *too_much;
static size_t half;

/* Two requests that are small enough for mode 0 make one area that is not. No page of it is touched. */
static void map_too_much(void)
{
	struct sysinfo info;
	char mode[8] = "";

	SETUP(read_file("/proc/sys/vm/overcommit_memory", mode, sizeof(mode)));
	if (mode[0] != '0')
		SKIP(SKIP_SURROUNDINGS, "vm.overcommit_memory", "is not 0");
	SETUP(sysinfo(&info));
	half = ((size_t)info.totalram + info.totalswap) / 5 * 3 * info.mem_unit;
	half -= half % page_size();
	too_much = (char *)SETUP_RAW(sys_map_private(NULL, 2 * half, PROT_NONE));
	SETUP_RAW(sys_mprotect(too_much, half, PROT_READ | PROT_WRITE));
	SETUP_RAW(sys_mprotect(too_much + half, half, PROT_READ | PROT_WRITE));
}

static void unmap_it(void)
{
	SETUP_RAW(sys_munmap(too_much, 2 * half));
}

static void lose_ids(void)
{
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
}

/* The limits of a user namespace belong to its creator. */
static void forbid_namespaces(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	SETUP(map_user_namespace(0, uid, gid, uid, gid));
	SETUP(write_file("/proc/sys/user/max_net_namespaces", "0"));
}

static pid_t self[1];

static void choose_self(void)
{
	self[0] = sys_getpid();
}

static const pid_t zero[33];

/* ---- The table ----------------------------------------------------------------------------------- */

#define LIMITED NEEDS_USER_NS, NEEDS_MNT_NS, NEEDS_NET_NS, PROC, NEEDS_PROC_SYS
#define BAD_ADDRESS ((void *)(uintptr_t)16)
#define ALL(error_) .by = BY_ALL, .error = (error_)
#define EITHER(error_, flags_) .by = BY_CLONE | BY_CLONE3, .error = (error_), .flags = (flags_)
#define CLONE3(error_, flags_) .by = BY_CLONE3, .error = (error_), .flags = (flags_)

static const struct refusal refusals[] = {
	/* The limits of what there is. */
	{ { "rlimit_nproc", .features = FEATURES(NEEDS_OTHER_USER) },
	  ALL(EAGAIN),
	  .obstruct = limit_processes,
	  .relent = allow_processes },
	{ { "pids_max", .covers = "FORK-057", .features = FEATURES(NEEDS_CGROUP_PIDS), .caps = CAP(DAC_OVERRIDE) },
	  ALL(EAGAIN),
	  .prepare = make_group,
	  .obstruct = fill_group,
	  .relent = widen_group,
	  .late = true,
	  .stores_pidfd = true },
	{ { "dead_namespace", .covers = "FORK-060", .features = FEATURES(PID_NS, PROC, NEEDS_SETNS),
	    .caps = CAP(SYS_ADMIN) },
	  ALL(ENOMEM),
	  .obstruct = enter_dead_namespace,
	  .relent = leave_dead_namespace,
	  .late = true,
	  .stores_pidfd = true },
	{ { "memory", .covers = "FORK-067", .features = FEATURES(PROC), .arch = "x86_64 aarch64 riscv64" },
	  .by = BY_ALL & ~BY_VFORK,
	  .error = ENOMEM,
	  .obstruct = map_too_much,
	  .relent = unmap_it },
	{ { "descriptors", .covers = "CLONE-PIDFD-13", .features = FEATURES(PIDFD) },
	  EITHER(EMFILE, CLONE_PIDFD),
	  .obstruct = limit_descriptors,
	  .relent = allow_descriptors,
	  .late = true },
	{ { "net_limit", .covers = "CLONE-ERR-05", .features = FEATURES(LIMITED) },
	  EITHER(ENOSPC, CLONE_NEWNET),
	  .obstruct = forbid_namespaces },
	/* Others of the call are made before that. */
	{ { "net_limit_after_others", .covers = "CLONE-ERR-05", .features = FEATURES(LIMITED, PID_NS, NEEDS_UTS_NS) },
	  EITHER(ENOSPC, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNET),
	  .obstruct = forbid_namespaces },

	/* Privileges. */
	{ { "no_power_uts", .covers = "CLONE-NEWUTS-03", .features = FEATURES(NEEDS_UTS_NS) },
	  EITHER(EPERM, CLONE_NEWUTS) },
	{ { "no_power_pid", .covers = "CLONE-NEWPID-03", .features = FEATURES(PID_NS) }, EITHER(EPERM, CLONE_NEWPID) },
	{ { "no_power_net", .covers = "CLONE-NEWNET-03", .features = FEATURES(NEEDS_NET_NS) },
	  EITHER(EPERM, CLONE_NEWNET) },
	{ { "unmapped", .covers = "CLONE-NEWUSER-07", .features = FEATURES(NEEDS_USER_NS) },
	  EITHER(EPERM, CLONE_NEWUSER),
	  .obstruct = lose_ids },
	{ { "set_tid_no_power", .covers = "SETTID-08" },
	  CLONE3(EPERM, 0),
	  .obstruct = choose_self,
	  .set_tid = self,
	  .set_tid_size = 1 },

	/* Flags. */
	{ { "sighand", .covers = "CLONE-SIGHAND-06" }, EITHER(EINVAL, CLONE_SIGHAND) },
	{ { "thread", .covers = "CLONE-THREAD-11" }, EITHER(EINVAL, CLONE_THREAD | CLONE_VM) },
	{ { "fs_and_mounts", .covers = "CLONE-NEWNS-04", .features = FEATURES(NEEDS_MNT_NS) },
	  EITHER(EINVAL, CLONE_FS | CLONE_NEWNS) },
	{ { "fs_and_user", .covers = "CLONE-NEWUSER-06", .features = FEATURES(NEEDS_USER_NS) },
	  EITHER(EINVAL, CLONE_FS | CLONE_NEWUSER) },
	{ { "thread_and_pid", .covers = "CLONE-NEWPID-04", .features = FEATURES(PID_NS) },
	  EITHER(EINVAL, THREAD_FLAGS | CLONE_NEWPID) },
	{ { "undo_and_ipc", .covers = "CLONE-NEWIPC-04", .features = FEATURES(NEEDS_IPC_NS), .caps = CAP(SYS_ADMIN) },
	  EITHER(EINVAL, CLONE_SYSVSEM | CLONE_NEWIPC) },
	{ { "pidfd_and_settid", .covers = "CLONE-PIDFD-05", .features = FEATURES(PIDFD) },
	  .by = BY_CLONE,
	  .error = EINVAL,
	  .flags = CLONE_PIDFD | CLONE_PARENT_SETTID },
	{ { "detached", .covers = "CLONE-DETACHED-03" }, CLONE3(EINVAL, CLONE_DETACHED) },
	{ { "unknown", .covers = "CLONE3-21" }, CLONE3(EINVAL, 1ULL << 63) },
	{ { "thread_and_signal", .covers = "CLONE-THREAD-13" }, CLONE3(EINVAL, THREAD_FLAGS), .exit_signal = SIGCHLD },
	{ { "exit_signal", .covers = "CLONE3-17" }, CLONE3(EINVAL, 0), .exit_signal = 65 },

	/* What is pointed to. */
	{ { "pidfd", .covers = "CLONE-PIDFD-09", .features = FEATURES(PIDFD) },
	  EITHER(EFAULT, CLONE_PIDFD),
	  .pidfd = BAD_ADDRESS,
	  .late = true,
	  .stores_pidfd = true },
	{ { "tls", .covers = "CLONE-SETTLS-04", .arch = "x86_64" }, EITHER(EPERM, CLONE_SETTLS), .tls = ~0UL },
	{ { "set_tid", .covers = "SETTID-15" }, CLONE3(EFAULT, 0), .set_tid = BAD_ADDRESS, .set_tid_size = 1 },
	{ { "set_tid_zero", .covers = "SETTID-10" }, CLONE3(EINVAL, 0), .set_tid = zero, .set_tid_size = 1 },
	{ { "set_tid_many", .covers = "SETTID-14" }, CLONE3(EINVAL, 0), .set_tid = zero, .set_tid_size = 33 },
	{ { "set_tid_taken", .covers = "SETTID-09", .features = FEATURES(PID_NS), .caps = CAP(SYS_ADMIN) },
	  CLONE3(EEXIST, 0),
	  .obstruct = choose_self,
	  .set_tid = self,
	  .set_tid_size = 1 },
	{ { "cgroup", .covers = "CLONE-CGROUP-12" },
	  CLONE3(EBADF, CLONE_INTO_CGROUP),
	  .cgroup = 399,
	  .late = true,
	  .stores_pidfd = true },
};

static bool passes(const void *row, const void *door)
{
	return ((const struct refusal *)row)->by & ((const struct door *)door)->by;
}

/* Asks for all that the kernel writes, as far as that does not change why the call fails. */
static long clone_refused(const struct refusal *row, enum clone_via via)
{
	struct clone_request request = {
		.flags = row->flags | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
		.exit_signal = row->exit_signal		   ? row->exit_signal
			       : row->flags & CLONE_THREAD ? 0
							   : SIGCHLD,
		.parent_tid = &words->parent_tid,
		.child_tid = &words->child_tid,
		.pidfd = row->pidfd ? row->pidfd : &words->pidfd,
		.tls = row->tls,
		.set_tid = row->set_tid,
		.set_tid_size = row->set_tid_size,
		.cgroup = row->cgroup,
	};

	if (via == VIA_CLONE3)
		request.flags |= row->flags & (CLONE_THREAD | CLONE_DETACHED) ? CLONE_PARENT_SETTID
									      : CLONE_PARENT_SETTID | CLONE_PIDFD;
	else if (!(row->flags & CLONE_PIDFD))
		request.flags |= CLONE_PARENT_SETTID;
	return clone_call(via, &request, new_stack(), return_zero, NULL);
}

static long call_refused(const struct refusal *row, const struct door *door)
{
	switch (door->by) {
	case BY_FORK:
		return sys_fork();
	case BY_VFORK:
		return vfork_doors[0].vfork(return_zero, NULL);
	case BY_CLONE:
		return clone_refused(row, VIA_CLONE);
	default:
		return clone_refused(row, VIA_CLONE3);
	}
}

/* Where there is a child against the rules, there is no point in asking what it has left. */
static void require_refused(const struct refusal *row, long child)
{
	/* A thread ends by itself. */
	if (row->flags & CLONE_THREAD)
		REQUIRE_EQ(child, -row->error);
	EXPECT_REFUSED(child, row->error);
	if (child > 0)
		sys_exit_group(0);
}

/* ---- The caller ---------------------------------------------------------------------------------- */

static void mark_words(void)
{
	words = shared(sizeof(*words));
	*words = (struct words){ UNTOUCHED, UNTOUCHED, UNTOUCHED };
}

static void expect_untouched(const struct refusal *row)
{
	EXPECT_EQ(words->parent_tid, UNTOUCHED);
	EXPECT_EQ(words->child_tid, UNTOUCHED);
	if (!row->stores_pidfd)
		EXPECT_EQ(words->pidfd, UNTOUCHED);
}

TEST(leaves_nothing, .covers = "CLONE-FAIL-01 CLONE-FAIL-02 CLONE-FAIL-03 CLONE-FAIL-04 CLONE-FAIL-05",
     .summary =
	     "a call that fails leaves no child, no descriptor, no signal, and the caller's words and mask as they were",
     CASES_NEEDING(refusals), THROUGH(doors), .passes = passes)
{
	const struct refusal *row = this_case();
	const sigset64 but_one = ~SIGBIT(SIGUSR2);
	sigset64 before, after = 0, pending = 0;

	mark_words();
	if (row->prepare)
		row->prepare();
	if (row->obstruct)
		row->obstruct();
	SETUP_RAW(sys_sigprocmask(SIG_SETMASK, &but_one, NULL));
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, NULL, &before));
	uint64_t descriptors_before = open_descriptors();

	long child = call_refused(row, this_door());
	require_refused(row, child);
	EXPECT_NO_CHILD();
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, NULL, &after));
	EXPECT_EQ(after, before);
	SETUP_RAW(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0);
	EXPECT_EQ(open_descriptors(), descriptors_before);
	expect_untouched(row);
}

/* ---- PIDs ---------------------------------------------------------------------------------------- */

static pid_t expect_fork(void)
{
	long child = sys_fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	return (pid_t)child;
}

/* Nobody else takes numbers in a PID namespace of one's own. */
static void expect_next_number(const struct refusal *row, const struct door *door)
{
	set_capabilities(row->head.caps);
	last_taken = expect_fork();
	if (row->obstruct)
		row->obstruct();
	long child = call_refused(row, door);
	require_refused(row, child);
	if (row->relent)
		row->relent();
	pid_t next = expect_fork();
	EXPECT_GT(next, last_taken);
	EXPECT_LE(next, last_taken + (row->late ? 2 : 1));
}

TEST(takes_no_pid, .covers = "CLONE-FAIL-06 CLONE-FAIL-07", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "after a call that failed the next child has the next PID; one may be lost where the call failed late",
     CASES_NEEDING(refusals), THROUGH(doors), .passes = passes)
{
	const struct refusal *row = this_case();

	mark_words();
	if (row->prepare)
		row->prepare();
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		expect_next_number(row, this_door());
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

/* ---- What is counted ----------------------------------------------------------------------------- */

/* All calls that the flags and the signal alone make fail, by each door. */
static void call_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *row = &refusals[i];
		if (row->obstruct || row->set_tid || row->cgroup || row->head.features || row->head.caps ||
		    row->head.arch)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(doors); j++) {
			if (!passes(row, &doors[j]) || !features_expected(doors[j].head.features))
				continue;
			long child = call_refused(row, &doors[j]);
			require_refused(row, child);
		}
	}
}

/* One that fails late, however often. */
static void call_late(uint64_t flags)
{
	for (int i = 0; i < 10; i++) {
		long child = CLONE_HERE(VIA_CLONE, .flags = flags | CLONE_PIDFD, .pidfd = BAD_ADDRESS,
					.exit_signal = SIGCHLD);
		EXPECT_REFUSED(child, EFAULT, i);
	}
}

TEST(processes_of_user, .covers = "CLONE-FAIL-09", .features = FEATURES(NEEDS_USER_NS, NEEDS_PIDFD, NEEDS_OTHER_USER),
     .summary = "calls that fail leave the number of processes that RLIMIT_NPROC counts as it was")
{
	mark_words();
	/* This one process is all that the namespace's count has. */
	long alone = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (alone == 0) {
		set_capabilities(0);
		call_all();
		call_late(0);
		limit(RLIMIT_NPROC, 2);
		expect_fork();
		limit(RLIMIT_NPROC, 1);
		long child = sys_fork();
		EXPECT_REFUSED(child, EAGAIN);
		leave(0);
	}
	REQUIRE_GT(alone, 0);
	EXPECT_EXITED(alone, 0);
}

TEST(processes_of_cgroup, .covers = "CLONE-FAIL-08", .caps = CAP(DAC_OVERRIDE),
     .features = FEATURES(NEEDS_CGROUP_PIDS, NEEDS_PIDFD),
     .summary = "calls that fail leave the number of processes of the caller's control group as it was")
{
	mark_words();
	make_group();
	fill_group();
	for (size_t i = 0; i < ARRAY_SIZE(doors); i++) {
		if (!features_expected(doors[i].head.features))
			continue;
		long child = call_refused(&(struct refusal){ 0 }, &doors[i]);
		EXPECT_REFUSED(child, EAGAIN, doors[i].head.name);
		EXPECT_EQ(read_cgroup(group, "pids.current"), 1, doors[i].head.name);
	}
	widen_group();
	set_capabilities(0);
	call_all();
	call_late(0);
	EXPECT_EQ(read_cgroup(group, "pids.current"), 1);
}

TEST(namespaces_of_user, .covers = "CLONE-FAIL-10",
     .features = FEATURES(NEEDS_USER_NS, NEEDS_UTS_NS, NEEDS_PIDFD, PROC, NEEDS_PROC_SYS),
     .summary = "namespaces of calls that fail are not counted: where one is allowed, it can still be made")
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	long owner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (owner == 0) {
		SETUP(map_user_namespace(0, uid, gid, uid, gid));
		SETUP(write_file("/proc/sys/user/max_uts_namespaces", "1"));
		call_late(CLONE_NEWUTS);
		long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
		if (child == 0) {
			/* It counts while it is there. */
			long second = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
			EXPECT_REFUSED(second, ENOSPC);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	REQUIRE_GT(owner, 0);
	EXPECT_EXITED(owner, 0);
}
