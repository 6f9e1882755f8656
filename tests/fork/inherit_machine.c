// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a process has in the processor: floating point, vector registers, and tables and modes of x86. */
#include "arch/registers.h"
#include "inherit.h"

#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <ucontext.h>

/* ---- Rounding ------------------------------------------------------------------------------------ */

static void set_rounding(void)
{
	set_fp_mode(FP_MODE);
}

static long long get_rounding(void)
{
	return (long long)get_fp_mode();
}

static void change_rounding(void)
{
	set_fp_mode(FP_MODE_OTHER);
}

/* ---- x86: segments of one's own ------------------------------------------------------------------ */

#define ENTRY 3
#define SELECTOR (ENTRY << 3 | 7) /* of the local table, for user code */
#define X86 .arch = "x86_64 i386"

#ifdef SYS_modify_ldt
static void write_entry(unsigned limit)
{
	/* A segment of data, counted in bytes. */
	const struct {
		unsigned number, base, limit, flags;
	} entry = { ENTRY, 0, limit, 0x41 };

	SETUP_RAW(SYSCALL3(SYS_modify_ldt, 0x11, &entry, sizeof(entry)));
}

/* The entry as it stands in the table, or 0 where there is no table. */
static long long read_entry(void)
{
	long long table[ENTRY + 1] = { 0 };
	long size = SYSCALL3(SYS_modify_ldt, 0, table, sizeof(table));

	return size < 0 ? size : table[ENTRY];
}

/* As the processor has it. */
static long long limit_in_force(void)
{
	unsigned long limit = 0;

	__asm__ volatile("lsl %1, %0" : "+r"(limit) : "r"((unsigned long)SELECTOR) : "cc");
	return (long long)limit;
}
#else
static void write_entry(unsigned limit)
{
	(void)limit;
}

static long long read_entry(void)
{
	return -ENOSYS;
}

static long long limit_in_force(void)
{
	return -ENOSYS;
}
#endif

static void set_segment(void)
{
	write_entry(0x12345);
}

static void change_segment(void)
{
	write_entry(0x54321);
}

/* ---- x86: whether the time stamp may be read ----------------------------------------------------- */

static void forbid_time_stamp(void)
{
	SETUP_RAW(sys_prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0));
}

static void allow_time_stamp(void)
{
	SETUP_RAW(sys_prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0));
}

static long long get_time_stamp(void)
{
	int mode = -1;
	long result = sys_prctl(PR_GET_TSC, (unsigned long)&mode, 0, 0, 0);

	return result < 0 ? result : mode;
}

#if defined(__x86_64__) || defined(__i386__)
#if defined(__x86_64__)
#define REG_INSTRUCTION REG_RIP
#else
#define REG_INSTRUCTION REG_EIP
#endif
static volatile int faults;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_INSTRUCTION] += 2; /* rdtsc */
	faults++;
}

static long long time_stamp_faults(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO }, before;
	int seen = faults;

	SETUP_RAW(sigaction(SIGSEGV, &action, &before));
	__asm__ volatile("rdtsc" : : : "eax", "edx");
	SETUP_RAW(sigaction(SIGSEGV, &before, NULL));
	return faults - seen;
}
#else
static long long time_stamp_faults(void)
{
	return -ENOSYS;
}
#endif

/* ---- Tables -------------------------------------------------------------------------------------- */

static const struct attribute to_keep[] = {
	{ { "rounding", .covers = "INH-FPU-01" },
	  OF_THREAD,
	  KEPT,
	  .set = set_rounding,
	  .get = get_rounding,
	  .change = change_rounding,
	  .exec = { RESET, "INH-FPU-05" },
	  .fresh = FP_MODE_DEFAULT },
	{ { "segment", .covers = "INH-LDT-01 INH-LDT-02", .features = FEATURES(NEEDS_LDT), X86 },
	  OF_MEMORY,
	  KEPT,
	  .set = set_segment,
	  .get = read_entry,
	  .change = change_segment,
	  .exec = { RESET, "INH-LDT-03" } },
	{ { "segment_in_force", .covers = "INH-LDT-01 INH-LDT-02", .features = FEATURES(NEEDS_LDT), X86 },
	  OF_MEMORY,
	  KEPT,
	  .set = set_segment,
	  .get = limit_in_force,
	  .change = change_segment,
	  .exec = { RESET, "INH-LDT-03" } },
	{ { "time_stamp", .covers = "INH-PRCTL-30", X86 },
	  OF_THREAD,
	  KEPT,
	  .set = forbid_time_stamp,
	  .get = get_time_stamp,
	  .change = allow_time_stamp },
	{ { "time_stamp_in_force", .covers = "INH-PRCTL-30", X86 },
	  OF_THREAD,
	  KEPT,
	  .set = forbid_time_stamp,
	  .get = time_stamp_faults,
	  .change = allow_time_stamp },
};

