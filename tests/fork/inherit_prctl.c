// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What prctl sets, over fork. */
#include "inherit.h"

#include <string.h>
#include <sys/prctl.h>

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#define PR_GET_IO_FLUSHER 58
#endif
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#define PR_MDWE_REFUSE_EXEC_GAIN 1UL
#endif
#ifndef PR_MDWE_NO_INHERIT
#define PR_MDWE_NO_INHERIT 2UL
#endif
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif
#ifndef PR_THP_DISABLE_EXCEPT_ADVISED
#define PR_THP_DISABLE_EXCEPT_ADVISED 2
#endif
#ifndef PR_SVE_SET_VL
#define PR_SVE_SET_VL 50
#define PR_SVE_GET_VL 51
#define PR_SVE_VL_LEN_MASK 0xffff
#endif
#ifndef PR_SET_TAGGED_ADDR_CTRL
#define PR_SET_TAGGED_ADDR_CTRL 55
#define PR_GET_TAGGED_ADDR_CTRL 56
#endif
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#define PR_SCHED_CORE_GET 0
#define PR_SCHED_CORE_CREATE 1
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif
#ifndef PR_SPEC_DISABLE_NOEXEC
#define PR_SPEC_DISABLE_NOEXEC (1UL << 4)
#endif
#ifndef PR_FUTEX_HASH
#define PR_FUTEX_HASH 78
#define PR_FUTEX_HASH_SET_SLOTS 1
#define PR_FUTEX_HASH_GET_SLOTS 2
#endif
#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

/* An operation without further arguments, and one with one. */
static long get(int operation)
{
	return sys_prctl(operation, 0, 0, 0, 0);
}

static void set(int operation, unsigned long value)
{
	SETUP_RAW(sys_prctl(operation, value, 0, 0, 0));
}

/* ---- One function to set, one to get, one to change -------------------------------------------- */

static void set_no_new_privs(void)
{
	set(PR_SET_NO_NEW_PRIVS, 1);
}

static long long get_no_new_privs(void)
{
	return get(PR_GET_NO_NEW_PRIVS);
}

static void set_subreaper(void)
{
	set(PR_SET_CHILD_SUBREAPER, 1);
}

static long long get_subreaper(void)
{
	int value = -1;

	SETUP_RAW(sys_prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)&value, 0, 0, 0));
	return value;
}

static void set_thp_disable(void)
{
	set(PR_SET_THP_DISABLE, 1);
}

static void set_thp_except_advised(void)
{
	SETUP_RAW(sys_prctl(PR_SET_THP_DISABLE, 1, PR_THP_DISABLE_EXCEPT_ADVISED, 0, 0));
}

static long long get_thp_disable(void)
{
	return get(PR_GET_THP_DISABLE);
}

static void clear_thp_disable(void)
{
	set(PR_SET_THP_DISABLE, 0);
}

static void set_io_flusher(void)
{
	set(PR_SET_IO_FLUSHER, 1);
}

static long long get_io_flusher(void)
{
	return get(PR_GET_IO_FLUSHER);
}

static void clear_io_flusher(void)
{
	set(PR_SET_IO_FLUSHER, 0);
}

static void set_mce_kill(void)
{
	SETUP_RAW(sys_prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0));
}

static long long get_mce_kill(void)
{
	return get(PR_MCE_KILL_GET);
}

static void change_mce_kill(void)
{
	SETUP_RAW(sys_prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_LATE, 0, 0));
}

static void set_mdwe(void)
{
	set(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN);
}

static void set_mdwe_no_inherit(void)
{
	set(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN | PR_MDWE_NO_INHERIT);
}

static long long get_mdwe(void)
{
	return get(PR_GET_MDWE);
}

/* Whether memory that is writable and executable is refused. */
static long long refuses_exec_gain(void)
{
	long map = sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE | PROT_EXEC);

	if (map < 0 && map > -4096)
		return map;
	SETUP_RAW(sys_munmap((void *)map, page_size()));
	return 0;
}

static void set_memory_merge(void)
{
	set(PR_SET_MEMORY_MERGE, 1);
}

static long long get_memory_merge(void)
{
	return get(PR_GET_MEMORY_MERGE);
}

static void clear_memory_merge(void)
{
	set(PR_SET_MEMORY_MERGE, 0);
}

static void set_tagged_addresses(void)
{
	set(PR_SET_TAGGED_ADDR_CTRL, 1);
}

