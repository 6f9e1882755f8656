// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The features that tests may need, and what proves that one is not to be expected here. */
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "cell.h"
#include "outside.h"

/* For the files of tests that run at once, in bytes. */
#define ROOM (16ULL << 20)

static long long setting(const char *path)
{
	char text[32];

	return read_file(path, text, sizeof(text)) > 0 ? atoll(text) : -1;
}

static const char *no_proc(void)
{
	char self[16] = "";
	ssize_t n = readlink("/proc/self", self, sizeof(self) - 1);

	if (n <= 0)
		return "no /proc is mounted";
	return atoi(self) == sys_getpid() ? NULL : "/proc is of another PID namespace";
}

/* A file system that has no blocks at all doesn't tell how many are free. */
static const char *no_workdir(void)
{
	struct statvfs fs;

	if (access(".", W_OK))
		return "no directory to write to";
	if (!statvfs(".", &fs) && fs.f_blocks && (uint64_t)fs.f_bavail * fs.f_frsize < ROOM)
		return "its file system has less than 16 MiB left";
	return NULL;
}

static const char *no_programs(void)
{
	struct statvfs fs;

	return !statvfs(".", &fs) && fs.f_flag & ST_NOEXEC ? "its file system is mounted with noexec" : NULL;
}

/* For the tests' user, who is another one than root. */
static const char *unreadable_program(void)
{
	const char *path = "/proc/self/exe";
	struct stat st;

	if (stat(path, &st))
		return NULL;
	bool readable = geteuid() ? !access(path, R_OK) : st.st_mode & S_IROTH;
	return readable ? NULL : "its file may be executed only";
}

static const char *one_id_only(void)
{
	char map[128];
	unsigned inside, outside, count;

	if (read_file("/proc/self/uid_map", map, sizeof(map)) <= 0)
		return NULL;
	if (sscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && (inside || count < 65535))
		return "this user namespace does not map the IDs 0 to 65534";
	return NULL;
}

static const char *one_cpu(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) < 2 ? "one processor only" : NULL;
}

/* Executing a program gives it capabilities, and it may not map itself in a user namespace that it makes without. */
static const char *user_0_only(void)
{
	return geteuid() == 0 && !privileges_now().root ? "the tests' user is user 0" : NULL;
}

