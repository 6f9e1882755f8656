// SPDX-License-Identifier: GPL-2.0-only
/* A container in one call, as container engines make it: its life, its end, and a process that joins it. */
#include "../namespaces/join.h"

#include <dirent.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#define OTHERS (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)
#define OTHER_FEATURES                                                                                                 \
	(NEEDS(NEEDS_PID_NS) | NEEDS(NEEDS_MNT_NS) | NEEDS(NEEDS_UTS_NS) | NEEDS(NEEDS_IPC_NS) | NEEDS(NEEDS_NET_NS) | \
	 NEEDS(NEEDS_CGROUP_NS) | NEEDS(NEEDS_PROC) | NEEDS(NEEDS_WORKDIR))
#define OTHERS_COVERED                                                                                                \
	"CLONE-NEWPID-01 CLONE-NEWNS-01 CLONE-NEWUTS-01 CLONE-NEWIPC-01 CLONE-NEWNET-01 CLONE-NEWCGROUP-01 PIDNS-01 " \
	"PIDNS-05 PIDNS-23 PIDNS-30 PIDNS-32 PIDNS-40 UTSNS-01 NETNS-01 MNTNS-01 INH-PRCTL-01"
#define USER_COVERED "CLONE-NEWUSER-01 USERNS-01 USERNS-03 USERNS-16 USERNS-18 " OTHERS_COVERED

