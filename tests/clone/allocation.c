// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * Each allocation of a call that makes a process, a namespace or a pidfd fails in the kernel, one after the other: what the call
 * says then, and that it leaves nothing behind.
 */
#include "../namespaces/join.h"
#include "failing.h"

#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* ---- What is tried ------------------------------------------------------------------------------- */

struct attempt {
	struct case_head head;
	long (*call)(const struct attempt *attempt); /* raw; a child that it makes ends at once with 0 */
	uint64_t flags;
	enum clone_via via;
	bool shares;		/* another thread has the same descriptors and directories */
	bool changes;		/* what succeeds leaves the caller elsewhere */
	bool chooses;		/* the child's PID */
	bool stands_for_others; /* takes all that they take */
};

static struct stack *stack;
static int pidfd, own_namespaces, other_user_namespace, group;
static pid_t parent_tid, child_tid;
static const pid_t chosen = 1; /* in a new PID namespace */
static char tls[512] __attribute__((aligned(64)));

static long by_fork(const struct attempt *attempt)
{
	(void)attempt;
	long child = sys_fork();
	if (child == 0)
		leave(0);
	return child;
}

static long by_clone(const struct attempt *attempt)
{
	const struct clone_request request = {
		.flags = attempt->flags,
		.exit_signal = attempt->flags & CLONE_THREAD ? 0 : SIGCHLD,
		.parent_tid = &parent_tid,
		.child_tid = &child_tid,
		.pidfd = &pidfd,
		.tls = (unsigned long)(tls + sizeof(tls) / 2),
		.set_tid = attempt->chooses ? &chosen : NULL,
		.set_tid_size = attempt->chooses,
		.cgroup = attempt->flags & CLONE_INTO_CGROUP ? group : 0,
	};

	return clone_call(attempt->via, &request, stack, return_zero, NULL);
}

static long by_unshare(const struct attempt *attempt)
{
	return sys_unshare((int)attempt->flags);
}

/* Into the namespaces where the caller is: all is made as for others, and given up again. Its own user namespace is refused. */
static long by_setns(const struct attempt *attempt)
{
	return sys_setns(attempt->flags == CLONE_NEWUSER ? other_user_namespace : own_namespaces, (int)attempt->flags);
}

static long by_pidfd_open(const struct attempt *attempt)
{
	(void)attempt;
	return SYSCALL2(SYS_pidfd_open, sys_getpid(), 0);
}

#define ADMIN .caps = CAP(SYS_ADMIN)
#define CONTAINER (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWCGROUP)
#define CONTAINER_NEEDS \
	.features = FEATURES(NEEDS_MNT_NS, NEEDS_UTS_NS, NEEDS_IPC_NS, NEEDS_NET_NS, NEEDS_PID_NS, NEEDS_CGROUP_NS)

