// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* x86: the I/O ports that a process may use. */
#include "inherit.h"

#if defined(__x86_64__) || defined(__i386__)
#include <ucontext.h>

#ifdef __x86_64__
#define REG_INSTRUCTION REG_RIP
#else
#define REG_INSTRUCTION REG_EIP
#endif

/* What is written there the firmware shows while it boots; reading it does nothing. */
#define PORT 0x80

static volatile int refused;

/* Goes on behind the instruction, which is one byte long. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	refused = 1;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_INSTRUCTION]++;
}

/* Whether the port may be read. The first call is the parent's. */
static long long get_permission(void)
{
	const struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	static bool prepared;
	unsigned char byte;

	if (!prepared)
		SETUP(sigaction(SIGSEGV, &action, NULL));
	prepared = true;
	SETUP_RAW(sys_sigprocmask(SIG_UNBLOCK, &(sigset64){ SIGBIT(SIGSEGV) }, NULL));
	refused = 0;
	__asm__ volatile("inb %%dx, %%al" : "=a"(byte) : "d"(PORT) : "memory");
	return !refused;
}

static void allow_port(void)
{
	SETUP_RAW(SYSCALL3(SYS_ioperm, PORT, 1, 1));
}

static void forbid_port(void)
{
	SETUP_RAW(SYSCALL3(SYS_ioperm, PORT, 1, 0));
}

static void raise_level(void)
{
	SETUP_RAW(SYSCALL1(SYS_iopl, 3));
}

static void lower_level(void)
{
	SETUP_RAW(SYSCALL1(SYS_iopl, 0));
}

static const struct attribute to_keep[] = {
	{ { "ioperm", .covers = "INH-SEC-23", .features = FEATURES(NEEDS_IO_PORTS), .init_caps = CAP(SYS_RAWIO) },
	  OF_THREAD,
	  KEPT,
	  .set = allow_port,
	  .get = get_permission,
	  .change = forbid_port },
	{ { "iopl", .covers = "INH-SEC-17", .features = FEATURES(NEEDS_IO_PORTS), .init_caps = CAP(SYS_RAWIO) },
	  OF_THREAD,
	  KEPT,
	  .set = raise_level,
	  .get = get_permission,
	  .change = lower_level },
};

TEST(kept, .summary = "the child may use the I/O ports that its parent may, and may give them up for itself",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}
#endif