static long long get_tagged_addresses(void)
{
	return get(PR_GET_TAGGED_ADDR_CTRL);
}

static void clear_tagged_addresses(void)
{
	set(PR_SET_TAGGED_ADDR_CTRL, 0);
}

/* The shortest vector, or the next where it is the default. */
static void set_vector_length(void)
{
	long before = get(PR_SVE_GET_VL) & PR_SVE_VL_LEN_MASK;

	set(PR_SVE_SET_VL, before == 16 ? 32 : 16);
	if ((get(PR_SVE_GET_VL) & PR_SVE_VL_LEN_MASK) == before)
		SKIP(SKIP_SURROUNDINGS, "sve", "the processor has vectors of one length only");
}

static long long get_vector_length(void)
{
	return get(PR_SVE_GET_VL);
}

static void set_name(void)
{
	set(PR_SET_NAME, (unsigned long)"fifteen letters");
}

static long long get_name(void)
{
	char name[16] = "";
	uint64_t sum = 0;

	SETUP_RAW(sys_prctl(PR_GET_NAME, (unsigned long)name, 0, 0, 0));
	for (size_t i = 0; i < sizeof(name); i++)
		sum = sum * 31 + (unsigned char)name[i];
	return (long long)sum;
}

static void change_name(void)
{
	set(PR_SET_NAME, (unsigned long)"15 other signs.");
}

static void set_undumpable(void)
{
	set(PR_SET_DUMPABLE, 0);
}

static long long get_dumpable(void)
{
	return get(PR_GET_DUMPABLE);
}

static void change_dumpable(void)
{
	set(PR_SET_DUMPABLE, 1);
}

static void set_keep_caps(void)
{
	set(PR_SET_KEEPCAPS, 1);
}

static long long get_keep_caps(void)
{
	return get(PR_GET_KEEPCAPS);
}

static void clear_keep_caps(void)
{
	set(PR_SET_KEEPCAPS, 0);
}

static void speculate(unsigned long how)
{
	SETUP_RAW(sys_prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, how, 0, 0));
}

static void stop_speculation(void)
{
	speculate(PR_SPEC_DISABLE);
}

static void stop_speculation_until_exec(void)
{
	speculate(PR_SPEC_DISABLE_NOEXEC);
}

static void stop_speculation_for_good(void)
{
	speculate(PR_SPEC_FORCE_DISABLE);
}

static void allow_speculation(void)
{
	speculate(PR_SPEC_ENABLE);
}

static long long get_speculation(void)
{
	return sys_prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);
}

/* A cookie of one's own for core scheduling. */
static void make_cookie(void)
{
	SETUP_RAW(sys_prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, 0, 0));
}

static long long get_cookie(void)
{
	unsigned long long cookie = 0;

	SETUP_RAW(sys_prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0, 0, (unsigned long)&cookie));
	return (long long)cookie;
}

static char *named_page;

static void name_page(const char *name)
{
	if (!named_page)
		named_page = (char *)SETUP_RAW(sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE));
	SETUP_RAW(sys_prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, (unsigned long)named_page, page_size(),
			    (unsigned long)name));
}

static void set_page_name(void)
{
	name_page("of the parent");
}

static void change_page_name(void)
{
	name_page("of the child");
}

/* The letters of its name summed up; 0: it has none. */
static long long get_page_name(void)
{
	static char maps[65536];
	char at[32] = "";
	long long sum = 0;

	SETUP_RAW(read_file("/proc/self/maps", maps, sizeof(maps)));
	for (unsigned n = 0, digit = 2 * sizeof(named_page); digit--; n++)
		if (n || (uintptr_t)named_page >> 4 * digit)
			append_text(at, sizeof(at),
				    (char[]){ "0123456789abcdef"[(uintptr_t)named_page >> 4 * digit & 15], 0 });
	const char *line = named_page ? strstr(maps, at + strspn(at, "0")) : NULL;
	const char *name = line ? strchr(line, '[') : NULL;
	const char *end = line ? strchr(line, '\n') : NULL;
	if (!name || !end || name > end)
		return 0;
	while (name < end)
		sum = sum * 31 + *name++;
	return sum;
}

static void make_futex_hash(void)
{
	SETUP_RAW(sys_prctl(PR_FUTEX_HASH, PR_FUTEX_HASH_SET_SLOTS, 32, 0, 0));
}

