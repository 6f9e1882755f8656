// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The capability sets of a child, and the bits that say how they change. */
#include "inherit.h"

#include <linux/securebits.h>
#include <sys/prctl.h>

/* ---- The three sets of capget(2) ----------------------------------------------------------------- */

struct sets {
	uint64_t effective, permitted, inheritable;
};

static struct sets get_sets(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct low_high[2] = { 0 };

	SETUP_RAW(SYSCALL2(SYS_capget, &header, low_high));
	return (struct sets){
		.effective = low_high[0].effective | (uint64_t)low_high[1].effective << 32,
		.permitted = low_high[0].permitted | (uint64_t)low_high[1].permitted << 32,
		.inheritable = low_high[0].inheritable | (uint64_t)low_high[1].inheritable << 32,
	};
}

static void set_sets(const struct sets *sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct low_high[2] = {
		{ (uint32_t)sets->effective, (uint32_t)sets->permitted, (uint32_t)sets->inheritable },
		{ (uint32_t)(sets->effective >> 32), (uint32_t)(sets->permitted >> 32),
		  (uint32_t)(sets->inheritable >> 32) },
	};

	SETUP_RAW(SYSCALL2(SYS_capset, &header, low_high));
}

/* The tests begin with these in permitted and effective, and none elsewhere. */
#define ONE CAP(SYS_CHROOT)
#define OTHER CAP(KILL)
#define BOTH (ONE | OTHER)

static void set_permitted(void)
{
	set_sets(&(struct sets){ .permitted = ONE, .effective = ONE });
}

static long long get_permitted(void)
{
	return (long long)get_sets().permitted;
}

static void clear_all(void)
{
	set_sets(&(struct sets){ 0 });
}

/* Of the second word. */
#define HIGH CAP(WAKE_ALARM)

static void keep_high(void)
{
	set_sets(&(struct sets){ .permitted = HIGH, .inheritable = HIGH });
}

static void set_effective(void)
{
	set_sets(&(struct sets){ .permitted = BOTH, .effective = OTHER });
}

static long long get_effective(void)
{
	return (long long)get_sets().effective;
}

static void set_all_effective(void)
{
	set_sets(&(struct sets){ .permitted = BOTH, .effective = BOTH });
}

/* What the kernel says to a call that wants ONE, rather than which bits it shows. */
static long long use_one(void)
{
	return sys_chroot("/");
}

static void set_inheritable(void)
{
	set_sets(&(struct sets){ .permitted = BOTH, .effective = BOTH, .inheritable = OTHER });
}

static long long get_inheritable(void)
{
	return (long long)get_sets().inheritable;
}

static void change_inheritable(void)
{
	set_sets(&(struct sets){ .permitted = BOTH, .effective = BOTH, .inheritable = ONE });
}

/* ---- The two sets of prctl(2) -------------------------------------------------------------------- */

/* The bits of all capabilities that a prctl operation says yes to, up to the first that the kernel doesn't know. */
static long long mask_of(int operation, unsigned long a, bool third)
{
	long long mask = 0;

	for (unsigned long cap = 0; cap < 63; cap++) {
		long answer = third ? sys_prctl(operation, a, cap, 0, 0) : sys_prctl(operation, cap, 0, 0, 0);
		if (answer < 0)
			break;
		if (answer)
			mask |= 1LL << cap;
	}
	return mask;
}

static long long get_ambient(void)
{
	return mask_of(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, true);
}

static void raise_ambient(unsigned long cap)
{
	SETUP_RAW(sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0));
}

static void set_ambient(void)
{
	set_sets(&(struct sets){ .permitted = BOTH, .effective = BOTH, .inheritable = BOTH });
	raise_ambient(CAP_KILL);
}