/* An administrator may forbid user namespaces; what may be read of that is no work of clone(2). */
static const char *user_ns_forbidden(void)
{
	if (user_0_only())
		return "the tests' user is user 0 without capabilities, who may not map himself";
	if (setting("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "kernel.unprivileged_userns_clone is 0";
	if (setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return "kernel.apparmor_restrict_unprivileged_userns is 1";
	return NULL;
}

static const char *perf_forbidden(void)
{
	return setting("/proc/sys/kernel/perf_event_paranoid") > 2 ? "kernel.perf_event_paranoid is above 2" : NULL;
}

static const char *tracer_outside(void)
{
	return children_are_traced() ? "every process has a tracer already" : NULL;
}

static const char *ptrace_forbidden(void)
{
	if (tracer_outside())
		return tracer_outside();
	return setting("/proc/sys/kernel/yama/ptrace_scope") > 1 ? "kernel.yama.ptrace_scope is above 1" : NULL;
}

/* The kernel reports the events in the initial network namespace, to sockets that a process of the initial PID namespace has subscribed. */
static const char *no_proc_events(void)
{
	return access("/proc/net/connector", F_OK) ? "not in the initial network namespace" : outside_out_of_reach();
}

static const char *no_cgroup(const char *controller, const char *why)
{
	char base[LEFTOVER_PATH];

	return cgroup_base(controller, base, sizeof(base)) || access(base, W_OK) ? why : NULL;
}

static const char *no_cgroup_pids(void)
{
	return no_cgroup("pids", "no control group with a pids controller to write to");
}

static const char *no_cgroup2(void)
{
	return no_cgroup("", "no control group of version 2 to write to");
}

static const char *no_cpuset(void)
{
	return no_cgroup("cpuset", "no control group with a cpuset controller to write to");
}

static const char *no_shell(void)
{
	return access("/bin/sh", X_OK) ? "no /bin/sh" : NULL;
}

static const char *no_pty(void)
{
	return access("/dev/ptmx", R_OK | W_OK) || access("/dev/pts", X_OK) ? "no /dev/ptmx or no /dev/pts" : NULL;
}

static const char *no_core_file(void)
{
	struct rlimit limit;
	char pattern[128];

	if (!getrlimit(RLIMIT_CORE, &limit) && limit.rlim_max == 0)
		return "the hard RLIMIT_CORE is 0";
	/* A program that gets the dump by a pipe has limits of its own. */
	if (read_file("/proc/sys/kernel/core_pattern", pattern, sizeof(pattern)) <= 0)
		return "no kernel.core_pattern";
	if (strpbrk(pattern, "|@/"))
		return "kernel.core_pattern is not the name of a file in the current directory";
	return NULL;
}

#define HUGETLB_PAGES 32

static const char *no_huge_pages(void)
{
	return proc_field("/proc/meminfo", "HugePages_Free:", 10) < HUGETLB_PAGES
		       ? "fewer than 32 are free, see vm.nr_hugepages"
		       : NULL;
}

static const char *no_swap(void)
{
	char text[512];
	const char *line_end;

	/* A line of headings, then one for each area. */
	if (read_file("/proc/swaps", text, sizeof(text)) <= 0)
		return "no /proc/swaps";
	line_end = strchr(text, '\n');
	return line_end && line_end[1] ? NULL : "no swap area in /proc/swaps";
}

/* The runner has left this policy where it may. */
static const char *stays_idle(void)
{
	return sched_getscheduler(0) == SCHED_IDLE ? "the caller has SCHED_IDLE, and may not leave it" : NULL;
}

/* With group scheduling each group has its share of the time for real-time policies. */
static const char *no_real_time(void)
{
	char base[LEFTOVER_PATH];

	if (cgroup_base("cpu", base, sizeof(base)) || read_cgroup(base, "cpu.rt_runtime_us"))
		return NULL;
	return "the control group's cpu.rt_runtime_us is 0";
}

/* Deadlines are promised for all processors of the machine: asks for all, tells what came of it, and goes back. */
static const char *some_processors_only(void)
{
	cpu_set_t before, all;
	bool some;

	memset(&all, 0xff, sizeof(all));
	if (sched_getaffinity(0, sizeof(before), &before) || sched_setaffinity(0, sizeof(all), &all))
		return NULL;
	some = !sched_getaffinity(0, sizeof(all), &all) && CPU_COUNT(&all) < sysconf(_SC_NPROCESSORS_ONLN);
	sched_setaffinity(0, sizeof(before), &before);
	return some ? "a control group confines the process to some processors" : NULL;
}

static const char *no_fail_nth(void)
{
	return access("/proc/self/fail-nth", W_OK) ? "no /proc/self/fail-nth to write to" : NULL;
}

static const char *no_dev_zero(void)
{
	return access("/dev/zero", R_OK | W_OK) ? "no /dev/zero here" : NULL;
}

/* The processor itself tells, and whether the kernel has switched them on: also where there is no /proc. */
static const char *no_pkeys(void)
{
	unsigned ospke = 0;
#if defined(__x86_64__) || defined(__i386__)
	unsigned eax, ebx, ecx, edx;

	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
		ospke = ecx & bit_OSPKE;
#endif
	return ospke ? NULL : "the processor has none, or the kernel does not use them";
}

/* What the kernel says in general, for prctl(2) is what tests are about. */
static const char *no_speculation(void)
{
	char text[128];

	if (read_file("/sys/devices/system/cpu/vulnerabilities/spec_store_bypass", text, sizeof(text)) <= 0)
		return "not told by /sys/devices/system/cpu/vulnerabilities";
	return strstr(text, "prctl") ? NULL : "neither this processor nor this kernel lets threads choose";
}

static const char *no_siblings(void)
{
	return setting("/sys/devices/system/cpu/smt/active") == 1 ? NULL : "no processor has several threads at once";
}

/* A setting of the administrator: 1 keeps it from those without privileges, 2 from all. */
static const char *no_io_uring(void)
{
	return setting("/proc/sys/kernel/io_uring_disabled") > 0 ? "kernel.io_uring_disabled is set" : NULL;
}

static const char *no_sve(void)
{
	unsigned long sve = 0;
#ifdef HWCAP_SVE
	sve = getauxval(AT_HWCAP) & HWCAP_SVE;
#endif
	return sve ? NULL : "not among the processor's capabilities";
}

static const char *no_new_privs(void)
{
	return sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "no_new_privs is set already" : NULL;
}

static const char *no_sysctl(void)
{
	return access("/proc/sys/kernel/threads-max", W_OK) ? "/proc/sys/kernel may not be written" : NULL;
}

static const char *no_proc_sys(void)
{
	struct statvfs fs;

	if (statvfs("/proc/sys", &fs))
		return "no /proc/sys";
	return fs.f_flag & ST_RDONLY ? "/proc/sys is mounted read-only" : NULL;
}

/* What root owns below /proc/sys belongs to user 0 of the machine, by the number that this has here, if any. */
static const char *user_of_machine(void)
{
	struct stat st;

	if (stat("/proc/sys/kernel", &st) || (long long)st.st_uid == setting("/proc/sys/kernel/overflowuid"))
		return NULL;
	return st.st_uid == (privileges_now().root ? ordinary_uid() : geteuid()) ? "the tests' user has its number"
										 : NULL;
}

static const char *another_root(void)
{
	return root_is_elsewhere() ? "in a chroot" : NULL;
}

static const char *no_locked_memory(void)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur == 0 ? "RLIMIT_MEMLOCK is 0" : NULL;
}

/* What is pinned of a huge page counts as all of it. */
static const char *no_huge_locked_memory(void)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur < 8 << 20 ? "RLIMIT_MEMLOCK is below 8 MiB" : NULL;
}

static const char *parts_of_proc_hidden(void)
{
	return proc_is_covered() ? "parts of it are mounted over" : NULL;
}

static const char *no_landlock(void)
{
	char lsm[256];

	/* Compiled in, it may still not be among the modules that the boot selected. */
	if (read_file("/sys/kernel/security/lsm", lsm, sizeof(lsm)) > 0 && !strstr(lsm, "landlock"))
		return "landlock is not among the active security modules";
	return NULL;
}

static const char *no_proc_syscall(void)
{
	if (calls_are_foreign())
		return "/proc/PID/syscall tells the calls of another machine";
	return no_proc();
}

/* The mode in force stands in brackets. */
static const char *no_io_ports(void)
{
	char modes[64];

	if (read_file("/sys/kernel/security/lockdown", modes, sizeof(modes)) > 0 && !strstr(modes, "[none]"))
		return "the kernel is locked down";
	return NULL;
}

static const char *no_hugetlb(void)
{
	/* The configuration may have it where the processor has not. */
	if (access("/proc/meminfo", R_OK) == 0 && proc_field("/proc/meminfo", "Hugepagesize:", 10) < 0)
		return "this machine has no huge pages";
	return NULL;
}

#define ROW(id, name_, description_, ...) [id] = { .name = (name_), .description = (description_), __VA_ARGS__ }

/* A call with arguments, of which one is unknown or of no object, and the errno that this gives. */
#define PROBE(call, errno_, ...) (&(const struct probe){ (call), { __VA_ARGS__ }, -(errno_), -(errno_) })

#ifdef SYS_modify_ldt
#define LDT_PROBE PROBE(SYS_modify_ldt, ENOSYS, -1)
#else
#define LDT_PROBE NULL
#endif

const struct feature_info features[FEATURE_COUNT] = {
	ROW(NEEDS_PROC, "proc", "/proc of the test's own PID namespace", .config = "PROC_FS", .missing = no_proc),
	ROW(NEEDS_PROC_SYSCALL, "proc-syscall", "/proc/PID/syscall", .config = "HAVE_ARCH_TRACEHOOK",
	    .missing = no_proc_syscall),
	ROW(NEEDS_PROC_CHILDREN, "proc-children", "/proc/PID/task/TID/children", .config = "PROC_CHILDREN",
	    .missing = no_proc),
	ROW(NEEDS_PAGEMAP, "pagemap", "page frame numbers in /proc/PID/pagemap", .config = "PROC_PAGE_MONITOR",
	    .missing = no_proc),
	ROW(NEEDS_SMAPS, "smaps", "/proc/PID/smaps", .config = "PROC_PAGE_MONITOR", .missing = no_proc),
	ROW(NEEDS_WORKDIR, "workdir", "a private directory to write to", .missing = no_workdir),
	ROW(NEEDS_EXEC_WORKDIR, "exec-workdir", "programs in that directory", .missing = no_programs),
	ROW(NEEDS_READABLE, "readable", "this program as one that its user may read", .missing = unreadable_program),
	ROW(NEEDS_TWO_IDS, "ids", "the user and group IDs 0 to 65534", .missing = one_id_only),
	ROW(NEEDS_TWO_CPUS, "smp", "two processors", .missing = one_cpu),
	ROW(NEEDS_PIDFD, "pidfd", "CLONE_PIDFD", .since = "5.2"),
	ROW(NEEDS_CLONE3, "clone3", "clone3(2)", .since = "5.3", .probe = PROBE(SYS_clone3, EINVAL)),
	ROW(NEEDS_CLEAR_SIGHAND, "clear-sighand", "CLONE_CLEAR_SIGHAND", .since = "5.5"),
	ROW(NEEDS_SETNS, "setns", "setns(2)", .since = "3.0", .probe = PROBE(SYS_setns, EBADF, -1)),
	ROW(NEEDS_USER_NS, "user-ns", "user namespaces for everybody", .since = "3.8", .config = "USER_NS",
	    .missing = user_ns_forbidden, .namespace_flag = CLONE_NEWUSER),
	ROW(NEEDS_MNT_NS, "mnt-ns", "mount namespaces", .namespace_flag = CLONE_NEWNS),
	ROW(NEEDS_PID_NS, "pid-ns", "PID namespaces", .config = "PID_NS", .namespace_flag = CLONE_NEWPID),
	ROW(NEEDS_UTS_NS, "uts-ns", "UTS namespaces", .config = "UTS_NS", .namespace_flag = CLONE_NEWUTS),
	ROW(NEEDS_IPC_NS, "ipc-ns", "IPC namespaces", .config = "IPC_NS", .namespace_flag = CLONE_NEWIPC),
	ROW(NEEDS_NET_NS, "net-ns", "network namespaces", .config = "NET_NS", .namespace_flag = CLONE_NEWNET),
	ROW(NEEDS_CGROUP_NS, "cgroup-ns", "cgroup namespaces", .since = "4.6", .config = "CGROUPS",
	    .namespace_flag = CLONE_NEWCGROUP),
	ROW(NEEDS_TIME_NS, "time-ns", "time namespaces", .since = "5.6", .config = "TIME_NS",
	    .namespace_flag = CLONE_NEWTIME),
	ROW(NEEDS_SYSVIPC, "sysvipc", "System V IPC", .config = "SYSVIPC"),
	ROW(NEEDS_POSIX_MQUEUE, "mqueue", "POSIX message queues", .config = "POSIX_MQUEUE"),
	ROW(NEEDS_CGROUP_PIDS, "cgroup-pids", "the pids controller, in a group that may be written", .since = "4.3",
	    .config = "CGROUP_PIDS", .missing = no_cgroup_pids),
	ROW(NEEDS_CGROUP2, "cgroup2", "a control group of version 2 that may be written", .since = "4.5",
	    .config = "CGROUPS", .missing = no_cgroup2),
	ROW(NEEDS_CPUSET, "cpuset", "the cpuset controller, in a group that may be written",
	    .config = "PROC_PID_CPUSET", .missing = no_cpuset),
	ROW(NEEDS_KCMP, "kcmp", "kcmp(2)", .since = "3.5", .config = "KCMP", .probe = PROBE(SYS_kcmp, ESRCH, -1, -1)),
	ROW(NEEDS_CHECKPOINT_RESTORE, "checkpoint-restore", "what the kernel has for checkpoints",
	    .config = "CHECKPOINT_RESTORE"),
	ROW(NEEDS_BLOCK, "block", "the block layer, with its I/O contexts", .config = "BLOCK"),
	ROW(NEEDS_AIO, "aio", "io_setup(2) and its kin", .config = "AIO"),
	ROW(NEEDS_SECCOMP, "seccomp", "seccomp filters", .config = "SECCOMP_FILTER"),
	ROW(NEEDS_THP, "thp", "transparent huge pages", .config = "TRANSPARENT_HUGEPAGE"),
	ROW(NEEDS_HUGE_PAGES, "huge-pages", "reserved huge pages", .config = "HUGETLBFS", .missing = no_huge_pages),
	ROW(NEEDS_SWAP, "swap", "swap space", .config = "SWAP", .missing = no_swap),
	ROW(NEEDS_MEMFD, "memfd", "memfd_create(2)", .since = "3.17", .config = "MEMFD_CREATE"),
	ROW(NEEDS_DEV_ZERO, "dev-zero", "/dev/zero", .missing = no_dev_zero),
	ROW(NEEDS_GUARD_REGIONS, "guard-regions", "MADV_GUARD_INSTALL", .since = "6.13"),
	ROW(NEEDS_CROSS_MEMORY, "cross-memory", "process_vm_writev(2)", .since = "3.2", .config = "CROSS_MEMORY_ATTACH",
	    .probe = PROBE(SYS_process_vm_writev, EINVAL, -1, 0, 0, 0, 0, 1)),
	ROW(NEEDS_USERFAULTFD, "userfaultfd", "userfaultfd(2)", .since = "4.11", .config = "USERFAULTFD",
	    .probe = PROBE(SYS_userfaultfd, EINVAL, 1 | 2)),
	ROW(NEEDS_KEYS, "keys", "keyrings", .config = "KEYS", .probe = PROBE(SYS_keyctl, EOPNOTSUPP, -1)),
	ROW(NEEDS_LDT, "ldt", "modify_ldt(2)", .config = "MODIFY_LDT_SYSCALL", .probe = LDT_PROBE),
	ROW(NEEDS_SPECULATION, "speculation", "a thread may switch off speculative store bypass", .since = "4.17",
	    .missing = no_speculation),
	ROW(NEEDS_ANON_NAMES, "anon-names", "names of anonymous mappings", .since = "5.17", .config = "ANON_VMA_NAME"),
	ROW(NEEDS_CLAMPS, "clamps", "utilisation clamps", .since = "5.3", .config = "UCLAMP_TASK"),
	ROW(NEEDS_CORE_SCHEDULING, "core-scheduling", "core scheduling", .since = "5.14", .config = "SCHED_CORE",
	    .missing = no_siblings),
	ROW(NEEDS_IO_URING, "io-uring", "io_uring(7)", .since = "5.1", .config = "IO_URING", .missing = no_io_uring,
	    .probe = PROBE(SYS_io_uring_setup, EINVAL, 0, 0)),
	ROW(NEEDS_DNOTIFY, "dnotify", "F_NOTIFY", .config = "DNOTIFY"),
	ROW(NEEDS_INOTIFY, "inotify", "inotify(7)", .config = "INOTIFY_USER"),
	ROW(NEEDS_SCRIPTS, "scripts", "programs that name their interpreter", .config = "BINFMT_SCRIPT"),
	ROW(NEEDS_AUTOGROUP, "autogroup", "scheduler autogroups", .config = "SCHED_AUTOGROUP"),
	ROW(NEEDS_TASK_IO, "task-io", "/proc/PID/io", .config = "TASK_IO_ACCOUNTING", .missing = no_proc),
	ROW(NEEDS_SCHEDSTAT, "schedstat", "/proc/PID/schedstat", .config = "SCHED_INFO", .missing = no_proc),
	ROW(NEEDS_CORE_FILTER, "core-filter", "/proc/PID/coredump_filter", .config = "ELF_CORE", .missing = no_proc),
	ROW(NEEDS_MEMBARRIER, "membarrier", "private expedited membarrier(2)", .since = "4.14", .config = "MEMBARRIER"),
	ROW(NEEDS_RSEQ, "rseq", "restartable sequences", .since = "4.18", .config = "RSEQ"),
	ROW(NEEDS_PKEYS, "pkeys", "memory protection keys", .since = "4.9", .missing = no_pkeys),
	ROW(NEEDS_SVE, "sve", "scalable vectors", .since = "4.15", .missing = no_sve),
	ROW(NEEDS_USER_DISPATCH, "user-dispatch", "syscall user dispatch", .since = "5.11", .config = "GENERIC_ENTRY"),
	ROW(NEEDS_NEW_PRIVS, "new-privs", "execve(2) may give privileges", .missing = no_new_privs),
	ROW(NEEDS_SYSCTL, "sysctl", "settings in /proc/sys/kernel that root may write", .missing = no_sysctl),
	ROW(NEEDS_PROC_SYS, "proc-sys", "a writable mount of /proc/sys", .config = "PROC_SYSCTL",
	    .missing = no_proc_sys),
	ROW(NEEDS_NUMA, "numa", "NUMA memory policies", .config = "NUMA",
	    .probe = PROBE(SYS_set_mempolicy, EINVAL, -1)),
	ROW(NEEDS_FAIL_NTH, "fail-nth", "allocations that fail on demand", .since = "4.14", .config = "FAULT_INJECTION",
	    .missing = no_fail_nth),
	ROW(NEEDS_KMEMLEAK, "kmemleak", "a kernel that looks for memory that it has lost", .config = "DEBUG_KMEMLEAK"),
	ROW(NEEDS_POLICIES, "policies", "scheduling policies", .missing = stays_idle),
	ROW(NEEDS_REAL_TIME, "real-time", "real-time policies", .missing = no_real_time),
	ROW(NEEDS_DEADLINES, "deadlines", "SCHED_DEADLINE", .since = "3.14", .missing = some_processors_only),
	ROW(NEEDS_KSM, "ksm", "merging of equal pages", .config = "KSM"),
	ROW(NEEDS_PROC_EVENTS, "proc-events", "the process events connector", .config = "PROC_EVENTS",
	    .missing = no_proc_events),
	ROW(NEEDS_PERF_EVENTS, "perf", "perf_event_open(2) for everybody", .config = "PERF_EVENTS",
	    .missing = perf_forbidden, .probe = PROBE(SYS_perf_event_open, EINVAL, 0, 0, -1, -1, -1)),
	ROW(NEEDS_LANDLOCK, "landlock", "Landlock", .since = "5.13", .config = "SECURITY_LANDLOCK",
	    .missing = no_landlock,
	    .probe = &(const struct probe){ SYS_landlock_create_ruleset, { 0, 0, -1 }, -EINVAL, -EOPNOTSUPP }),
	ROW(NEEDS_IO_PORTS, "io-ports", "ioperm(2) and iopl(2)", .config = "X86_IOPL_IOPERM", .missing = no_io_ports),
	ROW(NEEDS_MADVISE, "madvise", "madvise(2)", .config = "ADVISE_SYSCALLS"),
	ROW(NEEDS_PROCESS_MADVISE, "process-madvise", "process_madvise(2)", .since = "5.10",
	    .config = "ADVISE_SYSCALLS", .probe = PROBE(SYS_process_madvise, EINVAL, -1, 0, 0, 0, 1)),
	ROW(NEEDS_MSEAL, "mseal", "mseal(2)", .since = "6.10", .probe = PROBE(SYS_mseal, EINVAL, 0, 0, 1)),
	ROW(NEEDS_HUGETLB, "hugetlb", "huge pages by MAP_HUGETLB", .config = "HUGETLBFS", .missing = no_hugetlb),
	ROW(NEEDS_PTRACE, "ptrace", "a parent may trace its child", .missing = ptrace_forbidden),
	ROW(NEEDS_UNTRACED, "untraced", "processes that no tracer stops", .missing = tracer_outside),
	ROW(NEEDS_SHELL, "shell", "a shell", .missing = no_shell),
	ROW(NEEDS_PTY, "pty", "pseudoterminals", .config = "UNIX98_PTYS", .missing = no_pty),
	ROW(NEEDS_OTHER_USER, "other-user", "a user other than user 0 of the machine", .missing = user_of_machine),
	ROW(NEEDS_ORDINARY_USER, "ordinary-user", "a user other than 0", .missing = user_0_only),
	ROW(NEEDS_PROC_MOUNT, "proc-mount", "a whole /proc, so that user namespaces may mount theirs",
	    .missing = parts_of_proc_hidden),
	ROW(NEEDS_UNSHARE, "unshare", "unshare(2)", .probe = PROBE(SYS_unshare, EINVAL, SIGCHLD)),
	ROW(NEEDS_SETHOSTNAME, "sethostname", "sethostname(2) and setdomainname(2)",
	    .missing = filter_blocks_sethostname),
	ROW(NEEDS_NS_ROOT, "ns-root", "the root directory of the mount namespace", .missing = another_root),
	ROW(NEEDS_PERSONALITY, "personality", "personality(2)", .missing = filter_blocks_personality),
	ROW(NEEDS_MLOCK, "mlock", "mlock(2), mlockall(2)", .missing = no_locked_memory,
	    .probe = PROBE(SYS_mlockall, EINVAL)),
	ROW(NEEDS_HUGE_PINNED, "huge-pinned", "huge pages that may be pinned", .missing = no_huge_locked_memory),
	ROW(NEEDS_VMSPLICE, "vmsplice", "vmsplice(2)", .probe = PROBE(SYS_vmsplice, EINVAL, -1, 0, -1, -1)),
	ROW(NEEDS_MEMFD_SECRET, "memfd-secret", "memfd_secret(2)", .since = "5.14",
	    .probe = PROBE(SYS_memfd_secret, EINVAL, -1)),
	ROW(NEEDS_PIDFD_GETFD, "pidfd-getfd", "pidfd_getfd(2)", .since = "5.6",
	    .probe = PROBE(SYS_pidfd_getfd, EINVAL, -1, -1, -1)),
	ROW(NEEDS_CORE_FILE, "core-file", "core files in the current directory", .config = "ELF_CORE",
	    .missing = no_core_file),
};

static const char *filtered(const struct feature_info *info)
{
	const char *sentence = info->probe ? filter_blocks(info->probe) : NULL;

	return sentence || !info->namespace_flag ? sentence : filter_blocks_namespace(info->namespace_flag);
}

enum skip_class feature_absent(enum feature feature, char *why, size_t size)
{
	const struct feature_info *info = &features[feature];
	struct release since, now = release_now();
	const char *sentence;

	if (info->since && now.major && release_parse(info->since, &since) && release_compare(now, since) < 0) {
		snprintf(why, size, "%s: since Linux %s, this is %u.%u", info->description, info->since, now.major,
			 now.minor);
		return SKIP_RELEASE;
	}
	if (info->config && kernel_config(info->config) == 'n') {
		snprintf(why, size, "%s: CONFIG_%s is off", info->description, info->config);
		return SKIP_CONFIG;
	}
	enum skip_class class = SKIP_SURROUNDINGS;
	sentence = info->missing ? info->missing() : NULL;
	if (!sentence && info->namespace_flag)
		sentence = confinement_forbids(info->namespace_flag);
	if (!sentence) {
		class = SKIP_FILTER;
		sentence = filtered(info);
	}
	if (!sentence)
		return SKIP_NONE;
	snprintf(why, size, "%s: %s", info->description, sentence);
	return class;
}

bool feature_expected(enum feature feature)
{
	char why[RECORD_TEXT];

	return !feature_absent(feature, why, sizeof(why));
}

bool features_expected(const enum feature *list)
{
	bool expected = true;

	for (; list && *list != FEATURE_COUNT; list++)
		expected &= feature_expected(*list);
	return expected;
}

void need_feature(enum feature feature)
{
	char why[RECORD_TEXT];
	enum skip_class class = feature_absent(feature, why, sizeof(why));

	if (class)
		SKIP(class, features[feature].name, why);
}

bool configured_without(const char *option)
{
	return kernel_config(option) == 'n';
}

bool configured_as_module(const char *option)
{
	return kernel_config(option) == 'm';
}
