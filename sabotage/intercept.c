// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The way of a call: what the linker puts in place of the harness's one system call, and of clone_call_raw(). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sabotage.h"
#include "isolate.h"
#include "suite.h"

extern const struct fault_table __start_sabotage_tables[], __stop_sabotage_tables[];

const struct fault *fault;
static enum modifier modifier;
/* How often it would have struck in this test, in all its processes. */
static unsigned *strikes_so_far;
/* From the beginning of a test's body on, in its process and all that it makes. */
static bool active;
/* Where it is noted which faults would have struck, a byte for each with a bit for each modifier; NULL: nowhere. */
static volatile unsigned char *struck;

#define EACH_TABLE(t)                                          \
	const struct fault_table *t = __start_sabotage_tables; \
	t < __stop_sabotage_tables;                            \
	t++

static const char *const modifiers[MODIFIERS] = {
	[EVERYWHERE] = "",
	[OTHER_THREAD] = "@thread",
	[LATER] = "@later",
	[LATE_FAILURE] = "@late",
};

/* Of failures alone one can say that they come late. */
static bool may_be(const struct fault *f, enum modifier how)
{
	return how != LATE_FAILURE || f->error == ANY_ERROR;
}

static const struct fault *find(const char *name, enum modifier *how)
{
	char full[128];

	for (EACH_TABLE(t))
		for (size_t i = 0; i < t->count; i++)
			for (*how = 0; *how < MODIFIERS; ++*how) {
				snprintf(full, sizeof(full), "%s%s", t->rows[i].name, modifiers[*how]);
				if (may_be(&t->rows[i], *how) && !strcmp(full, name))
					return &t->rows[i];
			}
	return NULL;
}

/* ---- Whether a fault strikes -------------------------------------------------------------------- */

static bool strikes(const struct fault *f, const struct call *call)
{
	uint64_t word = call->creates ? call->asked.flags : (uint64_t)call->arg[f->arg];
	bool number = false;

	if (!active)
		return false;
	/* The first may be 0, a number like others. */
	for (size_t i = 0; i < ARRAY_SIZE(f->nr) && (i == 0 || f->nr[i]); i++)
		number |= f->nr[i] == call->nr || (f->nr[i] == CREATING && call->creates);
	return number && (word & f->mask) == f->value && !(word & f->without) && (!f->when || f->when(call));
}

static bool strikes_result(const struct fault *f, const struct call *call)
{
	if (f->error == ANY_ERROR)
		return call->result < 0 && call->result >= -4095;
	return f->error ? call->result == -f->error : call->result >= 0;
}

/* What the kernel refuses when it has only looked at what it was given has one of these. */
static bool failed_late(const struct call *call)
{
	return call->result < 0 && call->result != -EINVAL && call->result != -EPERM && call->result != -E2BIG &&
	       call->result != -ENOSYS;
}

/* Whether a modifier lets a fault strike that has had so many occasions before. */
static bool lets(enum modifier how, const struct call *call, unsigned before)
{
	switch (how) {
	case OTHER_THREAD:
		return call->by_other_thread;
	case LATER:
		return before > 0;
	case LATE_FAILURE:
		return failed_late(call);
	default:
		return true;
	}
}

/* The same for the fault that is on; counts the occasion. */
static bool let(const struct call *call)
{
	unsigned before = modifier == LATER ? __atomic_fetch_add(strikes_so_far, 1, __ATOMIC_RELAXED) : 0;

	return lets(modifier, call, before);
}

/* The modifiers that let it strike here, a bit for each. */
static unsigned char points_of(const struct fault *f, const struct call *call, unsigned before)
{
	unsigned char points = 0;

	for (enum modifier how = 0; how < MODIFIERS; how++)
		if (may_be(f, how) && lets(how, call, before))
			points |= (unsigned char)(1 << how);
	return points;
}

/* Notes for each fault whether it strikes this call, which went as it should. */
static void note(const struct call *call)
{
	size_t n = 0;

	for (EACH_TABLE(t))
		for (size_t i = 0; i < t->count; i++, n++) {
			const struct fault *f = &t->rows[i];
			if (strikes(f, call) && (f->before || strikes_result(f, call)))
				struck[n] |= points_of(f, call, struck[n]);
		}
}

/* ---- Calls that create -------------------------------------------------------------------------- */

static bool creating(long nr)
{
#ifdef SYS_fork
	if (nr == SYS_fork || nr == SYS_vfork)
		return true;
#endif
	return nr == SYS_clone || nr == SYS_clone3;
}

/* Calls that don't come back, or seldom. */
static bool goes_away(long nr)
{
	return nr == SYS_exit || nr == SYS_exit_group || nr == SYS_execve || nr == SYS_execveat;
}

/* Copies from an address that need not be readable. Returns how many bytes. */
static size_t peek(void *to, const void *from, size_t size)
{
	struct {
		void *base;
		size_t size;
	} here = { to, size }, there = { (void *)from, size };
	long r = REAL(SYS_process_vm_readv, REAL(SYS_getpid), &here, 1, &there, 1, 0);

	return r < 0 ? 0 : (size_t)r;
}

