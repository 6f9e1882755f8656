// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* PID namespaces in /proc: a mount shows the processes and numbers of the namespace in which it was made. */
#include "powers.h"

#include <dirent.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define MOUNTED NEEDS_PID_NS, NEEDS_MNT_NS, NEEDS_PROC, NEEDS_WORKDIR

/*
 * A PID namespace with three processes: the init, which mounts its own /proc as "inner"; a member; and the init of a
 * namespace below. All of them, and the test's process outside, see this mount and the old /proc.
 */
enum { OUTSIDE, INIT, MEMBER, NESTED, CREW };
enum { READY, LOOKED = READY + CREW, MAY_GO = LOOKED + CREW };

static pid_t *outer; /* the number that each has outside */

static pid_t self_in(const char *proc)
{
	char path[32] = "", text[16] = "";

	append_text(path, sizeof(path), proc);
	append_text(path, sizeof(path), "/self");
	return readlink(path, text, sizeof(text) - 1) > 0 ? (pid_t)strtol(text, NULL, 10) : -errno;
}

/* In a process of the crew: waits for the others, calls the test's function, stays until the test is over. */
static void take_part(unsigned member, void (*look)(unsigned))
{
	post(READY + member);
	for (unsigned i = OUTSIDE; i < CREW; i++)
		await(READY + i);
	look(member);
	post(LOOKED + member);
	await(MAY_GO);
}

static void be_init(void (*look)(unsigned))
{
	REQUIRE_EQ(sys_getpid(), INIT);
	SETUP(mount("proc", "inner", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	pid_t member = fork_helper();
	if (member == 0) {
		outer[MEMBER] = self_in("/proc");
		take_part(MEMBER, look);
		leave(0);
	}
	await(READY + MEMBER); /* so that the numbers are in order */
	pid_t nested = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD));
	if (nested == 0) {
		outer[NESTED] = self_in("/proc");
		take_part(NESTED, look);
		leave(0);
	}
	take_part(INIT, look);
	EXPECT_EXITED(member, 0);
	EXPECT_EXITED(nested, 0);
}

/* Has look() called in all four processes, one's place among them as argument, while all are there. */
static void with_crew(const struct power *power, void (*look)(unsigned))
{
	if (power->flags & CLONE_NEWUSER)
		need_feature(NEEDS_PROC_MOUNT);
	outer = shared(CREW * sizeof(*outer));
	outer[OUTSIDE] = sys_getpid();
	SETUP(mkdir("inner", 0755));
	SETUP(sys_unshare((unsigned long)(CLONE_NEWNS | power->flags)));
	/* The runner has done so already where it could; where nothing can, mounts are not handed on. */
	(void)!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	pid_t init = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD));
	if (init == 0) {
		be_init(look);
		leave(0);
	}
	outer[INIT] = init;
	post(READY + OUTSIDE);
	for (unsigned i = INIT; i < CREW; i++)
		if (!await_unless_dead(LOOKED + i, init))
			break;
	look(OUTSIDE);
	post(MAY_GO);
	EXPECT_EXITED(init, 0);
	(void)!umount2("inner", MNT_DETACH);
}

/* ---- Which processes ------------------------------------------------------------------------------ */

#define MANY 63

/* A bit for each process that the directory lists, MANY and above together. */
static uint64_t listed(const char *proc)
{
	DIR *dir = opendir(proc);
	const struct dirent *entry;
	uint64_t found = 0;

	if (!dir)
		BROKEN("no directory to list");
	while ((entry = readdir(dir))) {
		long pid = strtol(entry->d_name, NULL, 10);
		if (pid > 0)
			found |= 1ULL << (pid < MANY ? pid : MANY);
	}
	closedir(dir);
	return found;
}

static bool is_listed(const char *proc, pid_t pid)
{
	char path[64] = "";

	append_text(path, sizeof(path), proc);
	append_text(path, sizeof(path), "/");
	append_number(path, sizeof(path), pid);
	append_text(path, sizeof(path), "/stat");
	return access(path, F_OK) == 0;
}

