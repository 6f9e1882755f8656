// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A call that fails when the kernel has already taken or copied everything for the child gives it all back: seen by use. */
#include "forkcheck.h"

#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/sysinfo.h>

/* ---- The ways to fail late ------------------------------------------------------------------------ */

static char group[192];

static void make_group(void)
{
	SETUP(make_cgroup("pids", group, sizeof(group)));
}

static void forbid_processes(void)
{
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
	SETUP(write_cgroup(group, "pids.max", "1"));
}

static void allow_processes(void)
{
	SETUP(write_cgroup(group, "pids.max", "max"));
}

static void limit_to(int resource, rlim_t soft)
{
	struct rlimit limit;

	SETUP(getrlimit(resource, &limit));
	limit.rlim_cur = soft;
	SETUP(setrlimit(resource, &limit));
}

/* The number that the next descriptor gets. */
static int next_number(void)
{
	int number = (int)SETUP_RAW(sys_dup(STDERR_FILENO));

	sys_close(number);
	return number;
}

static void forbid_descriptors(void)
{
	limit_to(RLIMIT_NOFILE, (rlim_t)next_number());
}

static void allow_descriptors(void)
{
	struct rlimit limit;

	SETUP(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max;
	SETUP(setrlimit(RLIMIT_NOFILE, &limit));
}

static int own_pid_namespace, dead_pid_namespace;

static void make_dead_namespace(void)
{
	own_pid_namespace = (int)SETUP_RAW(sys_open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
	SETUP_RAW(sys_unshare(CLONE_NEWPID));
	pid_t init = fork_helper();
	if (init == 0)
		leave(0);
	SETUP_RAW(checked_wait(init, NULL, 0));
	dead_pid_namespace = (int)SETUP_RAW(sys_open("/proc/self/ns/pid_for_children", O_RDONLY | O_CLOEXEC));
	SETUP_RAW(sys_setns(own_pid_namespace, CLONE_NEWPID));
}

static void enter_dead_namespace(void)
{
	SETUP_RAW(sys_setns(dead_pid_namespace, CLONE_NEWPID));
}

static void leave_dead_namespace(void)
{
	SETUP_RAW(sys_setns(own_pid_namespace, CLONE_NEWPID));
}

#define BAD_ADDRESS ((int *)(uintptr_t)16)

static const struct obstacle {
	struct case_head head;
	enum clone_via via;
	int error;
	uint64_t flags;
	int cgroup;
	void (*prepare)(void);	/* in the test's process */
	void (*enter)(void);	/* in the caller, before all else */
	void (*obstruct)(void); /* there, right before the call */
	void (*relent)(void);	/* right after it */
	void (*relax)(void);	/* where the caller wants children after all */
	bool own_group;		/* the caller is in one */
	bool own_pid_ns;	/* left again by who has power over the one before; no thread may enter it */
} obstacles[] = {
	{ { "pidfd_address", .features = FEATURES(NEEDS_PIDFD) }, VIA_CLONE, EFAULT, .flags = CLONE_PIDFD },
	{ { "pidfd_address_clone3", .features = FEATURES(NEEDS_PIDFD, NEEDS_CLONE3) },
	  VIA_CLONE3,
	  EFAULT,
	  .flags = CLONE_PIDFD },
	{ { "descriptors", .features = FEATURES(NEEDS_PIDFD) },
	  VIA_CLONE,
	  EMFILE,
	  .flags = CLONE_PIDFD,
	  .obstruct = forbid_descriptors,
	  .relent = allow_descriptors },
	{ { "cgroup", .covers = "CLONE-CGROUP-12", .features = FEATURES(NEEDS_CLONE3) },
	  VIA_CLONE3,
	  EBADF,
	  .flags = CLONE_INTO_CGROUP,
	  .cgroup = 399 },
	{ { "pids_max", .features = FEATURES(NEEDS_CGROUP_PIDS), .caps = CAP(DAC_OVERRIDE) },
	  VIA_CLONE,
	  EAGAIN,
	  .prepare = make_group,
	  .enter = forbid_processes,
	  .relax = allow_processes,
	  .own_group = true },
	/* The child has a copy of all, and lacks its number. */
	{ { "dead_namespace", .features = FEATURES(NEEDS_PID_NS, NEEDS_PROC, NEEDS_SETNS), .caps = CAP(SYS_ADMIN) },
	  VIA_CLONE,
	  ENOMEM,
	  .enter = make_dead_namespace,
	  .obstruct = enter_dead_namespace,
	  .relent = leave_dead_namespace,
	  .own_pid_ns = true },
};

/* ---- What is given back ---------------------------------------------------------------------------- */

static int ends[2];

static void open_pipe(void)
{
	SETUP(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
}

static void expect_last_close(void)
{
	char byte;

	SETUP_RAW(sys_close(ends[1]));
	EXPECT_EQ(sys_read(ends[0], &byte, 1), 0);
}

static int number_before;

static void note_next_number(void)
{
	number_before = next_number();
}

static void expect_same_number(void)
{
	EXPECT_EQ(next_number(), number_before);
}

static int semaphores[3];

/* Three sets, since the last is as good as the first. */
static void make_semaphores(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(semaphores); i++)
		semaphores[i] = (int)SETUP(semget(IPC_PRIVATE, 2, 0600));
}

static void add_with_undo(void)
{
	struct sembuf add[] = { { 0, 2, SEM_UNDO }, { 1, 3, SEM_UNDO } };

	for (size_t i = 0; i < ARRAY_SIZE(semaphores); i++)
		SETUP(semop(semaphores[i], add, 2));
}

static void expect_undone(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(semaphores); i++) {
		EXPECT_RETURNS(semctl(semaphores[i], 0, GETVAL), 0, i);
		EXPECT_RETURNS(semctl(semaphores[i], 1, GETVAL), 0, i);
		SETUP(semctl(semaphores[i], 0, IPC_RMID));
	}
}

static int segment;

static void make_segment(void)
{
	segment = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
}

static void attach(void)
{
	SETUP(shmat(segment, NULL, 0) == (void *)-1 ? -1 : 0);
}

static long attachments(void)
{
	struct shmid_ds ds;

	SETUP(shmctl(segment, IPC_STAT, &ds));
	return (long)ds.shm_nattch;
}

static void expect_one_attachment(void)
{
	EXPECT_EQ(attachments(), 1);
}

static void expect_no_attachment(void)
{
	EXPECT_EQ(attachments(), 0);
	SETUP(shmctl(segment, IPC_RMID, NULL));
}

/* These succeed only where nobody shares the thing. */

static void expect_own_memory(void)
{
	EXPECT_OK(sys_unshare(CLONE_VM));
}

static void expect_own_handlers(void)
{
	EXPECT_OK(sys_unshare(CLONE_SIGHAND));
}

static void expect_one_thread(void)
{
	EXPECT_OK(sys_unshare(CLONE_THREAD));
	EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), 1);
}