static void read_how(struct call *call)
{
	const int tls = ARCH_CLONE_TLS_LAST ? 4 : 3, child_tid = ARCH_CLONE_TLS_LAST ? 3 : 4;
	size_t size = (size_t)call->arg[1];

	call->how = (struct clone3_args){ .exit_signal = SIGCHLD };
	if (call->nr == SYS_clone3) {
		call->how = (struct clone3_args){ 0 };
		peek(&call->how, (const void *)call->arg[0], size < sizeof(call->how) ? size : sizeof(call->how));
	} else if (call->nr == SYS_clone) {
		call->how = (struct clone3_args){
			.flags = (uint32_t)call->arg[0] & ~0xffU,
			.exit_signal = call->arg[0] & 0xff,
			.stack = (uint64_t)call->arg[1],
			.parent_tid = (uint64_t)call->arg[2],
			.pidfd = (uint64_t)call->arg[2],
			.child_tid = (uint64_t)call->arg[child_tid],
			.tls = (uint64_t)call->arg[tls],
		};
	}
}

static void write_how(struct call *call)
{
	if (call->nr == SYS_clone3) {
		call->arg[0] = (long)&call->how;
		if ((size_t)call->arg[1] > sizeof(call->how))
			call->arg[1] = sizeof(call->how);
		return;
	}
	if (call->nr != SYS_clone) {
		memset(call->arg, 0, sizeof(call->arg));
		call->nr = SYS_clone;
	}
	call->arg[0] = (long)(call->how.flags | call->how.exit_signal);
	call->arg[2] = (long)(call->how.flags & CLONE_PIDFD ? call->how.pidfd : call->how.parent_tid);
	call->arg[ARCH_CLONE_TLS_LAST ? 3 : 4] = (long)call->how.child_tid;
	call->arg[ARCH_CLONE_TLS_LAST ? 4 : 3] = (long)call->how.tls;
}

/* ---- A call's way ------------------------------------------------------------------------------- */

void call_begin(struct call *call)
{
	call->creates = creating(call->nr);
	/* Who ends may be allowed nothing else by seccomp. */
	call->by_other_thread = active && !goes_away(call->nr) && REAL(SYS_gettid) != REAL(SYS_getpid);
	if (call->creates && (fault || struck)) {
		read_how(call);
		call->asked = call->how;
	}
	if (struck && active && goes_away(call->nr))
		note(call);
	if (!fault || !fault->before || !strikes(fault, call) || !let(call))
		return;
	fault->before(call);
	if (call->creates && memcmp(&call->asked, &call->how, sizeof(call->how)))
		write_how(call);
}

long call_end(struct call *call)
{
	if (struck && active)
		note(call);
	if (fault && fault->after && strikes(fault, call) && strikes_result(fault, call) && let(call))
		fault->after(call);
	return call->result;
}

void call_child(const struct call *call)
{
	if (fault && fault->child && strikes(fault, call) && let(call))
		fault->child(call);
}

void call_child_end(const struct call *call)
{
	if (fault && fault->child_end && strikes(fault, call))
		fault->child_end(call);
}

/* For the programs that a test executes, whose environment is empty otherwise. */
static char setting[128];
static char *const of_program[] = { setting, NULL };

static void tell_program(struct call *call)
{
	const int argv = call->nr == SYS_execveat ? 2 : 1;
	char *const *args = (char *const *)call->arg[argv];

	if (args && args[0] && args[1] && (!strcmp(args[1], "--image") || !strcmp(args[1], "--actor")))
		call->arg[argv + 1] = (long)of_program;
}

long __wrap_raw_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	struct call call = { .nr = nr, .arg = { a, b, c, d, e, f } };

	if (fault && (nr == SYS_execve || nr == SYS_execveat))
		tell_program(&call);
	call_begin(&call);
	if (!call.skip)
		call.result = real_syscall(call.nr, call.arg[0], call.arg[1], call.arg[2], call.arg[3], call.arg[4],
					   call.arg[5]);
	if (call.creates && call.result == 0) {
		call_child(&call);
		return call.result;
	}
	call_end(&call);
	return call.again ? plain_fork() : call.result;
}

/* ---- A child that calls a function -------------------------------------------------------------- */

/* Must outlive the call, and be seen by the child whether or not it shares the memory. */
struct started {
	struct clone_call real;
	struct call call;
	int (*fn)(void *);
	void *data;
};

static int child_entry(void *data)
{
	struct started *started = data;

	call_child(&started->call);
	int status = started->fn(started->data);
	call_child_end(&started->call);
	return status;
}

static long start(struct started *started)
{
	started->real.nr = started->call.nr;
	memcpy(started->real.arg, started->call.arg, sizeof(started->real.arg));
	started->real.fn = child_entry;
	started->real.data = started;
	return real_clone_call(&started->real);
}

