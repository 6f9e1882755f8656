/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the surroundings must offer for a test to say anything, and how a test asks for it. */
#ifndef FORKCHECK_FEATURE_H
#define FORKCHECK_FEATURE_H

#include <stdbool.h>

/*
 * What the surroundings must offer for a test to say anything. The table in features.c says for each what
 * is accepted as proof that it is missing: a kernel release, a configuration, an administrator's setting.
 */
enum feature {
	NEEDS_PROC,	     /* /proc of the test's own PID namespace */
	NEEDS_PROC_SYSCALL,  /* /proc/PID/syscall */
	NEEDS_PROC_CHILDREN, /* /proc/PID/task/TID/children */
	NEEDS_PAGEMAP,	     /* /proc/PID/pagemap with page frame numbers; wants .init_caps SYS_ADMIN too */
	NEEDS_SMAPS,	     /* /proc/PID/smaps and clear_refs */
	NEEDS_WORKDIR,	     /* the current directory is private to the test and writable */
	NEEDS_EXEC_WORKDIR,  /* programs in it may be executed */
	NEEDS_READABLE,	     /* the program's file may be read by its user: executed, it can be dumped */
	NEEDS_TWO_IDS,	     /* at least the user and group IDs 0 to 65534 exist here */
	NEEDS_TWO_CPUS,
	NEEDS_PIDFD,
	NEEDS_CLONE3,
	NEEDS_CLEAR_SIGHAND,
	NEEDS_SETNS,
	NEEDS_USER_NS, /* may be made without privileges */
	NEEDS_MNT_NS,
	NEEDS_PID_NS,
	NEEDS_UTS_NS,
	NEEDS_IPC_NS,
	NEEDS_NET_NS,
	NEEDS_CGROUP_NS,
	NEEDS_TIME_NS,
	NEEDS_SYSVIPC,
	NEEDS_POSIX_MQUEUE,
	NEEDS_CGROUP_PIDS, /* a pids controller, version 1 or 2, in which a group can be made */
	NEEDS_CGROUP2,	   /* a version 2 hierarchy in which a group can be made */
	NEEDS_CPUSET,	   /* a cpuset controller, version 1 or 2, in which a group can be made, and /proc/PID/cpuset */
	NEEDS_KCMP,
	NEEDS_CHECKPOINT_RESTORE,
	NEEDS_BLOCK, /* I/O contexts */
	NEEDS_AIO,
	NEEDS_SECCOMP,
	NEEDS_THP,
	NEEDS_HUGE_PAGES, /* reserved huge pages, 32 of them free; the test must run alone */
	NEEDS_SWAP,	  /* something to swap to */
	NEEDS_MEMFD,
	NEEDS_DEV_ZERO,
	NEEDS_GUARD_REGIONS, /* MADV_GUARD_INSTALL */
	NEEDS_CROSS_MEMORY,  /* process_vm_readv(2), process_vm_writev(2) */
	NEEDS_USERFAULTFD,
	NEEDS_KEYS,
	NEEDS_AUTOGROUP,
	NEEDS_TASK_IO,	   /* /proc/PID/io */
	NEEDS_SCHEDSTAT,   /* /proc/PID/schedstat */
	NEEDS_CORE_FILTER, /* /proc/PID/coredump_filter */
	NEEDS_MEMBARRIER,
	NEEDS_HUGETLB,	 /* MAP_HUGETLB, whether or not any are reserved */
	NEEDS_NEW_PRIVS, /* no_new_privs is not set yet */
	NEEDS_PROC_SYS,	 /* /proc/sys is there, and may be written as far as permissions go */
	NEEDS_RSEQ,
	NEEDS_USER_DISPATCH, /* PR_SET_SYSCALL_USER_DISPATCH */
	NEEDS_SVE,
	NEEDS_PKEYS, /* memory protection keys of the processor */
	NEEDS_NUMA,
	NEEDS_KSM,
	NEEDS_POLICIES,
	NEEDS_REAL_TIME,
	NEEDS_DEADLINES,   /* the scheduling policy of the caller may be changed */
	NEEDS_FAIL_NTH,	   /* the kernel makes allocations of a thread fail on demand */
	NEEDS_KMEMLEAK,	   /* the kernel looks for memory that it has lost */
	NEEDS_PROC_EVENTS, /* the process events connector */
	NEEDS_PERF_EVENTS,
	NEEDS_LANDLOCK,
	NEEDS_IO_PORTS, /* ioperm(2), iopl(2) */
	NEEDS_PTRACE,	/* the security policy lets a parent trace its child */
	NEEDS_UNTRACED, /* no tracer outside has every process: it sees stops and deaths first */
	NEEDS_SHELL,	/* a shell at /bin/sh */
	NEEDS_PTY,	/* pseudoterminals, by /dev/ptmx and /dev/pts */
	NEEDS_MADVISE,	/* madvise(2) */
	NEEDS_PROCESS_MADVISE,
	NEEDS_MSEAL,
	NEEDS_DNOTIFY,
	NEEDS_INOTIFY,
	NEEDS_SCRIPTS,	     /* programs that name their interpreter: #! */
	NEEDS_OTHER_USER,    /* the test's user is not user 0 of the machine, who is exempt from RLIMIT_NPROC */
	NEEDS_ORDINARY_USER, /* nor is he number 0 in this user namespace, where execve(2) would give him power */
	NEEDS_PROC_MOUNT, /* nothing is mounted over parts of /proc: else user namespaces may not mount one of theirs */
	NEEDS_UNSHARE,
	NEEDS_SETHOSTNAME,
	NEEDS_NS_ROOT, /* the root directory is that of the mount namespace */
	NEEDS_PERSONALITY,
	NEEDS_MLOCK,
	NEEDS_HUGE_PINNED,
	NEEDS_VMSPLICE,
	NEEDS_MEMFD_SECRET,
	NEEDS_PIDFD_GETFD,
	NEEDS_SYSCTL,	   /* root may write to /proc/sys/kernel */
	NEEDS_LDT,	   /* x86: modify_ldt(2) */
	NEEDS_SPECULATION, /* the kernel lets a thread switch off speculative store bypass */
	NEEDS_ANON_NAMES,  /* anonymous mappings have names */
	NEEDS_CLAMPS,	   /* utilisation clamps of sched_setattr(2) */
	NEEDS_CORE_SCHEDULING,
	NEEDS_IO_URING,
	NEEDS_CORE_FILE, /* a core dump becomes a file in the current directory */
	FEATURE_COUNT
};
/* A list of them for .features; at file scope only. */
#define FEATURES(...) ((const enum feature[]){ __VA_ARGS__, FEATURE_COUNT })

/* Skips the test where the kernel's release, or the one assumed for it, is older. */
void need_release(unsigned major, unsigned minor);
/* Skips the test where the feature is not to be expected; better by .features. */
void need_feature(enum feature feature);
/* The same questions without a skip. Not in a vfork child or a raw thread. */
bool older_than(unsigned major, unsigned minor);
bool feature_expected(enum feature feature);
/* The same for all of a list; NULL is an empty one. */
bool features_expected(const enum feature *list);
/* Whether the kernel's configuration is known, and has the option (without CONFIG_) off: for tests of just that. */
bool configured_without(const char *option);
/* Whether it is known to have the option as a module, which need not be there to be loaded. */
bool configured_as_module(const char *option);

#endif