static const struct attempt attempts[] = {
	{ { .name = "fork" }, .call = by_fork, .stands_for_others = true },
	{ { .name = "vfork" }, .call = by_clone, .flags = CLONE_VM | CLONE_VFORK },
	{ { .name = "clone" }, .call = by_clone },
	{ { .name = "clone3" }, .call = by_clone, .via = VIA_CLONE3 },
	{ { .name = "files" }, .call = by_clone, .flags = CLONE_FILES },
	{ { .name = "fs" }, .call = by_clone, .flags = CLONE_FS },
	{ { .name = "vm" }, .call = by_clone, .flags = CLONE_VM },
	{ { .name = "sighand" }, .call = by_clone, .flags = CLONE_VM | CLONE_SIGHAND },
	{ { .name = "clear_sighand", .features = FEATURES(NEEDS_CLEAR_SIGHAND) },
	  .call = by_clone,
	  .flags = CLONE_CLEAR_SIGHAND,
	  .via = VIA_CLONE3 },
	{ { .name = "sysvsem" }, .call = by_clone, .flags = CLONE_SYSVSEM },
	{ { .name = "io" }, .call = by_clone, .flags = CLONE_IO },
	{ { .name = "parent" }, .call = by_clone, .flags = CLONE_PARENT },
	{ { .name = "settls" }, .call = by_clone, .flags = CLONE_SETTLS },
	{ { .name = "untraced" }, .call = by_clone, .flags = CLONE_UNTRACED },
	{ { .name = "ptrace" }, .call = by_clone, .flags = CLONE_PTRACE },
	{ { .name = "thread" },
	  .call = by_clone,
	  .flags = THREAD_FLAGS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
	  .stands_for_others = true },
	{ { .name = "pidfd" }, .call = by_clone, .flags = CLONE_PIDFD },
	{ { .name = "pidfd_clone3" },
	  .call = by_clone,
	  .flags = CLONE_PIDFD,
	  .via = VIA_CLONE3,
	  .stands_for_others = true },
	{ { .name = "tid_words" },
	  .call = by_clone,
	  .flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID },
	{ { .name = "set_tid", ADMIN, .features = FEATURES(NEEDS_CLONE3, NEEDS_PID_NS) },
	  .call = by_clone,
	  .flags = CLONE_NEWPID,
	  .via = VIA_CLONE3,
	  .chooses = true },
	{ { .name = "into_cgroup", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(NEEDS_CLONE3, NEEDS_CGROUP2) },
	  .call = by_clone,
	  .flags = CLONE_INTO_CGROUP,
	  .via = VIA_CLONE3 },
	{ { .name = "newuser", .features = FEATURES(NEEDS_USER_NS) },
	  .call = by_clone,
	  .flags = CLONE_NEWUSER,
	  .stands_for_others = true },
	{ { .name = "newns", ADMIN }, .call = by_clone, .flags = CLONE_NEWNS },
	{ { .name = "newuts", ADMIN }, .call = by_clone, .flags = CLONE_NEWUTS },
	{ { .name = "newipc", ADMIN }, .call = by_clone, .flags = CLONE_NEWIPC },
	{ { .name = "newnet", ADMIN }, .call = by_clone, .flags = CLONE_NEWNET },
	{ { .name = "newpid", ADMIN }, .call = by_clone, .flags = CLONE_NEWPID },
	{ { .name = "newcgroup", ADMIN }, .call = by_clone, .flags = CLONE_NEWCGROUP },
	{ { .name = "newtime", ADMIN, .features = FEATURES(NEEDS_TIME_NS) },
	  .call = by_clone,
	  .flags = CLONE_NEWTIME,
	  .via = VIA_CLONE3 },
	{ { .name = "container", ADMIN, CONTAINER_NEEDS },
	  .call = by_clone,
	  .flags = CONTAINER,
	  .stands_for_others = true },
	{ { .name = "unshare_files" },
	  .call = by_unshare,
	  .flags = CLONE_FILES,
	  .shares = true,
	  .changes = true,
	  .stands_for_others = true },
	{ { .name = "unshare_fs" }, .call = by_unshare, .flags = CLONE_FS, .shares = true, .changes = true },
	{ { .name = "unshare_newuser", .features = FEATURES(NEEDS_USER_NS) },
	  .call = by_unshare,
	  .flags = CLONE_NEWUSER,
	  .changes = true,
	  .stands_for_others = true },
	{ { .name = "unshare_newns", ADMIN }, .call = by_unshare, .flags = CLONE_NEWNS, .changes = true },
	{ { .name = "unshare_newuts", ADMIN }, .call = by_unshare, .flags = CLONE_NEWUTS, .changes = true },
	{ { .name = "unshare_newipc", ADMIN }, .call = by_unshare, .flags = CLONE_NEWIPC, .changes = true },
	{ { .name = "unshare_newnet", ADMIN }, .call = by_unshare, .flags = CLONE_NEWNET, .changes = true },
	{ { .name = "unshare_newpid", ADMIN }, .call = by_unshare, .flags = CLONE_NEWPID, .changes = true },
	{ { .name = "unshare_newcgroup", ADMIN }, .call = by_unshare, .flags = CLONE_NEWCGROUP, .changes = true },
	{ { .name = "unshare_newtime", ADMIN, .features = FEATURES(NEEDS_TIME_NS) },
	  .call = by_unshare,
	  .flags = CLONE_NEWTIME,
	  .changes = true },
	{ { .name = "unshare_container", ADMIN, CONTAINER_NEEDS },
	  .call = by_unshare,
	  .flags = CONTAINER,
	  .changes = true,
	  .stands_for_others = true },
	{ { .name = "setns_user", ADMIN, .features = FEATURES(NEEDS_USER_NS) },
	  .call = by_setns,
	  .flags = CLONE_NEWUSER,
	  .changes = true },
	{ { .name = "setns_mnt", ADMIN | CAP(SYS_CHROOT) }, .call = by_setns, .flags = CLONE_NEWNS },
	{ { .name = "setns_uts", ADMIN }, .call = by_setns, .flags = CLONE_NEWUTS },
	{ { .name = "setns_ipc", ADMIN }, .call = by_setns, .flags = CLONE_NEWIPC },
	{ { .name = "setns_net", ADMIN }, .call = by_setns, .flags = CLONE_NEWNET },
	{ { .name = "setns_pid", ADMIN }, .call = by_setns, .flags = CLONE_NEWPID },
	{ { .name = "setns_cgroup", ADMIN }, .call = by_setns, .flags = CLONE_NEWCGROUP },
	{ { .name = "setns_time", ADMIN, .features = FEATURES(NEEDS_TIME_NS) },
	  .call = by_setns,
	  .flags = CLONE_NEWTIME },
	{ { .name = "setns_all", ADMIN | CAP(SYS_CHROOT), CONTAINER_NEEDS },
	  .call = by_setns,
	  .flags = CONTAINER,
	  .stands_for_others = true },
	{ { .name = "pidfd_open", .features = FEATURES(NEEDS_PIDFD) }, .call = by_pidfd_open },
};