static long long get_futex_hash(void)
{
	return sys_prctl(PR_FUTEX_HASH, PR_FUTEX_HASH_GET_SLOTS, 0, 0, 0);
}

/* ---- System calls that the process handles itself ---------------------------------------------- */

enum { ALLOW, BLOCK };
static volatile char selector = ALLOW;
static volatile int dispatched;

static void on_sigsys(int sig)
{
	(void)sig;
	selector = ALLOW; /* else the return from here would be handled again */
	dispatched = 1;
}

static void set_dispatch(void)
{
	struct sigaction action = { .sa_handler = on_sigsys };

	SETUP(sigaction(SIGSYS, &action, NULL));
	SETUP_RAW(sys_prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 0, 0, (unsigned long)&selector));
}

/* Whether a system call with the selector at BLOCK comes back as SIGSYS. */
static long long get_dispatch(void)
{
	dispatched = 0;
	selector = BLOCK;
	sys_getppid();
	selector = ALLOW;
	return dispatched;
}

/* ---- Tests ------------------------------------------------------------------------------------- */

static const struct attribute to_keep[] = {
	{ { "no_new_privs", .covers = "INH-PRCTL-01", .features = FEATURES(NEEDS_NEW_PRIVS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_no_new_privs,
	  .get = get_no_new_privs,
	  .exec = { KEPT, "INH-EXEC-09" } },
	{ { "thp_disable", .covers = "INH-PRCTL-13", .features = FEATURES(NEEDS_THP) },
	  OF_MEMORY,
	  KEPT,
	  .set = set_thp_disable,
	  .get = get_thp_disable,
	  .change = clear_thp_disable,
	  .exec = { KEPT, "INH-EXEC-09" } },
	{ { "thp_except_advised", .covers = "INH-PRCTL-27", .features = FEATURES(NEEDS_THP) },
	  OF_MEMORY,
	  KEPT,
	  .set = set_thp_except_advised,
	  .get = get_thp_disable,
	  .change = clear_thp_disable },
	{ { "io_flusher", .covers = "INH-PRCTL-14", .init_caps = CAP(SYS_RESOURCE) },
	  OF_THREAD,
	  KEPT,
	  .set = set_io_flusher,
	  .get = get_io_flusher,
	  .change = clear_io_flusher },
	{ { "mce_kill", .covers = "INH-PRCTL-15" },
	  OF_THREAD,
	  KEPT,
	  .set = set_mce_kill,
	  .get = get_mce_kill,
	  .change = change_mce_kill,
	  .exec = { KEPT, "INH-EXEC-09" } },
	{ { "mdwe", .covers = "INH-PRCTL-16" },
	  OF_MEMORY,
	  KEPT,
	  .set = set_mdwe,
	  .get = get_mdwe,
	  .exec = { KEPT, "INH-EXEC-09" } },
	{ { "mdwe_enforced", .covers = "INH-PRCTL-16" },
	  OF_MEMORY,
	  KEPT,
	  .set = set_mdwe,
	  .get = refuses_exec_gain,
	  .exec = { KEPT, "INH-EXEC-09" } },
	{ { "memory_merge", .covers = "INH-PRCTL-28", .features = FEATURES(NEEDS_KSM), .init_caps = CAP(SYS_RESOURCE) },
	  OF_MEMORY,
	  KEPT,
	  .set = set_memory_merge,
	  .get = get_memory_merge,
	  .change = clear_memory_merge,
	  .exec = { KEPT, "INH-PRCTL-32" } },
	{ { "speculation", .covers = "INH-PRCTL-34", .features = FEATURES(NEEDS_SPECULATION) },
	  OF_THREAD,
	  KEPT,
	  .set = stop_speculation,
	  .get = get_speculation,
	  .change = allow_speculation,
	  .exec = { KEPT, "INH-PRCTL-35" } },
	{ { "speculation_until_exec", .covers = "INH-PRCTL-34", .features = FEATURES(NEEDS_SPECULATION) },
	  OF_THREAD,
	  KEPT,
	  .set = stop_speculation_until_exec,
	  .get = get_speculation,
	  .change = allow_speculation,
	  .exec = { RESET, "INH-PRCTL-36" },
	  .fresh = PR_SPEC_PRCTL | PR_SPEC_ENABLE },
	{ { "speculation_for_good", .covers = "INH-PRCTL-34", .features = FEATURES(NEEDS_SPECULATION) },
	  OF_THREAD,
	  KEPT,
	  .set = stop_speculation_for_good,
	  .get = get_speculation,
	  .exec = { KEPT, "INH-PRCTL-35" } },
	{ { "cookie", .covers = "INH-SCHED-18", .features = FEATURES(NEEDS_CORE_SCHEDULING) },
	  OF_THREAD,
	  KEPT,
	  .set = make_cookie,
	  .get = get_cookie,
	  .change = make_cookie,
	  .exec = { KEPT, "INH-SCHED-18" } },
	{ { "page_name", .covers = "INH-MEM-19", .features = FEATURES(NEEDS_ANON_NAMES, NEEDS_PROC) },
	  OF_MEMORY,
	  KEPT,
	  .set = set_page_name,
	  .get = get_page_name,
	  .change = change_page_name },
	{ { "tagged_addresses", .covers = "INH-PRCTL-19", .arch = "aarch64" },
	  OF_THREAD,
	  KEPT,
	  .set = set_tagged_addresses,
	  .get = get_tagged_addresses,
	  .change = clear_tagged_addresses },
	{ { "vector_length", .covers = "INH-PRCTL-20", .features = FEATURES(NEEDS_SVE), .arch = "aarch64" },
	  OF_THREAD,
	  KEPT,
	  .set = set_vector_length,
	  .get = get_vector_length },
	{ { "name", .covers = "INH-PRCTL-22 FORK-063" },
	  OF_THREAD,
	  KEPT,
	  .set = set_name,
	  .get = get_name,
	  .change = change_name },
	{ { "dumpable", .covers = "INH-PRCTL-23 FORK-063", .features = FEATURES(NEEDS_READABLE) },
	  OF_MEMORY,
	  KEPT,
	  .set = set_undumpable,
	  .get = get_dumpable,
	  .change = change_dumpable,
	  .exec = { RESET, "INH-EXEC-10" },
	  .fresh = 1 },
	{ { "keep_caps", .covers = "INH-PRCTL-29 FORK-063" },
	  OF_THREAD,
	  KEPT,
	  .set = set_keep_caps,
	  .get = get_keep_caps,
	  .change = clear_keep_caps,
	  .exec = { RESET, "INH-PRCTL-24" } },
};

TEST(kept, .summary = "the child begins with what its parent has set by prctl", ATTRIBUTES(to_keep))
{
	test_inheritance();
}

/* Where the memory is shared the selector is too, and a parent that is not suspended would meet it at BLOCK. */
#define NOT_BESIDE .except = DOOR(BY_VM) | DOOR(BY_THREAD)

static const struct attribute to_reset[] = {
	{ { "subreaper", .covers = "INH-PRCTL-02" },
	  OF_PROCESS,
	  RESET,
	  .set = set_subreaper,
	  .get = get_subreaper,
	  .exec = { KEPT, "INH-EXEC-09" } },
	{ { "mdwe_no_inherit", .covers = "INH-PRCTL-17" },
	  OF_MEMORY,
	  RESET,
	  .set = set_mdwe_no_inherit,
	  .get = get_mdwe },
	{ { "mdwe_no_inherit_enforced", .covers = "INH-PRCTL-17" },
	  OF_MEMORY,
	  RESET,
	  .set = set_mdwe_no_inherit,
	  .get = refuses_exec_gain },
	{ { "futex_hash", .covers = "INH-PRCTL-33" }, OF_MEMORY, RESET, .set = make_futex_hash, .get = get_futex_hash },
	{ { "syscall_user_dispatch", .covers = "INH-PRCTL-18", .features = FEATURES(NEEDS_USER_DISPATCH),
	    .arch = "x86_64 i386" },
	  OF_THREAD,
	  RESET,
	  .set = set_dispatch,
	  .get = get_dispatch,
	  NOT_BESIDE,
	  .exec = { RESET, "INH-EXEC-11" } },
};

TEST(reset, .summary = "the child does not have what prctl set for the parent alone", ATTRIBUTES(to_reset))
{
	test_inheritance();
}

TEST(keep_caps_after_exec, .covers = "INH-PRCTL-24", .summary = "execve clears the keep-capabilities flag")
{
	struct image_report report;

	report_after(set_keep_caps, &report);
	EXPECT_EQ(report.keeps_caps, 0);
}
