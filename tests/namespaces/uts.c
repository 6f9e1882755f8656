// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* UTS namespaces: the host name and the domain name. */
#include "namespaces.h"

#include <string.h>
#include <sys/utsname.h>

#define UTS NEEDS_UTS_NS

enum { CHANGED, LOOKED, READY };

/* ---- The two names ------------------------------------------------------------------------------ */

static long set_host(const char *name)
{
	return SYSCALL2(SYS_sethostname, name, strlen(name));
}

static long set_domain(const char *name)
{
	return SYSCALL2(SYS_setdomainname, name, strlen(name));
}

/* By the C library, which has calls of its own for it on some machines. */
static bool host_is(const char *name)
{
	struct utsname names;
	char host[sizeof(names.nodename)];

	SETUP(uname(&names));
	SETUP(gethostname(host, sizeof(host)));
	EXPECT_TRUE(!strcmp(host, names.nodename));
	return !strcmp(host, name);
}

static bool domain_is(const char *name)
{
	struct utsname names;
	char domain[sizeof(names.domainname)];

	SETUP(uname(&names));
	SETUP(getdomainname(domain, sizeof(domain)));
	EXPECT_TRUE(!strcmp(domain, names.domainname));
	return !strcmp(domain, name);
}

static const struct kind {
	const char *name;
	long (*set)(const char *name);
	bool (*is)(const char *name);
	const char *file;
} kinds[] = {
	{ "host", set_host, host_is, "/proc/sys/kernel/hostname" },
	{ "domain", set_domain, domain_is, "/proc/sys/kernel/domainname" },
};

/* A name that nobody but this test knows, in a namespace of its own. */
static void own_name(long (*set)(const char *name))
{
	SETUP_RAW(sys_unshare(CLONE_NEWUTS));
	SETUP_RAW(set("first"));
}

static const struct change {
	struct case_head head;
	uint64_t flag;
	bool outside; /* the parent makes the change */
	long (*set)(const char *name);
	bool (*is)(const char *name);
} changes[] = {
	{ { "host_inside", .covers = "UTSNS-01 CLONE-NEWUTS-01" }, CLONE_NEWUTS, false, set_host, host_is },
	{ { "host_outside", .covers = "UTSNS-02" }, CLONE_NEWUTS, true, set_host, host_is },
	{ { "host_same_child", .covers = "UTSNS-04 CLONE-NEWUTS-02" }, 0, false, set_host, host_is },
	{ { "host_same_parent", .covers = "UTSNS-04 CLONE-NEWUTS-02" }, 0, true, set_host, host_is },
	{ { "domain_inside", .covers = "UTSNS-03" }, CLONE_NEWUTS, false, set_domain, domain_is },
	{ { "domain_outside", .covers = "UTSNS-03" }, CLONE_NEWUTS, true, set_domain, domain_is },
	{ { "domain_same_child", .covers = "UTSNS-04" }, 0, false, set_domain, domain_is },
	{ { "domain_same_parent", .covers = "UTSNS-04" }, 0, true, set_domain, domain_is },
};

static bool is_wanted(const void *row, const void *door)
{
	return ((const struct change *)row)->flag || FIRST_DOOR(door);
}