/* ---- One caller ---------------------------------------------------------------------------------- */

/* What is seen of the caller before and after. */
struct look {
	uint64_t open; /* descriptors, a bit for each */
	sigset64 blocked, pending;
	uint64_t namespaces[8];
	long long threads;
};

static struct look look(void)
{
	static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "user", "uts" };
	struct look look = { .threads = proc_field("/proc/self/status", "Threads:", 10) };

	for (int fd = 0; fd < 64; fd++)
		if (sys_fcntl(fd, F_GETFD, 0) >= 0)
			look.open |= UINT64_C(1) << fd;
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, NULL, &look.blocked));
	SETUP_RAW(sys_sigpending(&look.pending));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		look.namespaces[i] = namespace_of_self(names[i]);
	return look;
}

static void expect_unchanged(unsigned nth, const struct look *before)
{
	const struct look now = look();

	EXPECT_EQ(now.open, before->open, nth);
	EXPECT_EQ(now.blocked, before->blocked, nth);
	EXPECT_EQ(now.pending, before->pending, nth);
	EXPECT_EQ(now.threads, before->threads, nth);
	for (size_t i = 0; i < ARRAY_SIZE(now.namespaces); i++)
		EXPECT_EQ(now.namespaces[i], before->namespaces[i], nth);
}

/* What the callers tell the test. */
static struct told {
	bool failed;   /* there was an allocation to fail */
	pid_t sibling; /* the caller's, 0: none */
} * told;

/* Takes back what a call has made. */
static void end_child(const struct attempt *attempt, long made)
{
	if (attempt->call == by_pidfd_open) {
		sys_close((int)made);
	} else if (attempt->flags & CLONE_THREAD) {
		await_thread_gone((pid_t)made);
	} else if (attempt->flags & CLONE_PARENT) {
		await_state((pid_t)made, 0, "Z");
		told->sibling = (pid_t)made;
	} else if (attempt->call != by_setns && made > 0) {
		EXPECT_EXITED(made, 0);
		if (attempt->flags & CLONE_PIDFD)
			sys_close(pidfd);
	}
}

static void try_once(const struct attempt *attempt, unsigned nth)
{
	const struct look before = look();
	int fail_nth = open_fail_nth();

	arm(fail_nth, nth);
	long result = attempt->call(attempt);
	told->failed = disarm(fail_nth);
	sys_close(fail_nth);
	if (result >= 0)
		end_child(attempt, result);
	else if (!told->failed || !is_want_of_memory(result))
		EXPECT_RESULT(result, told->failed ? -ENOMEM : 0, nth);
	EXPECT_NO_CHILD();
	/* Some are for nothing that the call can't do without. */
	if (result < 0 || !attempt->changes)
		expect_unchanged(nth, &before);
	/* Nothing is left that would make the next one fail. */
	if (result < 0) {
		result = attempt->call(attempt);
		EXPECT_RESULT(result < 0 ? result : 0, 0, nth);
		if (result >= 0)
			end_child(attempt, result);
	}
}

static int share_until_told(void *arg)
{
	const int *pipe = arg;
	char byte;

	(void)!sys_read(pipe[0], &byte, 1);
	return 0;
}

/* Things that a copy of the caller would hold on to, if a call that fails left one. */
static int memory, semaphore;

static void be_caller(const struct attempt *attempt, unsigned nth)
{
	struct sembuf up_and_undo = { .sem_op = 1, .sem_flg = SEM_UNDO };
	int pipe[2], bell[2];
	char byte = 0;
	pid_t sharer = 0;

	SETUP(pipe2(pipe, O_NONBLOCK | O_CLOEXEC));
	SETUP(pipe2(bell, O_CLOEXEC));
	SETUP(semop(semaphore, &up_and_undo, 1));
	own_namespaces = (int)SETUP(SYSCALL2(SYS_pidfd_open, sys_getpid(), 0));
	if (attempt->shares)
		sharer = start_thread(share_until_told, bell);
	set_capabilities(attempt->head.caps);
	try_once(attempt, nth);
	SETUP_RAW(sys_write(bell[1], &byte, 1));
	if (sharer)
		await_thread_gone(sharer);
	/* The last one that writes to it. */
	sys_close(pipe[1]);
	EXPECT_EQ(sys_read(pipe[0], &byte, 1), 0);
}

