// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_SETTLS: the child's TLS area. Children here are raw, whatever their TLS register holds. */
#include "forkcheck.h"

#if defined(__i386__)
#include <asm/ldt.h>
#endif

/* What a TLS area begins with where the convention is that it points to itself. */
static unsigned long area[8];

/* Writes what the tls argument must be for the child to have the area. */
static unsigned long argument(void)
{
	area[0] = (unsigned long)area;
#if defined(__i386__)
	static struct user_desc descriptor;
	unsigned selector;

	__asm__ volatile("movl %%gs, %0" : "=r"(selector));
	descriptor = (struct user_desc){
		.entry_number = selector >> 3,
		.base_addr = (unsigned)area,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.limit_in_pages = 1,
		.useable = 1,
	};
	return (unsigned long)&descriptor;
#else
	return (unsigned long)area;
#endif
}

static int expect_pointer(void *arg)
{
	EXPECT_EQ(thread_pointer(), *(unsigned long *)arg);
	return 0;
}

static const struct way {
	const char *name;
	uint64_t flags;
} ways[] = {
	{ "copy", 0 },
	{ "vm", CLONE_VM },
};

static void expect_set(void)
{
	const struct way *way = this_case();
	const struct clone_door *door = this_door();
	unsigned long want = (unsigned long)area, own = thread_pointer(), tls = argument();

	long child = CLONE_CALL(door->via, new_stack(), expect_pointer, &want, .flags = way->flags | CLONE_SETTLS,
				.exit_signal = SIGCHLD, .tls = tls);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(thread_pointer(), own);
}

TEST(fs_base, .covers = "CLONE-SETTLS-01", .arch = "x86_64",
     .summary = "on x86-64 tls is the child's FS base; the caller's stays", CASES(ways), THROUGH(clone_doors))
{
	expect_set();
}

TEST(user_desc, .covers = "CLONE-SETTLS-02", .arch = "i386",
     .summary = "on i386 tls points to the descriptor of the child's TLS segment; the caller's stays", CASES(ways),
     THROUGH(clone_doors))
{
	expect_set();
}

TEST(thread_register, .covers = "CLONE-SETTLS-03", .arch = "aarch64 arm riscv64 s390x",
     .summary = "tls is what the child's TLS register holds; the caller's stays", CASES(ways), THROUGH(clone_doors))
{
	expect_set();
}

TEST(without, .covers = "CLONE-SETTLS-05",
     .summary = "without CLONE_SETTLS the child has the caller's TLS area, whatever tls says", CASES(ways),
     THROUGH(clone_doors))
{
	const struct way *way = this_case();
	const struct clone_door *door = this_door();
	unsigned long want = thread_pointer(), tls = argument();

	long child = CLONE_CALL(door->via, new_stack(), expect_pointer, &want, .flags = way->flags,
				.exit_signal = SIGCHLD, .tls = tls);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(zero, .covers = "CLONE-SETTLS-06", .arch = "x86_64 aarch64 arm riscv64",
     .summary = "a tls value of 0 is accepted, and is what the child has", CASES(ways), THROUGH(clone_doors))
{
	const struct way *way = this_case();
	const struct clone_door *door = this_door();
	unsigned long want = 0;

	long child = CLONE_CALL(door->via, new_stack(), expect_pointer, &want, .flags = way->flags | CLONE_SETTLS,
				.exit_signal = SIGCHLD, .tls = 0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(outside, .covers = "CLONE-SETTLS-04", .arch = "x86_64",
     .summary = "on x86-64 a tls value outside user addresses gives EPERM and no child", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	static const uint64_t beyond[] = { 1ULL << 63, 0xffff800000000000, UINT64_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(beyond); i++) {
		long child = CLONE_CALL(door->via, new_stack(), expect_pointer, area, .flags = CLONE_SETTLS,
					.exit_signal = SIGCHLD, .tls = (unsigned long)beyond[i]);
		EXPECT_REFUSED(child, EPERM, i);
	}
	EXPECT_NO_CHILD();
}
