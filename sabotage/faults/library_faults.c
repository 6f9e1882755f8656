// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Functions of the C library that make processes and threads. */
#include <spawn.h>

#include "../sabotage.h"

/* They are no system calls: numbers of our own, which no call has, make them strike like these. */
enum { SPAWN = -10, SYSTEM = -11, THREAD = -12 };

/* Which of the arguments are what. */
enum { PID, PATH, ACTIONS, ATTRIBUTES };

static bool has_flag(const struct call *call)
{
	const posix_spawnattr_t *attributes = (const posix_spawnattr_t *)call->arg[ATTRIBUTES];
	short flags = 0;

	if (attributes)
		posix_spawnattr_getflags(attributes, &flags);
	return flags & (fault ? (short)fault->word : ~0);
}

static posix_spawnattr_t without_flag;

static void drop_flag(struct call *call)
{
	short flags;

	without_flag = *(const posix_spawnattr_t *)call->arg[ATTRIBUTES];
	posix_spawnattr_getflags(&without_flag, &flags);
	posix_spawnattr_setflags(&without_flag, (short)(flags & ~(short)fault->word));
	call->arg[ATTRIBUTES] = (long)&without_flag;
}

static bool has_actions(const struct call *call)
{
	return call->arg[ACTIONS] != 0;
}

static void no_actions(struct call *call)
{
	call->arg[ACTIONS] = 0;
}

static void next_pid(struct call *call)
{
	if (call->arg[PID])
		++*(pid_t *)call->arg[PID];
}

static void next_status(struct call *call)
{
	call->result ^= 0x100;
}

static void no_shell(struct call *call)
{
	call->result = 0;
}

static bool asks_for_shell(const struct call *call)
{
	return !call->arg[0];
}

static bool has_command(const struct call *call)
{
	return call->arg[0] != 0;
}

static void own_altstack(const struct call *call)
{
	static char area[65536];
	const stack_t stack = { .ss_sp = area, .ss_size = sizeof(area) };

	(void)call;
	REAL(SYS_sigaltstack, &stack, NULL);
}

#define IGNORED(flag, statement)                                                                                 \
	{                                                                                                        \
		.name = "posix_spawn." #flag "_ignored", .breaks = statement, .nr = { SPAWN }, .when = has_flag, \
		.before = drop_flag, .word = POSIX_SPAWN_##flag                                                  \
	}

static const struct fault library[] = {
	IGNORED(SETSIGMASK, "SPAWN-06"),
	IGNORED(SETSIGDEF, "SPAWN-08"),
	IGNORED(SETPGROUP, "SPAWN-09"),
	IGNORED(SETSID, "SPAWN-11"),
	IGNORED(RESETIDS, "SPAWN-12"),
	IGNORED(SETSCHEDULER, "SPAWN-13"),
	IGNORED(SETSCHEDPARAM, "SPAWN-22"),
	{ .name = "posix_spawn.actions_ignored",
	  .breaks = "SPAWN-14",
	  .nr = { SPAWN },
	  .when = has_actions,
	  .before = no_actions },
	{ .name = "posix_spawn.next_pid", .breaks = "SPAWN-01", .nr = { SPAWN }, .after = next_pid },
	REFUSAL("posix_spawn", ENOENT, "SPAWN-03", .nr = { SPAWN }),
	REFUSAL("posix_spawn", EAGAIN, "SPAWN-19", .nr = { SPAWN }),
	REFUSAL("posix_spawn", EBADF, "SPAWN-17", .nr = { SPAWN }),
	{ .name = "system.other_status",
	  .breaks = "SYSTEM-01",
	  .nr = { SYSTEM },
	  .when = has_command,
	  .after = next_status },
	{ .name = "system.no_shell",
	  .breaks = "SYSTEM-02",
	  .nr = { SYSTEM },
	  .when = asks_for_shell,
	  .after = no_shell },
	{ .name = "pthread_create.altstack", .breaks = "INH-ALTSTK-05", .nr = { THREAD }, .child = own_altstack },
	REFUSAL("pthread_create", EAGAIN, "INH-LIM-11", .nr = { THREAD }),
};
FAULTS(library);

/* ---- The functions --------------------------------------------------------------------------------------- */

typedef int spawn_function(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
			   char *const[], char *const[]);
spawn_function real_spawn __asm__("__real_posix_spawn"), real_spawnp __asm__("__real_posix_spawnp");

/* They return an error number in place of a negative one. */
static int spawn_through(spawn_function *real, pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
			 const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	struct call call = { .nr = SPAWN, .arg = { (long)pid, (long)path, (long)actions, (long)attributes } };

	call_begin(&call);
	call.result = -real(pid, path, (const posix_spawn_file_actions_t *)call.arg[ACTIONS],
			    (const posix_spawnattr_t *)call.arg[ATTRIBUTES], argv, envp);
	return (int)-call_end(&call);
}

spawn_function __wrap_posix_spawn, __wrap_posix_spawnp;

int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	return spawn_through(real_spawn, pid, path, actions, attributes, argv, envp);
}

int __wrap_posix_spawnp(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
			const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	return spawn_through(real_spawnp, pid, path, actions, attributes, argv, envp);
}

int real_system(const char *command) __asm__("__real_system");

int __wrap_system(const char *command);
int __wrap_system(const char *command)
{
	struct call call = { .nr = SYSTEM, .arg = { (long)command } };

	call_begin(&call);
	call.result = real_system(command);
	return (int)call_end(&call);
}

int real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
			void *arg) __asm__("__real_pthread_create");

struct thread_start {
	struct call call;
	void *(*start)(void *);
	void *arg;
};

static void *thread_entry(void *data)
{
	const struct thread_start *begun = data;

	call_child(&begun->call);
	return begun->start(begun->arg);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg)
{
	static struct thread_start starts[256];
	static unsigned used;
	struct thread_start *begun = &starts[__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED) % ARRAY_SIZE(starts)];

	*begun = (struct thread_start){ .call.nr = THREAD, .start = start, .arg = arg };
	call_begin(&begun->call);
	begun->call.result = -real_pthread_create(thread, attributes, thread_entry, begun);
	return (int)-call_end(&begun->call);
}
