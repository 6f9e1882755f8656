// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What only some processors have: breakpoints of x86, keys and a register of 64-bit Arm, vectors of RISC-V. */
#include "inherit.h"

#include <stddef.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>

/* ---- aarch64 ------------------------------------------------------------------------------------- */

#define HAS_PAUTH (1UL << 30) /* of AT_HWCAP */
#define HAS_SME (1UL << 23)   /* of AT_HWCAP2 */
#define HAS_MTE (1UL << 18)   /* of AT_HWCAP2 */

static void need_capability(unsigned long which, unsigned long bit)
{
	if (!(getauxval(which) & bit))
		SKIP(SKIP_SURROUNDINGS, "hwcap", "the processor does not have this extension");
}

#if defined(__aarch64__)
/*
 * Pointers signed with the first of the keys, with 24 modifiers: another number under other keys. A single one has few bits
 * of signature, three where addresses have 52.
 */
static long long sign_pointers(void)
{
	uint64_t sum = 0;

	if (!(getauxval(AT_HWCAP) & HAS_PAUTH))
		return 0;
	for (unsigned long modifier = 0; modifier < 24; modifier++) {
		unsigned long pointer = 0x123450;
		__asm__ volatile(".arch armv8.3-a\npacia %0, %1" : "+r"(pointer) : "r"(modifier));
		sum = sum * 31 + (pointer >> 48);
	}
	return (long long)sum;
}

static long long get_tpidr2(void)
{
	unsigned long value = 0;

	if (getauxval(AT_HWCAP2) & HAS_SME)
		__asm__ volatile("mrs %0, s3_3_c13_c0_5" : "=r"(value));
	return (long long)value;
}

static void put_tpidr2(unsigned long value)
{
	__asm__ volatile("msr s3_3_c13_c0_5, %0" : : "r"(value));
}

/* The tag of the memory at an address, in bits 56 to 59. */
static void put_tag(unsigned long address, unsigned long tag)
{
	__asm__ volatile(".arch armv8.5-a+memtag\nstg %0, [%0]" : : "r"(address | tag << 56) : "memory");
}

static unsigned long get_tag(unsigned long address)
{
	unsigned long tagged = address;

	__asm__ volatile(".arch armv8.5-a+memtag\nldg %0, [%1]" : "+r"(tagged) : "r"(address) : "memory");
	return tagged >> 56 & 15;
}
#else
static long long sign_pointers(void)
{
	return 0;
}

static long long get_tpidr2(void)
{
	return 0;
}

static void put_tpidr2(unsigned long value)
{
	(void)value;
}

static void put_tag(unsigned long address, unsigned long tag)
{
	(void)address, (void)tag;
}

static unsigned long get_tag(unsigned long address)
{
	(void)address;
	return 0;
}
#endif

static void new_keys(void)
{
	SETUP_RAW(sys_prctl(54 /* PR_PAC_RESET_KEYS */, 0, 0, 0, 0));
}

static void make_keys(void)
{
	need_capability(AT_HWCAP, HAS_PAUTH);
	new_keys();
}

static void set_tpidr2(void)
{
	need_capability(AT_HWCAP2, HAS_SME);
	put_tpidr2(0x12345678);
}

static void change_tpidr2(void)
{
	put_tpidr2(0x87654321);
}

static unsigned long tagged_page;

static void tag_page(void)
{
	need_capability(AT_HWCAP2, HAS_MTE);
	if (!tagged_page)
		tagged_page = (unsigned long)SETUP_RAW(
			sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE | 0x20 /* PROT_MTE */));
	put_tag(tagged_page, 5);
}

static void change_tag(void)
{
	put_tag(tagged_page, 9);
}

static long long get_page_tag(void)
{
	return tagged_page ? (long long)get_tag(tagged_page) : -1;
}

#define CHECKED(exclude) (1UL | 1UL << 1 | (exclude) << 3) /* addresses may have tags; a wrong one faults at once */

static void check_tags(void)
{
	need_capability(AT_HWCAP2, HAS_MTE);
	SETUP_RAW(sys_prctl(55 /* PR_SET_TAGGED_ADDR_CTRL */, CHECKED(0xfff0UL), 0, 0, 0));
}

static void check_other_tags(void)
{
	SETUP_RAW(sys_prctl(55 /* PR_SET_TAGGED_ADDR_CTRL */, CHECKED(0x0ff0UL), 0, 0, 0));
}

static long long get_checking(void)
{
	return sys_prctl(56 /* PR_GET_TAGGED_ADDR_CTRL */, 0, 0, 0, 0);
}

/* ---- riscv64 ------------------------------------------------------------------------------------- */

#define HAS_V (1UL << ('V' - 'A'))
#define VECTOR_OFF 1UL
#define VECTOR_ON 2UL