long __wrap_clone_call_raw(const struct clone_call *asked)
{
	static struct started ring[1024];
	static unsigned used;
	struct started *started = &ring[__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED) % ARRAY_SIZE(ring)];

	if (!active)
		return real_clone_call(asked);
	*started = (struct started){ .fn = asked->fn, .data = asked->data };
	started->call.nr = asked->nr;
	memcpy(started->call.arg, asked->arg, sizeof(asked->arg));
	call_begin(&started->call);
	started->call.result = start(started);
	call_end(&started->call);
	if (!started->call.again)
		return started->call.result;
	long pid = plain_fork();
	if (pid == 0)
		REAL(SYS_exit, started->fn(started->data));
	return pid;
}

/* ---- Actions of many faults --------------------------------------------------------------------- */

bool on_new_stack(const struct call *call)
{
	return call->asked.stack != 0;
}

void accept_it(struct call *call)
{
	call->result = 0;
	call->again = call->creates;
}

/* A fork may well be refused for the same reason: then there is no such process, but who asked believes it. */
long plain_fork(void)
{
	long pid = REAL(SYS_clone, SIGCHLD);

	return pid < 0 ? 4194303 : pid;
}

void fail_otherwise(struct call *call)
{
	call->result = -EDOM;
}

void do_nothing(struct call *call)
{
	call->skip = true;
	call->result = 0;
}

/* ---- Switching it on ---------------------------------------------------------------------------- */

int real_main(int argc, char **argv) __asm__("__real_main");
void real_cell_run(struct cell *cell) __asm__("__real_cell_run");
void real_events_init(void) __asm__("__real_events_init");
long real_self_execute(char *const argv[]) __asm__("__real_self_execute");

static int list_faults(void)
{
	for (EACH_TABLE(t))
		for (size_t i = 0; i < t->count; i++)
			for (enum modifier how = 0; how < MODIFIERS; how++)
				if (may_be(&t->rows[i], how))
					printf("%s%s\t%s\n", t->rows[i].name, modifiers[how], t->rows[i].breaks);
	return 0;
}

/* The directory for notes, by a descriptor that reaches the cells: its path may lead elsewhere in the pen. */
#define FD_NOTES (FD_LIFELINE + 1)

static void open_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);

	if (fd < 0 || dup2(fd, FD_NOTES) < 0) {
		fprintf(stderr, "forkcheck-sabotaged: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	close(fd);
}

/* One of them: it may create, too. What is counted or noted it does not reach. */
static void become_program(void)
{
	clearenv();
	active = fault && modifier != LATER;
	if (active)
		spare_mappings();
}

/* What the runner executes to make cells: it has the directory, and its environment still says what is at fault. */
static bool is_maker(const char *argument)
{
	return !strcmp(argument, "--mother") || !strcmp(argument, "--cell");
}

int __wrap_main(int argc, char **argv)
{
	const char *name = getenv("FORKCHECK_FAULT"), *notes = getenv("FORKCHECK_STRIKES");

	if (argc == 2 && !strcmp(argv[1], "--list-faults"))
		return list_faults();
	if (name && !find(name, &modifier)) {
		fprintf(stderr, "forkcheck-sabotaged: no fault %s; --list-faults shows what there is\n", name);
		return 2;
	}
	if (name) {
		fault = find(name, &modifier);
		snprintf(setting, sizeof(setting), "FORKCHECK_FAULT=%s", name);
	}
	if (argc > 1 && !strcmp(argv[1], "--image"))
		become_program();
	if (notes && (argc < 2 || !is_maker(argv[1])))
		open_directory(notes);
	return real_main(argc, argv);
}

/* The file in which a test's strikes are noted has its name. */
static void open_notes(const char *id)
{
	size_t count = 0;

	for (EACH_TABLE(t))
		count += t->count;
	int fd = openat(FD_NOTES, id, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	close(FD_NOTES);
	if (fd < 0 || ftruncate(fd, (off_t)count))
		return;
	struck = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (struck == MAP_FAILED)
		struck = NULL;
	close(fd);
}

void __wrap_cell_run(struct cell *cell)
{
	if (getenv("FORKCHECK_STRIKES")) {
		struct item item;
		item_init(&item, __start_forkcheck_tests[cell->place], cell->n);
		open_notes(item.id);
	}
	clearenv();
	real_cell_run(cell);
}

/* The last thing before a test's body. */
void __wrap_events_init(void)
{
	real_events_init();
	if (fault && modifier == LATER)
		strikes_so_far = shared(sizeof(*strikes_so_far));
	if (fault)
		spare_mappings();
	active = true;
}

/* Who makes cells has to learn of it; what a test or an actor of explore executes learns of it on the way of all calls. */
long __wrap_self_execute(char *const argv[])
{
	if (!argv[1] || !is_maker(argv[1]))
		return real_self_execute(argv);
	/* The process may have lost its first thread. */
	return REAL(SYS_execve, "/proc/thread-self/exe", argv, environ);
}
