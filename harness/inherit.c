// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a child has of its parent, as tables. */
#include "inherit.h"

const struct inherit_door_name inherit_doors[6] = {
	[BY_FORK] = { { .name = "fork" } },
	[BY_CLONE] = { { .name = "clone" } },
	[BY_CLONE3] = { { "clone3", .features = FEATURES(NEEDS_CLONE3) } },
	[BY_VFORK] = { { .name = "vfork" } },
	[BY_VM] = { { .name = "vm" } },
	[BY_SHARED] = { { .name = "shared" } },
};

static enum inherit_door number_of(const struct inherit_door_name *door)
{
	return (enum inherit_door)(door - inherit_doors);
}

bool inherit_passes(const void *row, const void *door)
{
	const struct attribute *attribute = row;
	enum inherit_door by = number_of(door);

	if (by == BY_SHARED)
		return attribute->share;
	return !attribute->doors || attribute->doors & DOOR(by);
}

static enum fate fate_of(const struct attribute *attribute, enum inherit_door by)
{
	enum fate special = by == BY_VFORK    ? attribute->vfork
			    : by == BY_VM     ? attribute->vm
			    : by == BY_SHARED ? SHARED
					      : AS_ELSE;

	return special ? special : attribute->fate;
}

/* What the child tells. */
struct seen {
	const struct attribute *attribute;
	long long wanted, child, changed;
	bool looked;
};

static int look(void *arg)
{
	struct seen *seen = arg;
	const struct attribute *attribute = seen->attribute;

	seen->child = attribute->get();
	seen->looked = true;
	EXPECT_EQ(seen->child, seen->wanted);
	if (attribute->change) {
		attribute->change();
		seen->changed = attribute->get();
	}
	return 0;
}

static long make_child(enum inherit_door by, uint64_t share, struct stack *stack, struct seen *seen)
{
	long child = -ENOSYS;

	switch (by) {
	case BY_FORK:
		child = fork_doors[0].fork();
		break;
	case BY_CLONE:
		child = CLONE_HERE(VIA_CLONE, .exit_signal = SIGCHLD);
		break;
	case BY_CLONE3:
		child = CLONE_HERE(VIA_CLONE3, .exit_signal = SIGCHLD);
		break;
	case BY_VFORK:
		return vfork_doors[0].vfork(look, seen);
	case BY_VM:
		return CLONE_CALL(VIA_CLONE, stack, look, seen, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	case BY_SHARED:
		return CLONE_CALL(VIA_CLONE, stack, look, seen, .flags = share, .exit_signal = SIGCHLD);
	}
	if (child == 0)
		leave(look(seen));
	return child;
}

void test_inheritance(void)
{
	const struct attribute *attribute = this_case();
	enum inherit_door by = number_of(this_door());
	enum fate fate = fate_of(attribute, by);
	struct seen *seen = shared(sizeof(*seen));
	seen->attribute = attribute;
	/* Beforehand: what is set may be that no more memory is to be had. */
	struct stack *stack = new_stack();

	long long before = attribute->get();
	attribute->set();
	long long parent = attribute->get();
	if (parent == before || (fate == RESET && parent == attribute->fresh))
		BROKEN("the value that was set is no other than the one before, or that of a new process");

	seen->wanted = fate == RESET ? attribute->fresh : parent;
	long child = make_child(by, attribute->share, stack, seen);
	REQUIRE_GT(child, 0);
	REQUIRE_EXITED(child, 0);
	REQUIRE_TRUE(seen->looked);
	if (attribute->change && seen->child == seen->wanted && seen->changed == seen->wanted)
		BROKEN("the child could not change the value");
	EXPECT_EQ(attribute->get(), attribute->change && fate == SHARED ? seen->changed : parent);
}