static int mounts;

static void enter_namespaces(void)
{
	SETUP_RAW(sys_unshare(CLONE_NEWUSER | CLONE_NEWNS));
	mounts = (int)SETUP_RAW(sys_open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
}

static void expect_own_directories(void)
{
	EXPECT_OK(sys_setns(mounts, CLONE_NEWNS));
}

/* A count of its own, as each user namespace has one. */
static void count_alone(void)
{
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	set_capabilities(0);
}

static void expect_fork(void)
{
	long child = sys_fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static void expect_room_for_one(void)
{
	limit_to(RLIMIT_NPROC, 2);
	expect_fork();
	limit_to(RLIMIT_NPROC, 1);
	long child = sys_fork();
	EXPECT_REFUSED(child, EAGAIN);
}

static void enter_group(void)
{
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
}

static void expect_one_in_group(void)
{
	EXPECT_EQ(read_cgroup(group, "pids.current"), 1);
}

/*
 * Of memory that may be written to but never is, kB; and what was committed on the whole machine before. The more there is, the less
 * does it matter what others commit: some tests ask for more than the machine has.
 */
static long long reserved, committed;
#define OFTEN 64

static long long committed_now(void)
{
	return SETUP(proc_field("/proc/meminfo", "Committed_AS:", 10));
}

static void reserve(void)
{
	char mode[8] = "";
	struct sysinfo info;

	SETUP(read_file("/proc/sys/vm/overcommit_memory", mode, sizeof(mode)));
	if (mode[0] == '2')
		SKIP(SKIP_SURROUNDINGS, "vm.overcommit_memory", "is 2");
	SETUP(sysinfo(&info));
	unsigned long long quarter = (unsigned long long)info.totalram * info.mem_unit / 4;
	size_t size = sizeof(void *) == 8 || quarter < 1ULL << 29 ? (size_t)quarter : (size_t)1 << 29;
	SETUP_RAW(sys_map_private(NULL, size, PROT_READ | PROT_WRITE));
	reserved = (long long)size / 1024;
	committed = committed_now();
}

/* Others commit memory meanwhile, but not as much as all these copies. */
static void expect_not_committed(void)
{
	EXPECT_LT(committed_now(), committed + OFTEN / 2 * reserved);
}

static const struct thing {
	struct case_head head;
	uint64_t flags;
	void (*prepare)(void); /* in the test's process */
	void (*take)(void);    /* in the caller, before the call that fails */
	void (*use)(void);     /* there, afterwards */
	void (*after)(void);   /* in the test's process, when the caller has ended */
	int times;	       /* that the call is made; 0: once */
	bool own_group;	       /* no other group may be entered */
	bool own_user_ns;      /* of which the caller is a member, without power outside */
} things[] = {
	{ { "copied_descriptors", .covers = "CLONE-FAIL-21" }, 0, .take = open_pipe, .use = expect_last_close },
	{ { "descriptor_numbers", .covers = "CLONE-FAIL-02" },
	  0,
	  .take = note_next_number,
	  .use = expect_same_number,
	  .times = 3 },
	{ { "shared_descriptors", .covers = "CLONE-FAIL-21" },
	  CLONE_FILES,
	  .prepare = open_pipe,
	  .after = expect_last_close },
	{ { "directories", .covers = "CLONE-FAIL-22",
	    .features = FEATURES(NEEDS_PROC, NEEDS_SETNS, NEEDS_USER_NS, NEEDS_MNT_NS) },
	  CLONE_FS,
	  .take = enter_namespaces,
	  .use = expect_own_directories,
	  .own_user_ns = true },
	{ { "memory", .covers = "CLONE-FAIL-23", .features = FEATURES(NEEDS_UNSHARE) },
	  CLONE_VM,
	  .use = expect_own_memory },
	{ { "handlers", .covers = "CLONE-FAIL-24", .features = FEATURES(NEEDS_UNSHARE) },
	  CLONE_VM | CLONE_SIGHAND,
	  .use = expect_own_handlers },
	{ { "copied_attachments", .covers = "CLONE-FAIL-23", .features = FEATURES(NEEDS_SYSVIPC) },
	  0,
	  .prepare = make_segment,
	  .take = attach,
	  .use = expect_one_attachment,
	  .after = expect_no_attachment },
	{ { "shared_attachments", .covers = "CLONE-FAIL-23", .features = FEATURES(NEEDS_SYSVIPC) },
	  CLONE_VM,
	  .prepare = make_segment,
	  .take = attach,
	  .use = expect_one_attachment,
	  .after = expect_no_attachment },
	{ { "undo_list", .covers = "CLONE-FAIL-25", .features = FEATURES(NEEDS_SYSVIPC) },
	  CLONE_SYSVSEM,
	  .prepare = make_semaphores,
	  .take = add_with_undo,
	  .after = expect_undone },
	{ { "thread", .covers = "CLONE-FAIL-26", .features = FEATURES(NEEDS_PROC) },
	  THREAD_FLAGS,
	  .use = expect_one_thread },
	{ { "processes_of_user", .covers = "CLONE-FAIL-09", .features = FEATURES(NEEDS_USER_NS, NEEDS_OTHER_USER) },
	  0,
	  .take = count_alone,
	  .use = expect_room_for_one,
	  .times = 3,
	  .own_group = true,
	  .own_user_ns = true },
	{ { "processes_of_group", .covers = "CLONE-FAIL-08", .features = FEATURES(NEEDS_CGROUP_PIDS),
	    .caps = CAP(DAC_OVERRIDE) },
	  0,
	  .prepare = make_group,
	  .take = enter_group,
	  .use = expect_one_in_group,
	  .times = 3,
	  .own_group = true },
	{ { "committed_memory", .covers = "CLONE-FAIL-28", .features = FEATURES(NEEDS_PROC) },
	  0,
	  .take = reserve,
	  .use = expect_not_committed,
	  .times = OFTEN },
};

/* A pidfd of a thread is refused early, before Linux 6.9. */
static bool passes(const void *row, const void *door)
{
	const struct thing *thing = row;
	const struct obstacle *obstacle = door;

	return !(thing->flags & CLONE_THREAD && (obstacle->flags & CLONE_PIDFD || obstacle->own_pid_ns)) &&
	       !(thing->own_group && obstacle->own_group) && !(thing->own_user_ns && obstacle->own_pid_ns);
}

static void call(const struct obstacle *obstacle, uint64_t flags)
{
	const struct clone_request request = {
		.flags = flags | obstacle->flags,
		.exit_signal = flags & CLONE_THREAD ? 0 : SIGCHLD,
		.pidfd = obstacle->error == EMFILE ? ends : BAD_ADDRESS,
		.cgroup = obstacle->cgroup,
	};
	struct stack *stack = new_stack();

	if (obstacle->obstruct)
		obstacle->obstruct();
	long child = clone_call(obstacle->via, &request, stack, return_zero, NULL);
	if (obstacle->relent)
		obstacle->relent();
	EXPECT_REFUSED(child, obstacle->error);
	if (child > 0)
		sys_exit_group(0);
}

TEST(given_back,
     .summary = "after a call that failed late only the caller uses what the child should have shared or copied",
     CASES_NEEDING(things), THROUGH(obstacles), .passes = passes)
{
	const struct thing *thing = this_case();
	const struct obstacle *obstacle = this_door();

	if (obstacle->prepare)
		obstacle->prepare();
	if (thing->prepare)
		thing->prepare();
	pid_t caller = fork_helper();
	if (caller == 0) {
		if (obstacle->enter)
			obstacle->enter();
		if (thing->take)
			thing->take();
		for (int i = 0; i < (thing->times ? thing->times : 1); i++)
			call(obstacle, thing->flags);
		if (thing->use)
			thing->use();
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	if (thing->after)
		thing->after();
}

/* ---- PIDs ------------------------------------------------------------------------------------------ */

#define LEVELS 3

/* The first process of a PID namespace, so many levels above the innermost; it has one child, the next one. */
static void descend(const struct obstacle *obstacle, int levels)
{
	if (levels) {
		long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
		if (init == 0) {
			descend(obstacle, levels - 1);
			leave(0);
		}
		REQUIRE_GT(init, 0);
		EXPECT_EXITED(init, 0);
		return;
	}
	if (obstacle->enter)
		obstacle->enter();
	call(obstacle, 0);
	call(obstacle, 0);
	if (obstacle->relax)
		obstacle->relax();
	/* Nobody else takes numbers here: the calls had these. */
	for (pid_t first = 2; first < 5; first++) {
		const pid_t numbers[LEVELS] = { first, first + 1, first + 2 };
		long child = CLONE_HERE(VIA_CLONE3, .exit_signal = SIGCHLD, .set_tid = numbers, .set_tid_size = LEVELS);
		if (child == 0)
			leave(0);
		EXPECT_EQ(child, first, first);
		if (child > 0)
			EXPECT_EXITED(child, 0, first);
	}
}

TEST(numbers_given_back, .covers = "CLONE-FAIL-27", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_PID_NS, NEEDS_CLONE3),
     .summary = "after a call that failed late its PIDs are free again at each of three levels of PID namespaces",
     THROUGH(obstacles))
{
	const struct obstacle *obstacle = this_door();

	if (obstacle->prepare)
		obstacle->prepare();
	descend(obstacle, LEVELS);
}
