// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The ways to make a process or a thread. */
#include "clone_call.h"
#include "forkcheck.h"

/* ---- fork -------------------------------------------------------------------------------------- */

static long fork_libc(void)
{
	pid_t pid = fork();
	return pid < 0 ? -errno : pid;
}

static long fork_raw(void)
{
	return sys_fork();
}

static long fork_clone(void)
{
	return CLONE_HERE(VIA_CLONE, .exit_signal = SIGCHLD);
}

static long fork_clone3(void)
{
	return CLONE_HERE(VIA_CLONE3, .exit_signal = SIGCHLD);
}

const struct fork_door fork_doors[4] = {
	{ { .name = "libc" }, fork_libc },
	{ { .name = "raw" }, fork_raw },
	{ { .name = "clone" }, fork_clone },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, fork_clone3 },
};

bool each_call(const void *row, const void *door)
{
	(void)row;
	return door == &fork_doors[0] || door == &fork_doors[3]; /* the library's is the call clone */
}

/* ---- vfork ------------------------------------------------------------------------------------- */

static long vfork_libc(int (*fn)(void *), void *arg)
{
	pid_t pid = vfork();

	if (pid == 0)
		sys_exit_group(fn(arg)); /* NOLINT(clang-analyzer-unix.Vfork): raw-safe by contract */
	return pid < 0 ? -errno : pid;
}

static long vfork_clone(int (*fn)(void *), void *arg)
{
	return CLONE_CALL(VIA_CLONE, new_stack(), fn, arg, .flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD);
}

static long vfork_clone3(int (*fn)(void *), void *arg)
{
	return CLONE_CALL(VIA_CLONE3, new_stack(), fn, arg, .flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD);
}

const struct vfork_door vfork_doors[3] = {
	{ { .name = "libc" }, vfork_libc },
	{ { .name = "clone" }, vfork_clone },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, vfork_clone3 },
};

/* ---- clone ------------------------------------------------------------------------------------- */

const struct clone_door clone_doors[2] = {
	{ { .name = "clone" }, VIA_CLONE },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, VIA_CLONE3 },
};

/* The legacy call has one word for parent_tid and pidfd, and the exit signal in the low byte of flags. */
static void legacy_call(struct clone_call *call, const struct clone_request *request, const struct stack *stack)
{
	void *parent_word = request->flags & CLONE_PIDFD ? (void *)request->pidfd : request->parent_tid;
	unsigned long top = stack ? (unsigned long)stack->low + stack->size : 0;

	call->nr = SYS_clone;
	call->arg[ARCH_CLONE_STACK_FIRST ? 1 : 0] = (long)(request->flags | (unsigned)request->exit_signal);
	call->arg[ARCH_CLONE_STACK_FIRST ? 0 : 1] = (long)top;
	call->arg[2] = (long)parent_word;
	call->arg[ARCH_CLONE_TLS_LAST ? 3 : 4] = (long)request->child_tid;
	call->arg[ARCH_CLONE_TLS_LAST ? 4 : 3] = (long)request->tls;
}

static void clone3_call(struct clone_call *call, struct clone3_args *args, const struct clone_request *request,
			const struct stack *stack)
{
	*args = (struct clone3_args){
		.flags = request->flags,
		.pidfd = (uintptr_t)request->pidfd,
		.child_tid = (uintptr_t)request->child_tid,
		.parent_tid = (uintptr_t)request->parent_tid,
		.exit_signal = (uint64_t)request->exit_signal,
		.stack = stack ? (uintptr_t)stack->low : 0,
		.stack_size = stack ? stack->size : 0,
		.tls = request->tls,
		.set_tid = (uintptr_t)request->set_tid,
		.set_tid_size = request->set_tid_size,
		.cgroup = (uint64_t)request->cgroup,
	};
	call->nr = SYS_clone3;
	call->arg[0] = (long)args;
	call->arg[1] = sizeof(*args);
}

/* What must outlive the call; in the first page of a new stack's mapping, where the child can reach it. */
struct call_area {
	struct clone_call call;
	struct clone3_args args;
};

static void prepare(struct call_area *area, enum clone_via via, const struct clone_request *request,
		    const struct stack *stack)
{
	*area = (struct call_area){ 0 };
	if (via == VIA_CLONE3) {
		clone3_call(&area->call, &area->args, request, stack);
	} else {
		legacy_call(&area->call, request, stack);
	}
}

long clone_here(enum clone_via via, const struct clone_request *request)
{
	struct call_area area;

	if (request->flags & CLONE_VM)
		BROKEN("clone_here with CLONE_VM: the child needs a stack of its own");
	prepare(&area, via, request, NULL);
	return raw_syscall(area.call.nr, area.call.arg[0], area.call.arg[1], area.call.arg[2], area.call.arg[3],
			   area.call.arg[4], 0);
}

long clone_call(enum clone_via via, const struct clone_request *request, struct stack *stack, int (*fn)(void *),
		void *arg)
{
	struct call_area *area = (struct call_area *)(stack + 1);

	prepare(area, via, request, stack);
	area->call.fn = fn;
	area->call.data = arg;
	return clone_call_raw(&area->call);
}

int return_zero(void *unused)
{
	(void)unused;
	return 0;
}

#define STACK_SIZE (64 * 1024)

struct stack *new_stack(void)
{
	size_t page = page_size();
	char *map = mmap(NULL, page + STACK_SIZE + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + page, page, PROT_NONE))
		BROKEN("no memory for a stack");
	/* First a page for the description and the call, then the guard, then the stack itself. */
	struct stack *stack = (struct stack *)map;
	*stack = (struct stack){ .low = map + 2 * page, .size = STACK_SIZE };
	return stack;
}

/* ---- Helper threads ---------------------------------------------------------------------------- */

pid_t start_thread(int (*fn)(void *), void *arg)
{
	long tid = CLONE_CALL(VIA_CLONE, new_stack(), fn, arg, .flags = THREAD_FLAGS);

	return (pid_t)SETUP_RAW(tid);
}

void await_thread_gone(pid_t tid)
{
	while (checked_tgkill(sys_getpid(), tid, 0) == 0)
		sys_sched_yield();
}