static void change_ambient(void)
{
	SETUP_RAW(sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	raise_ambient(CAP_SYS_CHROOT);
}

static long long get_bounding(void)
{
	return mask_of(PR_CAPBSET_READ, 0, false);
}

/* Every other one. */
static void set_bounding(void)
{
	for (unsigned long cap = 1; sys_prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap += 2)
		SETUP_RAW(sys_prctl(PR_CAPBSET_DROP, cap, 0, 0, 0));
}

static void change_bounding(void)
{
	SETUP_RAW(sys_prctl(PR_CAPBSET_DROP, CAP_SYS_CHROOT, 0, 0, 0));
}

/* ---- Securebits ---------------------------------------------------------------------------------- */

#define LOCKED_BITS \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

static void set_securebits(void)
{
	SETUP_RAW(sys_prctl(PR_SET_SECUREBITS, LOCKED_BITS | SECBIT_NO_SETUID_FIXUP, 0, 0, 0));
}

static long long get_securebits(void)
{
	return sys_prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
}

static void change_securebits(void)
{
	SETUP_RAW(sys_prctl(PR_SET_SECUREBITS, LOCKED_BITS | SECBIT_NO_SETUID_FIXUP_LOCKED, 0, 0, 0));
}

/* -EPERM where SECBIT_NOROOT is locked; what it set is undone. */
static long long try_to_unlock(void)
{
	long before = sys_prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
	long result = sys_prctl(PR_SET_SECUREBITS, (unsigned long)before ^ SECBIT_NOROOT, 0, 0, 0);

	if (result == 0)
		SETUP_RAW(sys_prctl(PR_SET_SECUREBITS, (unsigned long)before, 0, 0, 0));
	return result;
}

/* ---- Tests --------------------------------------------------------------------------------------- */

static const struct attribute to_keep[] = {
	{ { "permitted", .covers = "INH-CAP-01", .caps = BOTH },
	  OF_THREAD,
	  KEPT,
	  .set = set_permitted,
	  .get = get_permitted,
	  .change = clear_all },
	{ { "permitted_high", .covers = "INH-CAP-01", .caps = ONE | HIGH },
	  OF_THREAD,
	  KEPT,
	  .set = keep_high,
	  .get = get_permitted,
	  .change = clear_all,
	  .doors = DOOR(BY_FORK) | DOOR(BY_VFORK) },
	{ { "effective", .covers = "INH-CAP-01", .caps = BOTH },
	  OF_THREAD,
	  KEPT,
	  .set = set_effective,
	  .get = get_effective,
	  .change = set_all_effective,
	  .doors = DOOR(BY_FORK) | DOOR(BY_VM) },
	{ { "effective_used", .covers = "INH-CAP-01", .caps = BOTH },
	  OF_THREAD,
	  KEPT,
	  .set = set_effective,
	  .get = use_one,
	  .change = set_all_effective },
	{ { "inheritable", .covers = "INH-CAP-01", .caps = BOTH },
	  OF_THREAD,
	  KEPT,
	  .set = set_inheritable,
	  .get = get_inheritable,
	  .change = change_inheritable,
	  .exec = { KEPT, "INH-EXEC-03" } },
	{ { "ambient", .covers = "INH-CAP-02", .caps = BOTH },
	  OF_THREAD,
	  KEPT,
	  .set = set_ambient,
	  .get = get_ambient,
	  .change = change_ambient,
	  .exec = { KEPT, "INH-EXEC-03" } },
	{ { "bounding", .covers = "INH-CAP-03", .caps = CAP(SETPCAP) },
	  OF_THREAD,
	  KEPT,
	  .set = set_bounding,
	  .get = get_bounding,
	  .change = change_bounding,
	  .exec = { KEPT, "INH-EXEC-03" } },
	{ { "securebits", .covers = "INH-CAP-04", .caps = CAP(SETPCAP) },
	  OF_THREAD,
	  KEPT,
	  .set = set_securebits,
	  .get = get_securebits,
	  .change = change_securebits,
	  .exec = { KEPT, "INH-EXEC-03" } },
	{ { "securebits_locked", .covers = "INH-CAP-04", .caps = CAP(SETPCAP) },
	  OF_THREAD,
	  KEPT,
	  .set = set_securebits,
	  .get = try_to_unlock,
	  .doors = DOOR(BY_FORK) | DOOR(BY_VFORK) },
};

TEST(kept, .summary = "the child begins with its parent's capability sets and securebits, and may change its own",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}