TEST(names, .reaches = "the machine's name", .caps = CAP(SYS_ADMIN), .features = FEATURES(UTS, NEEDS_PROC),
     CASES_NEEDING(changes), THROUGH(namespace_doors), .passes = is_wanted,
     .summary = "a name set in one UTS namespace does not show in the other, and shows to all in the same one")
{
	const struct change *row = this_case();
	const struct namespace_door *door = this_door();
	const char *seen = row->flag ? "first" : "second";

	own_name(row->set);
	long child = door->enter(row->flag);
	if (child == 0) {
		EXPECT_TRUE(row->is("first"));
		post(READY);
		if (!row->outside) {
			EXPECT_OK(row->set("second"));
			EXPECT_TRUE(row->is("second"));
			post(CHANGED);
		}
		await(LOOKED);
		if (row->outside)
			EXPECT_TRUE(row->is(seen));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (await_unless_dead(row->outside ? READY : CHANGED, (pid_t)child)) {
		if (row->outside)
			EXPECT_OK(row->set("second"));
		EXPECT_TRUE(row->is(row->outside ? "second" : seen));
	}
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

TEST(begins_with_the_creators, .reaches = "the machine's name", .covers = "CLONE-NEWUTS-04", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(UTS), CASES(kinds), THROUGH(namespace_doors),
     .summary = "a new UTS namespace begins with the names of its creator's, as they are then")
{
	const struct kind *kind = this_case();
	const struct namespace_door *door = this_door();
	static const char *const names[] = { "first", "second" };

	own_name(kind->set);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		SETUP_RAW(kind->set(names[i]));
		long child = door->enter(CLONE_NEWUTS);
		if (child == 0) {
			EXPECT_TRUE(kind->is(names[i]), i);
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
}

TEST(members_and_descendants, .reaches = "the machine's name", .covers = "UTSNS-04", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(UTS),
     .summary = "all processes of a UTS namespace see a change, those that were there before and a new one")
{
	own_name(set_host);
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
	if (child == 0) {
		pid_t before = fork_helper();
		if (before == 0) {
			await(CHANGED);
			EXPECT_TRUE(host_is("second"));
			leave(0);
		}
		EXPECT_OK(set_host("second"));
		post(CHANGED);
		EXPECT_EXITED(before, 0);
		pid_t after = fork_helper();
		if (after == 0) {
			EXPECT_TRUE(host_is("second"));
			EXPECT_OK(set_host("third"));
			leave(0);
		}
		EXPECT_EXITED(after, 0);
		EXPECT_TRUE(host_is("third"));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(host_is("first"));
}

/* ---- In /proc ----------------------------------------------------------------------------------- */

static bool file_says(const char *path, const char *text)
{
	char got[80];

	SETUP(read_file(path, got, sizeof(got)));
	got[strcspn(got, "\n")] = 0;
	return !strcmp(got, text);
}

TEST(settings_follow_caller, .reaches = "the machine's name", .covers = "UTSNS-05", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(UTS, NEEDS_PROC),
     .summary = "kernel.hostname and kernel.domainname are those of the reader's UTS namespace", CASES(kinds))
{
	const struct kind *kind = this_case();

	own_name(kind->set);
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
	if (child == 0) {
		SETUP_RAW(kind->set("second"));
		EXPECT_TRUE(file_says(kind->file, "second"));
		post(CHANGED);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	EXPECT_TRUE(file_says(kind->file, "first"));
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

/* ---- Privileges --------------------------------------------------------------------------------- */

TEST(needs_sys_admin, .covers = "CLONE-NEWUTS-03", .summary = "without CAP_SYS_ADMIN a new UTS namespace is refused",
     .features = FEATURES(UTS), THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EPERM);
}

TEST(of_a_user_namespace, .covers = "UTSNS-06", .features = FEATURES(UTS, NEEDS_USER_NS, NEEDS_PROC, NEEDS_SETHOSTNAME),
     .summary = "the creator of a user namespace may name its own UTS namespace inside, and not the outer one",
     CASES(kinds), THROUGH(namespace_doors))
{
	const struct kind *kind = this_case();
	const struct namespace_door *door = this_door();

	own_user_namespace();
	own_name(kind->set);
	long child = door->enter(CLONE_NEWUSER);
	if (child == 0) {
		EXPECT_FAILS(kind->set("second"), EPERM);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	child = door->enter(CLONE_NEWUSER | CLONE_NEWUTS);
	if (child == 0) {
		EXPECT_OK(kind->set("second"));
		EXPECT_TRUE(kind->is("second"));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(kind->is("first"));
}