static const struct kind {
	struct case_head head;
	uint64_t flags;
} kinds[] = {
	{ { "privileged", .covers = OTHERS_COVERED, .caps = CAP(SYS_ADMIN), .features = OTHER_FEATURES }, OTHERS },
	{ { "user_ns", .covers = USER_COVERED, .caps = CAP(SYS_ADMIN),
	    .features = OTHER_FEATURES | NEEDS(NEEDS_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
	{ { "rootless", .covers = "CLONE-NEWUSER-03 CLONE-NEWUSER-09 " USER_COVERED,
	    .features = OTHER_FEATURES | NEEDS(NEEDS_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
};

enum { MAPPED, IS_UP, SERVICE_MAY_GO, ORPHANS_MAY_GO, MEMBER_IS_READY, OTHER_IS_READY, NEVER };

#define ORPHANS 3
#define STATUS 7

/* What the container's processes tell each other and the outside. */
static struct told {
	pid_t orphans[ORPHANS];
} * told;

static const struct namespace
{
	const char *type;
	uint64_t flag;
}
namespaces[] = {
	{ "user", CLONE_NEWUSER }, { "pid", CLONE_NEWPID }, { "mnt", CLONE_NEWNS },	   { "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },   { "net", CLONE_NEWNET }, { "cgroup", CLONE_NEWCGROUP },
};

/* The caller's namespaces, in this order. */
static void list_namespaces(uint64_t *list)
{
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		list[i] = namespace_of_self(namespaces[i].type);
}

/* ---- Inside: the first process ------------------------------------------------------------------ */

/* Each namespace that was asked for is another one, and no other. If not, no change is made to what others have. */
static void require_namespaces(uint64_t flags, const uint64_t *outside)
{
	uint64_t inside[ARRAY_SIZE(namespaces)];
	bool all = true;

	list_namespaces(inside);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		bool other = inside[i] != outside[i], wanted = flags & namespaces[i].flag;
		EXPECT_EQ_WITH(namespaces[i].type, other, wanted);
		all &= other == wanted;
	}
	if (!all)
		leave(1);
}

static long set_loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd = (int)SETUP(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	SETUP(ioctl(fd, SIOCGIFFLAGS, &lo));
	lo.ifr_flags |= IFF_UP;
	long r = ioctl(fd, SIOCSIFFLAGS, &lo) ? -errno : 0;
	sys_close(fd);
	return r;
}

/* A port that containers beside this one have as well. */
static void expect_network(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(4000),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = (int)SETUP(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	char byte = 'x';

	EXPECT_EQ(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	EXPECT_EQ(sendto(fd, &byte, 1, 0, (struct sockaddr *)&address, sizeof(address)), 1);
	EXPECT_EQ(recv(fd, &byte, 1, 0), 1);
	sys_close(fd);
}

/*
 * pivot_root can't replace a root that is mounted on nothing, as the initial ramfs is up to Linux 6: its line names it
 * as its own parent. What can replace it takes a capability more.
 */
static bool root_is_ramfs(void)
{
	char text[16384];

	SETUP_RAW(read_file("/proc/self/mountinfo", text, sizeof(text)));
	for (char *line = text; line && *line; line = strchr(line, '\n'), line += line ? 1 : 0) {
		char *rest;
		long mount = strtol(line, &rest, 10), parent = strtol(rest, NULL, 10);
		if (mount == parent)
			return true;
	}
	return false;
}

/* The container's own root: an empty file system with a directory for the old root and a proc of its own. */
static void change_root(void)
{
	SETUP(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	EXPECT_EQ(mount("container", "root", "tmpfs", 0, "size=64k"), 0);
	SETUP(mkdir("root/proc", 0700));
	SETUP(mkdir("root/old", 0700));
	EXPECT_EQ(mount("proc", "root/proc", "proc", 0, NULL), 0);
	SETUP(chdir("root"));
	if (root_is_ramfs()) {
		EXPECT_EQ(mount(".", "/", NULL, MS_MOVE, NULL), 0);
		EXPECT_EQ(chroot("."), 0);
	} else {
		EXPECT_OK(SYSCALL2(SYS_pivot_root, ".", "old"));
		EXPECT_EQ(umount2("/old", MNT_DETACH), 0);
	}
	SETUP(chdir("/"));
	EXPECT_EQ(rmdir("/old"), 0);
}

/* How many names a directory has that begin with one of these characters. */
static int names_in(const char *path, const char *first)
{
	DIR *dir = opendir(path);
	int count = 0;

	SETUP(dir ? 0 : -1);
	for (const struct dirent *entry; (entry = readdir(dir));)
		count += strchr(first, entry->d_name[0]) != NULL;
	closedir(dir);
	return count;
}

static void expect_own_root(void)
{
	char self[16] = "";

	EXPECT_EQ(readlink("/proc/self", self, sizeof(self) - 1), 1);
	EXPECT_EQ(self[0], '1');
	EXPECT_EQ(names_in("/proc", "123456789"), 1);
	EXPECT_EQ(names_in("/", "abcdefghijklmnopqrstuvwxyz"), 1);
}

/* What engines do last before the program of the container runs: it shall never have a privilege again. */
static void drop_privileges(void)
{
	static const char name[] = "other";

	SETUP_RAW(sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	set_capabilities(0);
	EXPECT_EQ(effective_capabilities(), 0);
	EXPECT_FAILS(SYSCALL2(SYS_sethostname, name, sizeof(name) - 1), EPERM);
}

/* ... nor has one any program that it executes, whoever's user ID 0 it has. */
static void expect_powerless_program(uint64_t flags)
{
	struct image_report report;

	report_after(NULL, &report);
	EXPECT_EQ(report.pid, 2);
	EXPECT_EQ(report.ppid, 1);
	EXPECT_EQ(report.caps, 0);
	if (flags & CLONE_NEWUSER)
		EXPECT_EQ(report.uid, 0);
}

/* A service that makes processes, which outlive it. */
static _Noreturn void service(void)
{
	for (int i = 0; i < ORPHANS; i++) {
		pid_t orphan = fork_helper();
		if (orphan == 0) {
			await(ORPHANS_MAY_GO);
			EXPECT_EQ(sys_getppid(), 1);
			EXPECT_EQ(sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
			leave(10 + i);
		}
		told->orphans[i] = orphan;
	}
	await(SERVICE_MAY_GO);
	leave(1);
}

static void reap_orphans(void)
{
	pid_t pid = fork_helper();
	if (pid == 0)
		service();
	EXPECT_EQ(pid, 3);
	post(SERVICE_MAY_GO);
	EXPECT_EXITED(pid, 1);
	EXPECT_EQ(names_in("/proc", "123456789"), 1 + ORPHANS);
	post(ORPHANS_MAY_GO);
	unsigned statuses = 0;
	for (int i = 0; i < ORPHANS; i++) {
		int status = 0;
		REQUIRE_GT(wait_for(-1, &status, 0, NULL), 0);
		EXPECT_TRUE(WIFEXITED(status));
		statuses |= 1U << WEXITSTATUS(status) % 32;
	}
	EXPECT_EQ(statuses, 7U << 10);
	for (int i = 0; i < ORPHANS; i++)
		EXPECT_EQ(told->orphans[i], 4 + i);
	EXPECT_NO_CHILD();
	EXPECT_EQ(names_in("/proc", "123456789"), 1);
}

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* Works until SIGTERM, that has been blocked up to now. */
static void await_term(void)
{
	sigset_t none;

	sigemptyset(&none);
	while (!stop)
		sigsuspend(&none);
}

static void block_term(void)
{
	const struct sigaction action = { .sa_handler = on_term };
	sigset_t set;

	SETUP(sigaction(SIGTERM, &action, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	SETUP(sigprocmask(SIG_BLOCK, &set, NULL));
}

static const char hostname[] = "container";

/* All that the first process sets up, before it drops its privileges. */
static void set_up(const struct kind *kind, const uint64_t *outside)
{
	bool user = kind->flags & CLONE_NEWUSER;

	REQUIRE_EQ(sys_getpid(), 1);
	EXPECT_EQ(sys_getppid(), 0);
	await(MAPPED);
	if (user) {
		REQUIRE_EQ(getuid(), 0);
		REQUIRE_EQ(getgid(), 0);
	}
	EXPECT_EQ(effective_capabilities(), user ? known_capabilities() : kind->head.caps);
	require_namespaces(kind->flags, outside);
	EXPECT_OK(SYSCALL2(SYS_sethostname, hostname, sizeof(hostname) - 1));
	/* Who owns the network's user namespace may do this, and not an administrator of other things. */
	EXPECT_RESULT_WITH("loopback up", set_loopback_up(), user ? 0 : -EPERM);
	if (user)
		expect_network();
	change_root();
}

/* ---- Outside ------------------------------------------------------------------------------------- */

struct outside {
	uint64_t namespaces[ARRAY_SIZE(namespaces)];
	struct utsname names;
};

static void look_around(const struct kind *kind, struct outside *outside)
{
	if (!(kind->flags & CLONE_NEWUSER) && !(kind->head.caps & CAP(SYS_CHROOT)) && root_is_ramfs())
		SKIP("the root is the initial ramfs: no pivot_root(2)");
	told = shared(sizeof(*told));
	SETUP(mkdir("root", 0700));
	SETUP(uname(&outside->names));
	list_namespaces(outside->namespaces);
}

/* Gives the first process its user ID 0, if it is to have one, and lets it go on. */
static void let_start(const struct kind *kind, pid_t container)
{
	if (kind->flags & CLONE_NEWUSER)
		EXPECT_OK(map_user_namespace(container, 0, geteuid(), getegid()));
	post(MAPPED);
}

/* Nothing outside has changed, and nobody is left. */
static void expect_untouched(const struct outside *outside)
{
	uint64_t now[ARRAY_SIZE(namespaces)];
	struct utsname names;

	SETUP(uname(&names));
	EXPECT_TRUE(!strcmp(names.nodename, outside->names.nodename));
	list_namespaces(now);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		EXPECT_EQ_WITH(namespaces[i].type, now[i], outside->namespaces[i]);
	EXPECT_EQ(access("root/proc", F_OK), -1);
	EXPECT_NO_CHILD();
}

/* "NSpid:" has a number for each level, outermost first. */
static void expect_pids(pid_t pid, const char *inner)
{
	char path[64], text[4096], want[48] = "";

	SETUP_RAW(read_file(proc_path(path, sizeof(path), pid, "status"), text, sizeof(text)));
	append_number(want, sizeof(want), pid);
	append_text(want, sizeof(want), inner);
	const char *line = strstr(text, "\nNSpid:");
	EXPECT_TRUE(!line || strstr(line, want));
}

TEST(life,
     .summary = "one call makes a container: all its namespaces, and in them the first process, which can set up host "
		"name, network and root, loses its privileges, and reaps what its services leave",
     CASES_NEEDING(kinds), THROUGH(clone_doors))
{
	const struct kind *kind = this_case();
	const struct clone_door *door = this_door();
	struct outside outside;

	look_around(kind, &outside);
	long container = CLONE_HERE(door->via, .flags = kind->flags, .exit_signal = SIGCHLD);
	if (container == 0) {
		block_term();
		set_up(kind, outside.namespaces);
		expect_own_root();
		drop_privileges();
		expect_powerless_program(kind->flags);
		reap_orphans();
		post(IS_UP);
		await_term();
		leave(STATUS);
	}
	REQUIRE_GT(container, 0);
	let_start(kind, (pid_t)container);
	if (await_unless_dead(IS_UP, (pid_t)container)) {
		expect_pids((pid_t)container, "\t1\n");
		EXPECT_OK(checked_kill((pid_t)container, SIGTERM));
	}
	EXPECT_EXITED((pid_t)container, STATUS);
	expect_untouched(&outside);
}

/* ---- Its end ------------------------------------------------------------------------------------- */

/* A process that holds on to what it has, in a session of its own, and takes no signal that can be blocked. */
static void start_stubborn(unsigned ready)
{
	const sigset64 all = ~(sigset64)0;

	if (fork_helper())
		return;
	SETUP_RAW(sys_setsid());
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &all, NULL));
	post(ready);
	await(NEVER);
}

TEST(killed, .covers = "PIDNS-07 PIDNS-14",
     .summary = "when the first process of a container is killed, all that was in it is gone: processes and mounts",
     CASES_NEEDING(kinds))
{
	const struct kind *kind = this_case();
	struct outside outside;
	int ends[2];
	char byte;

	look_around(kind, &outside);
	SETUP(pipe2(ends, O_NONBLOCK));
	long container = CLONE_HERE(VIA_CLONE, .flags = kind->flags, .exit_signal = SIGCHLD);
	if (container == 0) {
		set_up(kind, outside.namespaces);
		start_stubborn(MEMBER_IS_READY);
		start_stubborn(OTHER_IS_READY);
		await(MEMBER_IS_READY);
		await(OTHER_IS_READY);
		post(IS_UP);
		await(NEVER);
	}
	REQUIRE_GT(container, 0);
	SETUP_RAW(sys_close(ends[1]));
	let_start(kind, (pid_t)container);
	await_unless_dead(IS_UP, (pid_t)container);
	EXPECT_FAILS(sys_read(ends[0], &byte, 1), EAGAIN);
	EXPECT_OK(checked_kill((pid_t)container, SIGKILL));
	EXPECT_KILLED((pid_t)container, SIGKILL);
	/* End of file: nobody has the other end any more. */
	EXPECT_EQ(sys_read(ends[0], &byte, 1), 0);
	expect_untouched(&outside);
}

/* ---- A process that joins ------------------------------------------------------------------------ */

#define JOIN_COVERED "SETNS-10 SETNS-23 PIDNS-24 PIDNS-07"
#define JOIN_FEATURES (OTHER_FEATURES | JOIN | NEEDS(NEEDS_PIDFD))

/* Whose mounts are joined may be chosen as root by CAP_SYS_CHROOT, which the user namespace gives. */
static const struct kind joined_kinds[] = {
	{ { "privileged", .covers = JOIN_COVERED, .caps = CAP(SYS_ADMIN) | CAP(SYS_CHROOT), .features = JOIN_FEATURES },
	  OTHERS },
	{ { "user_ns", .covers = JOIN_COVERED " SETNS-16", .caps = CAP(SYS_ADMIN),
	    .features = JOIN_FEATURES | NEEDS(NEEDS_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
	{ { "rootless", .covers = JOIN_COVERED " SETNS-16 USERNS-10",
	    .features = JOIN_FEATURES | NEEDS(NEEDS_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
};

/* The program that is executed in the container, so to speak. */
static _Noreturn void run_inside(const struct kind *kind)
{
	struct utsname names;

	REQUIRE_EQ(sys_getpid(), 2); /* else the end of the container would not be its end */
	EXPECT_EQ(sys_getppid(), 0);
	SETUP(uname(&names));
	EXPECT_TRUE(!strcmp(names.nodename, hostname));
	EXPECT_EQ(names_in("/", "abcdefghijklmnopqrstuvwxyz"), 1);
	EXPECT_EQ(names_in("/proc", "123456789"), 2);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		EXPECT_EQ_WITH(namespaces[i].type, namespace_of(2, namespaces[i].type),
			       namespace_of(1, namespaces[i].type));
	if (kind->flags & CLONE_NEWUSER) {
		EXPECT_EQ(getuid(), 0);
		EXPECT_EQ(effective_capabilities(), known_capabilities());
	}
	post(MEMBER_IS_READY);
	await(NEVER);
	leave(1);
}

static _Noreturn void join(const struct kind *kind, int pidfd)
{
	long joined = sys_setns(pidfd, (int)kind->flags);
	REQUIRE_OK(joined);
	long child = sys_fork();
	if (child == 0)
		run_inside(kind);
	REQUIRE_GT(child, 0);
	EXPECT_KILLED((pid_t)child, SIGKILL);
	leave(0);
}

TEST(joined,
     .summary = "setns with a pidfd of the first process takes a process into the whole container at once; what "
		"it makes there is a member, and ends with it",
     CASES_NEEDING(joined_kinds))
{
	const struct kind *kind = this_case();
	struct outside outside;
	int pidfd = -1;

	look_around(kind, &outside);
	long container = CLONE_HERE(VIA_CLONE, .flags = kind->flags | CLONE_PIDFD, .exit_signal = SIGCHLD,
				    .pidfd = &pidfd);
	if (container == 0) {
		set_up(kind, outside.namespaces);
		post(IS_UP);
		await(NEVER);
	}
	REQUIRE_GT(container, 0);
	let_start(kind, (pid_t)container);
	if (await_unless_dead(IS_UP, (pid_t)container)) {
		pid_t joiner = fork_helper();
		if (joiner == 0)
			join(kind, pidfd);
		await_unless_dead(MEMBER_IS_READY, joiner);
		EXPECT_OK(checked_kill((pid_t)container, SIGKILL));
		EXPECT_EXITED(joiner, 0);
	}
	EXPECT_KILLED((pid_t)container, SIGKILL);
	expect_untouched(&outside);
}