TEST(kept, .summary = "the child begins with its parent's rounding, local segments and time stamp mode",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

/* ---- Registers ----------------------------------------------------------------------------------- */

static const struct register_set sets[] = { REGISTER_SETS };

static const struct way {
	struct case_head head;
	uint64_t flags;
	bool own_stack;
} ways[] = {
	{ { .name = "fork" }, 0, false },
	{ { .name = "vfork" }, CLONE_VM | CLONE_VFORK, true },
	{ { .name = "vm" }, CLONE_VM, true },
	{ { .name = "thread" }, THREAD_FLAGS, true },
};

/* What the registers of the nth set are to hold: each byte another value than its neighbours. */
static void make_fill(unsigned char *fill, size_t size, unsigned n)
{
	for (size_t i = 0; i < size; i++)
		fill[i] = (unsigned char)(i * 7 + n * 31 + 1);
}

static size_t first_difference(const unsigned char *a, const unsigned char *b, size_t size)
{
	size_t i = 0;

	while (i < size && a[i] == b[i])
		i++;
	return i;
}

#define LARGEST_SET 2048

static long create_holding(const struct register_set *set, enum clone_via via, const struct way *way,
			   const unsigned char *fill, unsigned char *after)
{
	static struct clone3_args args;
	const uint64_t signal = way->flags & CLONE_THREAD ? 0 : SIGCHLD;
	struct stack *stack = way->own_stack ? new_stack() : NULL;
	const long flags = (long)(way->flags | signal), top = stack ? (long)stack->low + (long)stack->size : 0;

	args = (struct clone3_args){ .flags = way->flags, .exit_signal = signal };
	if (stack) {
		args.stack = (uintptr_t)stack->low;
		args.stack_size = stack->size;
	}
	if (via == VIA_CLONE3)
		return set->call(fill, after, SYS_clone3, (long)&args, sizeof(args));
	return ARCH_CLONE_STACK_FIRST ? set->call(fill, after, SYS_clone, top, flags)
				      : set->call(fill, after, SYS_clone, flags, top);
}

TEST(registers, .covers = "INH-FPU-02", CASES_NEEDING(ways), THROUGH(clone_doors),
     .summary = "floating-point and vector registers of child and caller hold after the call what the caller had there")
{
	const struct way *way = this_case();
	const struct clone_door *door = this_door();
	unsigned char *fill = shared(LARGEST_SET), *after = shared(2 * LARGEST_SET);

	for (unsigned n = 0; n < ARRAY_SIZE(sets); n++) {
		const struct register_set *set = &sets[n];
		if (!set->size || !set->there())
			continue;
		make_fill(fill, set->size, n);
		memset(after, 0, 2 * LARGEST_SET);
		long child = create_holding(set, door->via, way, fill, after);
		REQUIRE_GT(child, 0, set->name);
		if (way->flags & CLONE_THREAD)
			await_thread_gone((pid_t)child);
		else
			EXPECT_EXITED(child, 0, set->name);
		EXPECT_EQ(first_difference(after, fill, set->size), set->size, set->name);
		EXPECT_EQ(first_difference(after + set->size, fill, set->size), set->size, set->name);
	}
}

/* ---- A fork in a handler ------------------------------------------------------------------------- */

static volatile long forked;
static unsigned long mode_in_handler;

static void fork_in_handler(int sig)
{
	(void)sig;
	forked = sys_fork();
	set_fp_mode(mode_in_handler);
}

TEST(from_handler, .covers = "INH-FPU-03",
     .summary =
	     "after a handler that called fork, parent and child have the registers and the rounding that the signal interrupted")
{
	const sigset64 usr1 = SIGBIT(SIGUSR1), none = 0;
	struct sigaction action = { .sa_handler = fork_in_handler };
	static unsigned char fill[LARGEST_SET], after[2 * LARGEST_SET];

	SETUP(sigaction(SIGUSR1, &action, NULL));
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &usr1, NULL));
	mode_in_handler = FP_MODE_OTHER;
	for (unsigned n = 0; n < ARRAY_SIZE(sets); n++) {
		const struct register_set *set = &sets[n];
		if (!set->size || !set->there())
			continue;
		make_fill(fill, set->size, n);
		set_fp_mode(FP_MODE);
		SETUP_RAW(checked_tgkill(sys_getpid(), sys_gettid(), SIGUSR1));
		long result = set->call(fill, after, SYS_rt_sigsuspend, (long)&none, sizeof(none));
		const unsigned long mode = get_fp_mode();
		set_fp_mode(FP_MODE_DEFAULT);
		EXPECT_FAILS(result, EINTR, set->name);
		EXPECT_EQ(mode, FP_MODE, set->name);
		EXPECT_EQ(first_difference(after + set->size, fill, set->size), set->size, set->name);
		if (forked == 0)
			leave(0);
		REQUIRE_GT(forked, 0, set->name);
		EXPECT_EXITED(forked, 0, set->name);
	}
}

/* ---- Threads of the library ---------------------------------------------------------------------- */

static void *tell_mode(void *told)
{
	*(unsigned long *)told = get_fp_mode();
	set_fp_mode(FP_MODE_OTHER);
	return NULL;
}

TEST(thread_rounding, .covers = "INH-FPU-04",
     .summary =
	     "a thread of pthread_create() begins with the floating-point environment of its creator, and has its own")
{
	pthread_t thread;
	unsigned long told = 0;

	set_fp_mode(FP_MODE);
	int result = pthread_create(&thread, NULL, tell_mode, &told);
	REQUIRE_EQ(result, 0);
	SETUP(-pthread_join(thread, NULL));
	const unsigned long mine = get_fp_mode();
	set_fp_mode(FP_MODE_DEFAULT);
	EXPECT_EQ(told, FP_MODE);
	EXPECT_EQ(mine, FP_MODE);
}
