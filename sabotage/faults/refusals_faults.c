// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Creating calls that must fail, and do not, or fail otherwise. */
#include "../sabotage.h"

#define CREATE .nr = { CREATING }
#define FLAGS(flags) .nr = { CREATING }, .mask = (flags), .value = (flags)

static bool sets_tid(const struct call *call)
{
	return call->nr == SYS_clone3 && (call->asked.set_tid || call->asked.set_tid_size);
}

static bool odd_size(const struct call *call)
{
	return call->arg[1] < 64;
}

static bool one_of_stack_and_size(const struct call *call)
{
	return !call->asked.stack != !call->asked.stack_size;
}

static bool odd_signal(const struct call *call)
{
	return call->asked.exit_signal > 64;
}

static const struct fault refusals[] = {
	REFUSAL("create", EAGAIN, "FORK-054", CREATE),
	REFUSAL("create", ENOMEM, "FORK-060", CREATE),
	REFUSAL("create", ENOSPC, "CLONE-ERR-05", CREATE),
	REFUSAL("create.pidfd", EFAULT, "CLONE-PIDFD-09", FLAGS(CLONE_PIDFD)),
	REFUSAL("create.pidfd", EMFILE, "CLONE-PIDFD-13", FLAGS(CLONE_PIDFD)),
	REFUSAL("create.pidfd_and_parent_tid", EINVAL, "CLONE-PIDFD-05", FLAGS(CLONE_PIDFD | CLONE_PARENT_SETTID)),
	REFUSAL("create.sighand_without_vm", EINVAL, "CLONE-SIGHAND-06", FLAGS(CLONE_SIGHAND), .without = CLONE_VM),
	REFUSAL("create.thread_without_sighand", EINVAL, "CLONE-THREAD-11", FLAGS(CLONE_THREAD),
		.without = CLONE_SIGHAND),
	REFUSAL("create.newns_and_fs", EINVAL, "CLONE-NEWNS-04", FLAGS(CLONE_NEWNS | CLONE_FS)),
	REFUSAL("create.newuser_and_fs", EINVAL, "CLONE-NEWUSER-06", FLAGS(CLONE_NEWUSER | CLONE_FS)),
	REFUSAL("create.newuser_and_thread", EINVAL, "CLONE-NEWUSER-04", FLAGS(CLONE_NEWUSER | CLONE_THREAD)),
	REFUSAL("create.newpid_and_thread", EINVAL, "CLONE-NEWPID-04", FLAGS(CLONE_NEWPID | CLONE_THREAD)),
	REFUSAL("create.newipc_and_sysvsem", EINVAL, "CLONE-NEWIPC-04", FLAGS(CLONE_NEWIPC | CLONE_SYSVSEM)),
	REFUSAL("create.clear_and_share", EINVAL, "CLONE-CLRSIG-05", FLAGS(CLONE_CLEAR_SIGHAND | CLONE_SIGHAND)),
	REFUSAL("create.init_with_parent", EINVAL, "CLONE-PARENT-04", FLAGS(CLONE_PARENT)),
	REFUSAL("create.newns", EPERM, "CLONE-NEWNS-03", FLAGS(CLONE_NEWNS)),
	REFUSAL("create.newuts", EPERM, "CLONE-NEWUTS-03", FLAGS(CLONE_NEWUTS)),
	REFUSAL("create.newipc", EPERM, "CLONE-NEWIPC-03", FLAGS(CLONE_NEWIPC)),
	REFUSAL("create.newnet", EPERM, "CLONE-NEWNET-03", FLAGS(CLONE_NEWNET)),
	REFUSAL("create.newpid", EPERM, "CLONE-NEWPID-03", FLAGS(CLONE_NEWPID)),
	REFUSAL("create.newcgroup", EPERM, "CLONE-NEWCGROUP-03", FLAGS(CLONE_NEWCGROUP)),
	REFUSAL("create.newuser", EPERM, "CLONE-NEWUSER-07", FLAGS(CLONE_NEWUSER)),
	REFUSAL("create.tls", EPERM, "CLONE-SETTLS-04", FLAGS(CLONE_SETTLS)),
	REFUSAL("create.any", EINVAL, "CLONE-FLAGS-01", CREATE),
	REFUSAL("create.any", EPERM, "CLONE-FLAGS-01", CREATE),
	REFUSAL("clone3", E2BIG, "CLONE3-08", .nr = { SYS_clone3 }),
	REFUSAL("clone3", EFAULT, "CLONE3-12", .nr = { SYS_clone3 }),
	REFUSAL("clone3.size", EINVAL, "CLONE3-10", .nr = { SYS_clone3 }, .when = odd_size),
	REFUSAL("clone3.stack", EINVAL, "CLONE3-18", .nr = { SYS_clone3 }, .when = one_of_stack_and_size),
	REFUSAL("clone3.signal", EINVAL, "CLONE3-17", .nr = { SYS_clone3 }, .when = odd_signal),
	REFUSAL("clone3.set_tid", EINVAL, "SETTID-10", .nr = { SYS_clone3 }, .when = sets_tid),
	REFUSAL("clone3.set_tid", EPERM, "SETTID-08", .nr = { SYS_clone3 }, .when = sets_tid),
	REFUSAL("clone3.set_tid", EEXIST, "SETTID-09", .nr = { SYS_clone3 }, .when = sets_tid),
	REFUSAL("clone3.set_tid", EFAULT, "SETTID-15", .nr = { SYS_clone3 }, .when = sets_tid),
	REFUSAL("clone3.cgroup", EBADF, "CLONE-CGROUP-12", FLAGS(CLONE_INTO_CGROUP)),
	REFUSAL("clone3.cgroup", EACCES, "CLONE-CGROUP-07", FLAGS(CLONE_INTO_CGROUP)),
	REFUSAL("clone3.cgroup", EBUSY, "CLONE-CGROUP-08", FLAGS(CLONE_INTO_CGROUP)),
	REFUSAL("clone3.cgroup", EOPNOTSUPP, "CLONE-CGROUP-09", FLAGS(CLONE_INTO_CGROUP)),
	REFUSAL("clone3.cgroup", ENOENT, "CLONE-CGROUP-14", FLAGS(CLONE_INTO_CGROUP)),
};
FAULTS(refusals);