/* Whose user namespace is joined; 0: nobody's. */
static pid_t host;

static bool call_once(unsigned nth)
{
	told->sibling = 0;
	pid_t caller = fork_helper();
	if (caller == 0) {
		be_caller(this_case(), nth);
		leave(0);
	}
	REQUIRE_EXITED(caller, 0, nth);
	if (told->sibling)
		REQUIRE_EXITED(told->sibling, 0, nth);
	if (host <= 0)
		EXPECT_NO_CHILD(nth);
	return told->failed;
}

/* ---- The test ------------------------------------------------------------------------------------ */

static void prepare(void)
{
	told = shared(sizeof(*told));
	let_all_fail();
	/* Whose processes RLIMIT_NPROC counts, as long as there are any. */
	SETUP_RAW(SYSCALL3(SYS_setresuid, ordinary_uid(), -1, -1));
	stack = new_stack();
	memory = SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	SETUP_RAW(SYSCALL3(SYS_shmat, memory, NULL, 0));
	semaphore = SETUP(semget(IPC_PRIVATE, 1, 0600));
}

static unsigned fail_all(const struct attempt *attempt)
{
	char path[192];

	if (attempt->flags & CLONE_INTO_CGROUP) {
		SETUP(make_cgroup("", path, sizeof(path)));
		group = (int)SETUP(sys_open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
	}
	if (attempt->call == by_setns && attempt->flags == CLONE_NEWUSER) {
		host = start_host(CLONE_NEWUSER);
		other_user_namespace = (int)SETUP(SYSCALL2(SYS_pidfd_open, host, 0));
	}
	unsigned failed = fail_each(call_once);
	if (host)
		end_host(host);
	return failed;
}

/* The test's process and those made here are all that its real user has. */
static void expect_room_for_one(void)
{
	const uid_t uid = ordinary_uid();
	const struct rlimit three = { 3, 3 };

	pid_t child = fork_helper();
	if (child == 0) {
		SETUP_RAW(SYSCALL3(SYS_setresuid, uid, uid, uid));
		SETUP(setrlimit(RLIMIT_NPROC, &three));
		long grandchild = sys_fork();
		if (grandchild == 0)
			leave(0);
		EXPECT_OK(grandchild);
		if (grandchild > 0)
			EXPECT_EXITED(grandchild, 0);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

/* Of the callers nothing is left, so what is there belongs to a copy. */
static void expect_all_back(void)
{
	struct shmid_ds segment;

	SETUP(shmctl(memory, IPC_STAT, &segment));
	EXPECT_EQ(segment.shm_nattch, 1);
	EXPECT_RETURNS(semctl(semaphore, 0, GETVAL), 0);
	SETUP(shmctl(memory, IPC_RMID, NULL));
	SETUP(semctl(semaphore, 0, IPC_RMID));
	expect_room_for_one();
}

/* The error. */
static const char *of_call(const void *row, const void *door)
{
	const struct attempt *attempt = row;

	(void)door;
	if (attempt->call == by_fork)
		return "FORK-059";
	return attempt->call == by_clone ? "CLONE-ERR-02" : attempt->call == by_unshare ? "UNSH-26" : NULL;
}

TEST(fails, .covers = "CLONE-FAIL-01 CLONE-FAIL-02 CLONE-FAIL-05 CLONE-FAIL-11 CLONE-FAIL-12", .pair_covers = of_call,
     .summary = "a call in which any allocation fails says so, leaves no child, and gives back all that it took",
     .features = FEATURES(NEEDS_FAIL_NTH, NEEDS_PROC, NEEDS_SYSVIPC, NEEDS_PIDFD, NEEDS_MNT_NS), .as_root = true,
     .alone = true, .timeout_ms = 60000, .init_caps = CAP(SYS_ADMIN), .caps = CAP(SYS_RESOURCE) | CAP(SETUID),
     CASES_NEEDING(attempts))
{
	const struct attempt *attempt = this_case();
	const bool looks_for_lost = attempt->stands_for_others && feature_expected(NEEDS_KMEMLEAK);

	prepare();
	if (looks_for_lost)
		forget_lost_objects();
	EXPECT_GT(fail_all(attempt), 0);
	if (looks_for_lost)
		expect_no_lost_object();
	expect_all_back();
}
