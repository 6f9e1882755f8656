// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_INTO_CGROUP refused: with which error, and without leaving anything behind. */
#include "forkcheck.h"

#include <stdio.h>
#include <string.h>

#define CGROUP2 NEEDS_CLONE3, NEEDS_CGROUP2, NEEDS_PROC

/* The caller is in one; the target is below the other. */
static char callers[192], above[192], target[192];
static int target_fd = -1;

static int open_group(const char *group)
{
	return (int)SETUP(sys_open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void join(const char *group)
{
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
}

/* A group of version 2 that has this controller, and hands it on to the target. */
static void make_target(const char *controller)
{
	char word[24] = "+";

	SETUP(make_cgroup(controller, above, sizeof(above)));
	if (*controller) {
		append_text(word, sizeof(word), controller);
		SETUP(write_cgroup(above, "cgroup.subtree_control", word));
	}
	SETUP(make_cgroup_in(above, target, sizeof(target)));
	target_fd = open_group(target);
}

static bool in_version_2(const char *controller)
{
	char base[192];

	return !cgroup_base(controller, base, sizeof(base)) && is_cgroup2(base);
}

/* ---- Faults ------------------------------------------------------------------------------------- */

struct call {
	struct clone3_args args;
	size_t size;
};

static void use_closed(struct call *call)
{
	call->args.cgroup = (uint64_t)SETUP(sys_dup(target_fd));
	SETUP(sys_close((int)call->args.cgroup));
}

static void use_large_number(struct call *call)
{
	call->args.cgroup = 1ULL << 31;
}

static void use_short_structure(struct call *call)
{
	call->size = offsetof(struct clone3_args, cgroup);
}

static void use_directory(struct call *call)
{
	call->args.cgroup = (uint64_t)open_group("/");
}

static void use_file_of_group(struct call *call)
{
	call->args.cgroup = (uint64_t)SETUP(sys_openat(target_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC, 0));
}

static void use_version_1(struct call *call)
{
	static const char *const controllers[] = { "pids", "memory", "cpu", "freezer", "devices", "name=systemd" };
	char base[192];

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (cgroup_base(controllers[i], base, sizeof(base)) || is_cgroup2(base))
			continue;
		call->args.cgroup = (uint64_t)open_group(base);
		return;
	}
	SKIP(SKIP_SURROUNDINGS, "cgroup1", "no hierarchy of version 1");
}

static void use_removed(struct call *call)
{
	char removed[192];

	SETUP(make_cgroup_in(above, removed, sizeof(removed)));
	call->args.cgroup = (uint64_t)open_group(removed);
	SETUP(rmdir(removed));
}

/* The caller comes from beside, so that all above is its own. */
static void make_read_only(struct call *call)
{
	char beside[192];

	(void)call;
	SETUP(make_cgroup_in(above, beside, sizeof(beside)));
	join(beside);
	SETUP(SYSCALL4(SYS_fchmodat, target_fd, "cgroup.procs", 0444, 0));
	set_capabilities(0);
}

/* Target and all in it belong to the caller, what is above both of them does not. */
static void lose_privilege(struct call *call)
{
	(void)call;
	set_capabilities(0);
}

/* One threaded group makes those beside it invalid. */
static void make_invalid(struct call *call)
{
	char threaded[192];

	(void)call;
	SETUP(make_cgroup_in(above, threaded, sizeof(threaded)));
	SETUP(write_cgroup(threaded, "cgroup.type", "threaded"));
}

static const char *domain_controller(void)
{
	static const char *const controllers[] = { "memory", "io", "hugetlb", "rdma", "misc", "dmem" };

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++)
		if (in_version_2(controllers[i]))
			return controllers[i];
	SKIP(SKIP_SURROUNDINGS, "cgroup2", "no domain controller is handed on to groups here");
}

static void hand_on(struct call *call)
{
	char word[24] = "+";

	(void)call;
	append_text(word, sizeof(word), domain_controller());
	SETUP(write_cgroup(target, "cgroup.subtree_control", word));
}

static void fill(struct call *call)
{
	(void)call;
	if (!in_version_2("pids"))
		SKIP(SKIP_SURROUNDINGS, "pids", "no controller of version 2");
	SETUP(write_cgroup(target, "pids.max", "0"));
}

static void fill_above(struct call *call)
{
	(void)call;
	if (!in_version_2("pids"))
		SKIP(SKIP_SURROUNDINGS, "pids", "no controller of version 2");
	SETUP(write_cgroup(above, "pids.max", "0"));
}

