// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The registration of restartable sequences: kept by fork, dropped with CLONE_VM and by execve. */
#include "inherit.h"

#include <sys/auxv.h>

#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#endif
#define UNREGISTER 1
#define AREA 32 /* size of the first version */

/* What a C library that uses restartable sequences tells of them. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

static char area[1024] __attribute__((aligned(1024))), other[1024] __attribute__((aligned(1024)));

static long rseq(void *at, size_t size, int flags)
{
	return SYSCALL4(SYS_rseq, at, size, flags, ARCH_RSEQ_SIGNATURE);
}

static size_t size = AREA;

/*
 * -EBUSY: the area is registered, -EINVAL: another one is, 0: none is. It is not tried with the area itself, which a
 * parent may have registered in the same memory: when the kernel finds there what it did not write, it ends the parent.
 */
static long long registered(void)
{
	if (rseq(other, size, 0))
		return rseq(area, size, 0);
	SETUP_RAW(rseq(other, size, UNREGISTER));
	return 0;
}

/* The C library has its own registration; the size is known to it alone, but is a multiple of 4. A raw thread has none. */
static void unregister_libc(void)
{
	if (!&__rseq_size || !__rseq_size || registered() == 0)
		return;
	char *at = (char *)__builtin_thread_pointer() + __rseq_offset;
	for (size_t size = AREA; size <= sizeof(area); size += 4)
		if (rseq(at, size, UNREGISTER) == 0)
			return;
	BROKEN("the C library's registration can't be undone");
}

static size_t area_size(void)
{
	size_t size = getauxval(AT_RSEQ_FEATURE_SIZE);

	return size > AREA ? size : AREA;
}

static void register_area(void)
{
	unregister_libc();
	size = area_size();
	SETUP_RAW(rseq(area, size, 0));
}

static const struct attribute of_thread[] = {
	{ { "registration", .covers = "INH-RSEQ-01 INH-RSEQ-02", .features = FEATURES(NEEDS_RSEQ) },
	  OF_THREAD,
	  KEPT,
	  .set = register_area,
	  .get = registered,
	  .vfork = RESET,
	  .vm = RESET,
	  .thread = RESET },
};

TEST(kept,
     .summary =
	     "a child with memory of its own has the registration of its parent's thread; one that runs in the same memory "
	     "is not registered, after vfork either",
     ATTRIBUTES(of_thread))
{
	test_inheritance();
}

TEST(after_exec, .covers = "INH-RSEQ-03", .features = FEATURES(NEEDS_RSEQ),
     .summary = "execve drops the registration, so that the new program can make one")
{
	struct image_report report;

	report_after(register_area, &report);
	EXPECT_EQ(report.rseq, 0);
}