static void expect_members(unsigned member)
{
	(void)member;
	EXPECT_EQ(listed("inner"), 1ULL << INIT | 1ULL << MEMBER | 1ULL << NESTED);
	for (pid_t i = INIT; i < CREW; i++)
		EXPECT_TRUE(is_listed("inner", i), i);
	EXPECT_TRUE(!is_listed("inner", CREW));
}

TEST(mount_shows_its_namespace, .reaches = "the machine's mounts", .covers = "PIDNS-30", .features = FEATURES(MOUNTED),
     .summary = "/proc mounted in a PID namespace shows the processes of that one and below, whoever looks",
     CASES_NEEDING(powers))
{
	with_crew(this_case(), expect_members);
}

static void expect_all(unsigned member)
{
	(void)member;
	for (unsigned i = OUTSIDE; i < CREW; i++)
		EXPECT_TRUE(is_listed("/proc", outer[i]), i);
}

TEST(older_mount_shows_outside, .reaches = "the machine's mounts", .covers = "PIDNS-31", .features = FEATURES(MOUNTED),
     .summary = "/proc mounted outside a PID namespace shows those inside the processes and numbers outside",
     CASES_NEEDING(powers))
{
	with_crew(this_case(), expect_all);
}

/* ---- Who reads it --------------------------------------------------------------------------------- */

static void expect_self(unsigned member)
{
	EXPECT_EQ(self_in("/proc"), outer[member]);
	if (member == OUTSIDE) {
		EXPECT_EQ(self_in("inner"), -ENOENT);
		EXPECT_ERRNO(open("inner/self/stat", O_RDONLY), ENOENT);
		return;
	}
	EXPECT_EQ(self_in("inner"), member);
	EXPECT_RETURNS(access("inner/self/stat", F_OK), 0);
	EXPECT_EQ(sys_getpid(), member == NESTED ? 1 : (pid_t)member);
}

TEST(self, .reaches = "the machine's mounts", .covers = "PIDNS-32 PIDNS-33", .features = FEATURES(MOUNTED),
     .summary = "/proc/self is the reader's number in the mount's PID namespace, and leads nowhere if it has none",
     CASES_NEEDING(powers))
{
	with_crew(this_case(), expect_self);
	EXPECT_NE(outer[INIT], outer[MEMBER]);
	EXPECT_NE(outer[NESTED], outer[MEMBER]);
}

/* ---- The numbers in it ---------------------------------------------------------------------------- */

static void expect_levels(const char *proc, pid_t pid, const pid_t *want, size_t count)
{
	char path[64] = "", text[8192];

	append_text(path, sizeof(path), proc);
	append_text(path, sizeof(path), "/");
	append_number(path, sizeof(path), pid);
	append_text(path, sizeof(path), "/status");
	long length = read_file(path, text, sizeof(text));
	EXPECT_OK(length);
	char *at = length > 0 ? strstr(text, "\nNSpid:") : NULL;
	EXPECT_TRUE(at);
	if (!at)
		return;
	at += strlen("\nNSpid:");
	for (size_t i = 0; i < count; i++)
		EXPECT_EQ(strtol(at, &at, 10), want[i], i);
	EXPECT_EQ(*at, '\n');
}

static void expect_numbers(unsigned member)
{
	const pid_t of_member[] = { outer[MEMBER], MEMBER }, of_nested[] = { outer[NESTED], NESTED, 1 };

	(void)member;
	expect_levels("/proc", outer[MEMBER], of_member, 2);
	expect_levels("inner", MEMBER, of_member + 1, 1);
	expect_levels("/proc", outer[NESTED], of_nested, 3);
	expect_levels("inner", NESTED, of_nested + 1, 2);
}

TEST(numbers_begin_at_the_mount, .reaches = "the machine's mounts", .covers = "THR-11", .features = FEATURES(MOUNTED),
     .summary = "NSpid begins with the number in the PID namespace of the /proc mount, whoever reads it",
     CASES_NEEDING(powers))
{
	with_crew(this_case(), expect_numbers);
}