static const struct fault {
	struct case_head head;
	void (*spoil)(struct call *call);
	int error, or_error;
	bool count;			 /* the caller's group too: to join one takes time */
	const char *(*controller)(void); /* of the target, where it must be a particular one */
} faults[] = {
	{ { "closed", .covers = "CLONE-CGROUP-12" }, .spoil = use_closed, .error = EBADF, .count = true },
	{ { "large_number", .covers = "CLONE-CGROUP-11" }, .spoil = use_large_number, .error = EINVAL },
	{ { "short_structure", .covers = "CLONE-CGROUP-11" }, .spoil = use_short_structure, .error = EINVAL },
	{ { "directory", .covers = "CLONE-CGROUP-13" }, .spoil = use_directory, .error = EBADF },
	{ { "file_of_group", .covers = "CLONE-CGROUP-13" }, .spoil = use_file_of_group, .error = EBADF },
	{ { "version_1", .covers = "CLONE-CGROUP-13" }, .spoil = use_version_1, .error = EBADF },
	{ { "removed", .covers = "CLONE-CGROUP-14" },
	  .spoil = use_removed,
	  .error = ENOENT,
	  .or_error = ENODEV,
	  .count = true },
	{ { "read_only", .covers = "CLONE-CGROUP-07" }, .spoil = make_read_only, .error = EACCES },
	{ { "ancestor_of_another", .covers = "CLONE-CGROUP-15" }, .spoil = lose_privilege, .error = EACCES },
	{ { "domain_invalid", .covers = "CLONE-CGROUP-09" },
	  .spoil = make_invalid,
	  .error = EOPNOTSUPP,
	  .count = true },
	{ { "hands_on", .covers = "CLONE-CGROUP-08" },
	  .spoil = hand_on,
	  .error = EBUSY,
	  .count = true,
	  .controller = domain_controller },
	{ { "full", .covers = "CLONE-CGROUP-10" }, .spoil = fill, .error = EAGAIN, .count = true },
	{ { "full_above", .covers = "CLONE-CGROUP-10" }, .spoil = fill_above, .error = EAGAIN, .count = true },
};

/* What a refused call may not change. */
struct traces {
	long descriptor;
	long long callers, target, populated;
};

static struct traces look(void)
{
	char events[224];
	struct traces now = {
		.descriptor = SETUP(sys_dup(target_fd)),
		.callers = read_cgroup(callers, "pids.current"),
		.target = read_cgroup(target, "pids.current"),
	};

	SETUP(sys_close((int)now.descriptor));
	snprintf(events, sizeof(events), "%s/cgroup.events", above);
	now.populated = proc_field(events, "populated", 10);
	return now;
}

TEST(refused, .covers = "CLONE-CGROUP-18", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "each fault of the target has its own error, and a refused call leaves nothing behind",
     CASES_NEEDING(faults))
{
	const struct fault *fault = this_case();
	int pidfd = -1;

	make_target(fault->controller ? fault->controller() : in_version_2("pids") ? "pids" : "");
	/* Of whichever version; without this controller there is one thing less to look at. */
	if (fault->count && !make_cgroup("pids", callers, sizeof(callers)))
		join(callers);
	struct call call = {
		{ .flags = CLONE_INTO_CGROUP | CLONE_PIDFD,
		  .pidfd = (uintptr_t)&pidfd,
		  .exit_signal = SIGCHLD,
		  .cgroup = (uint64_t)target_fd },
		sizeof(call.args),
	};
	long child = sys_clone3(&call.args, call.size);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	SETUP(sys_close(pidfd));

	fault->spoil(&call);
	struct traces before = look();
	child = sys_clone3(&call.args, call.size);
	const int error = child == -fault->or_error ? fault->or_error : fault->error;
	EXPECT_REFUSED(child, error);
	EXPECT_NO_CHILD();
	struct traces after = look();
	EXPECT_EQ(after.descriptor, before.descriptor);
	EXPECT_EQ(after.callers, before.callers);
	EXPECT_EQ(after.target, before.target);
	EXPECT_LE(after.populated, before.populated);
}

/* ---- Delegation --------------------------------------------------------------------------------- */

static long create_into(int fd)
{
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = fd);

	if (child == 0)
		leave(0);
	return child;
}

TEST(inside_own_tree, .covers = "CLONE-CGROUP-15", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "an ordinary user may create children in groups of its own tree, from a group of that tree")
{
	make_target("");
	SETUP(make_cgroup_in(above, callers, sizeof(callers)));
	join(callers);
	set_capabilities(0);
	long child = create_into(target_fd);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static bool delegates_to_namespaces(void)
{
	char text[8192];

	SETUP(read_file("/proc/self/mounts", text, sizeof(text)));
	return strstr(text, "nsdelegate");
}

TEST(outside_namespace, .covers = "CLONE-CGROUP-19", .caps = CAP(DAC_OVERRIDE) | CAP(SYS_ADMIN),
     .features = FEATURES(CGROUP2, NEEDS_CGROUP_NS),
     .summary = "a group outside the caller's cgroup namespace is no target where cgroup2 is mounted with nsdelegate")
{
	const bool bound = delegates_to_namespaces();
	char outside[192];

	make_target("");
	SETUP(make_cgroup("", outside, sizeof(outside)));
	int outside_fd = open_group(outside);
	SETUP(make_cgroup_in(above, callers, sizeof(callers)));
	join(above);
	SETUP(sys_unshare(CLONE_NEWCGROUP));
	join(callers);
	long child = create_into(target_fd);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	child = create_into(outside_fd);
	if (bound) {
		EXPECT_REFUSED(child, ENOENT);
		return;
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