static void set_vectors(void)
{
	need_capability(AT_HWCAP, HAS_V);
	/* For this thread it stays on; the program after the next execve has none, and so on. */
	SETUP_RAW(sys_prctl(69 /* PR_RISCV_V_SET_CONTROL */, VECTOR_ON | VECTOR_OFF << 2 | 16, 0, 0, 0));
}

static long long get_vectors(void)
{
	return sys_prctl(70 /* PR_RISCV_V_GET_CONTROL */, 0, 0, 0, 0);
}

static const struct attribute to_keep[] = {
	{ { "pointer_keys", .covers = "INH-ARCH-23", .arch = "aarch64" },
	  OF_THREAD,
	  KEPT,
	  .set = make_keys,
	  .get = sign_pointers,
	  .change = new_keys },
	{ { "tpidr2", .covers = "INH-ARCH-12", .arch = "aarch64" },
	  OF_THREAD,
	  KEPT,
	  .set = set_tpidr2,
	  .get = get_tpidr2,
	  .change = change_tpidr2,
	  .doors = COPYING },
	{ { "tags", .covers = "INH-ARCH-21", .arch = "aarch64" },
	  OF_MEMORY,
	  KEPT,
	  .set = tag_page,
	  .get = get_page_tag,
	  .change = change_tag },
	{ { "tag_checking", .covers = "INH-ARCH-19", .arch = "aarch64" },
	  OF_THREAD,
	  KEPT,
	  .set = check_tags,
	  .get = get_checking,
	  .change = check_other_tags },
	{ { "vectors", .covers = "INH-ARCH-27", .arch = "riscv64" },
	  OF_THREAD,
	  KEPT,
	  .set = set_vectors,
	  .get = get_vectors },
};

TEST(kept, .summary = "the child begins with its parent's keys, registers and modes of the processor",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

/* ---- x86: breakpoints ---------------------------------------------------------------------------- */

#if defined(__x86_64__) || defined(__i386__)
#define WRITES_OF_4_BYTES 0xd0001UL /* by the first register */
#define DEBUG_REGISTER(n) (offsetof(struct user, u_debugreg) + (n) * sizeof(long))

static volatile int watched;

static int write_there(void *unused)
{
	(void)unused;
	watched = 1;
	return 0;
}

static const struct writer {
	const char *name;
	uint64_t flags;
} writers[] = {
	{ "process", 0 },
	{ "sharer", CLONE_VM },
	{ "thread", THREAD_FLAGS },
};

/* Stops for its tracer, lets its child write, and then writes itself. */
static _Noreturn void be_traced(const struct writer *row, volatile int *child_done)
{
	const sigset64 sigchld = SIGBIT(SIGCHLD);

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &sigchld, NULL));
	struct stack *stack = new_stack();
	SETUP_RAW(sys_ptrace(PTRACE_TRACEME, 0, 0, NULL));
	SETUP_RAW(checked_kill(sys_getpid(), SIGSTOP));
	long child = CLONE_CALL(VIA_CLONE, stack, write_there, NULL, .flags = row->flags,
				.exit_signal = row->flags & CLONE_THREAD ? 0 : SIGCHLD);
	REQUIRE_GT(child, 0);
	if (row->flags & CLONE_THREAD)
		await_thread_gone((pid_t)child);
	else
		EXPECT_EXITED(child, 0);
	*child_done = 1;
	watched = 2;
	leave(0);
}

TEST(breakpoint, .covers = "INH-ARCH-11", .arch = "x86_64 i386", .features = FEATURES(NEEDS_PTRACE), CASES(writers),
     .summary = "a breakpoint that a tracer has put into the registers of its tracee is in no child and no new thread")
{
	volatile int *child_done = shared(sizeof(*child_done));
	int status = 0;

	pid_t tracee = fork_helper();
	if (tracee == 0)
		be_traced(this_case(), child_done);
	REQUIRE_EQ(checked_wait(tracee, &status, 0), tracee);
	REQUIRE_EQ(status, W_STOPCODE(SIGSTOP));
	SETUP_RAW(sys_ptrace(PTRACE_POKEUSER, tracee, DEBUG_REGISTER(0), (void *)&watched));
	SETUP_RAW(sys_ptrace(PTRACE_POKEUSER, tracee, DEBUG_REGISTER(7), (void *)WRITES_OF_4_BYTES));
	SETUP_RAW(sys_ptrace(PTRACE_CONT, tracee, 0, NULL));
	REQUIRE_EQ(checked_wait(tracee, &status, 0), tracee);
	EXPECT_EQ(status, W_STOPCODE(SIGTRAP));
	EXPECT_EQ(*child_done, 1);
	if (WIFSTOPPED(status)) {
		SETUP_RAW(sys_ptrace(PTRACE_POKEUSER, tracee, DEBUG_REGISTER(7), NULL));
		SETUP_RAW(sys_ptrace(PTRACE_CONT, tracee, 0, NULL));
		EXPECT_EXITED(tracee, 0);
	}
}
#endif
