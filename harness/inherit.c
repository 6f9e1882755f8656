// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a child inherits from its parent, as tables. */
#include "inherit.h"
#include "cell.h"
#include "trace.h"

/* One run of a test; in shared memory, since any process of it may write there. */
static struct scene {
	const struct attribute *attribute;
	unsigned ways;
	struct stack *stack; /* for a child; beforehand: what is set may be that no more memory is to be had */
	long long value;     /* of the caller, at the end */
	/* The child at hand. */
	long long wanted, child, changed;
	bool change, looked;
} * scene;

/* ---- What must be so ----------------------------------------------------------------------------- */

/* The flag that shares the attribute and can be given alone, with what that needs. */
static uint64_t sharing_flags(const struct attribute *attribute)
{
	switch (attribute->owner) {
	case OF_FS:
	case OF_DESCRIPTORS:
	case OF_IO:
		return attribute->owner;
	case OF_HANDLERS:
		return CLONE_SIGHAND | CLONE_VM;
	}
	return 0;
}

static uint64_t flags_of(const struct attribute *attribute, enum inherit_door way)
{
	switch (way) {
	case BY_VFORK:
	case BY_VM:
		return CLONE_VM;
	case BY_SHARED:
		return sharing_flags(attribute);
	case BY_THREAD:
		return THREAD_FLAGS;
	default:
		return 0;
	}
}

static enum fate fate_of(const struct attribute *attribute, enum inherit_door way)
{
	enum fate special = way == BY_VFORK	? attribute->vfork
			    : way == BY_VM	? attribute->vm
			    : way == BY_THREAD	? attribute->thread
			    : way == BY_PROGRAM ? attribute->exec.fate
						: AS_ELSE;

	if (special)
		return special;
	return (flags_of(attribute, way) | OF_FILE) & attribute->owner ? SHARED : attribute->fate;
}

static bool passes(const struct attribute *attribute, enum inherit_door way)
{
	if (attribute->except & DOOR(way))
		return false;
	switch (way) {
	case BY_SHARED:
		return sharing_flags(attribute);
	case BY_PROGRAM:
		return attribute->exec.fate;
	default:
		return !attribute->doors || attribute->doors & DOOR(way);
	}
}

/* The ways through a door that an attribute goes. What callers use is plain clone, which stands for any fork. */
static unsigned ways_through(const struct attribute *attribute, const struct inherit_door_row *door)
{
	unsigned ways = 0;

	for (enum inherit_door way = 0; way < IN_THREAD; way++)
		if (door->ways & DOOR(way) &&
		    (passes(attribute, way) || (door->in && way == BY_CLONE && attribute->doors & COPYING)))
			ways |= DOOR(way);
	return ways;
}

/* A user namespace of one's own has one ID, and no power over what is not its own. */
static bool rests_on_the_initial_one(const struct case_head *head)
{
	bool two_ids = false;

	for (const enum feature *f = head->features; f && *f != FEATURE_COUNT; f++)
		two_ids |= *f == NEEDS_TWO_IDS;
	return head->init_caps || two_ids;
}

bool inherit_passes(const void *row, const void *through)
{
	const struct attribute *attribute = row;
	const struct inherit_door_row *door = through;
	enum inherit_door number = (enum inherit_door)(door - inherit_doors);

	if (attribute->except & DOOR(number) || (number == IN_NAMESPACES && rests_on_the_initial_one(&attribute->head)))
		return false;
	return ways_through(attribute, door);
}

const char *inherit_covers(const void *row, const void *door)
{
	const struct attribute *attribute = row;

	return door == &inherit_doors[BY_PROGRAM] ? attribute->exec.covers : NULL;
}

/* ---- A child ------------------------------------------------------------------------------------- */

static int look(void *unused)
{
	const struct attribute *attribute = scene->attribute;

	(void)unused;
	scene->child = attribute->get();
	scene->looked = true;
	EXPECT_EQ(scene->child, scene->wanted);
	if (scene->change) {
		attribute->change();
		scene->changed = attribute->get();
	}
	return 0;
}

static void look_in_grandchild(void)
{
	long grandchild = sys_fork();

	if (grandchild == 0)
		leave(look(NULL));
	REQUIRE_GT(grandchild, 0);
	REQUIRE_EXITED(grandchild, 0);
}

/* What an executed program has to know, through a pipe. */
struct request {
	long row; /* as a distance, since the program may lie elsewhere in memory */
	int handle;
	bool whole_scene;
	long long wanted;
};

static void execute(bool whole_scene)
{
	const struct attribute *attribute = scene->attribute;
	const struct request request = {
		.row = (const char *)attribute - (const char *)inherit_doors,
		.handle = attribute->handle ? *attribute->handle : -1,
		.whole_scene = whole_scene,
		.wanted = scene->wanted,
	};
	int ends[2];

	SETUP(pipe(ends));
	SETUP(sys_write(ends[1], &request, sizeof(request)));
	SETUP_RAW(sys_close(ends[1]));
	SETUP_RAW(execute_self(IMAGE_INHERIT, ends[0]));
}

/* What a child does not get, execve can keep or drop only where the child has made it its own. */
static void execute_program(void)
{
	const struct attribute *attribute = scene->attribute;

	if (attribute->fate == RESET) {
		attribute->set();
		if (attribute->exec.fate == KEPT)
			scene->wanted = attribute->get();
	}
	execute(false);
}

static long make_child(enum inherit_door way)
{
	const uint64_t flags = flags_of(scene->attribute, way);
	long child = -ENOSYS;

	switch (way) {
	case BY_FORK:
		child = fork_doors[0].fork();
		break;
	case BY_CLONE3:
		child = CLONE_HERE(VIA_CLONE3, .exit_signal = SIGCHLD);
		break;
	case BY_VFORK:
		return vfork_doors[0].vfork(look, NULL);
	case BY_VM:
	case BY_SHARED:
		return CLONE_CALL(VIA_CLONE, scene->stack, look, NULL, .flags = flags, .exit_signal = SIGCHLD);
	case BY_THREAD:
		return CLONE_CALL(VIA_CLONE, scene->stack, look, NULL, .flags = flags);
	default:
		child = CLONE_HERE(VIA_CLONE, .exit_signal = SIGCHLD);
	}
	if (child)
		return child;
	if (way == BY_TWO)
		look_in_grandchild();
	else if (way == BY_PROGRAM)
		execute_program();
	else
		look(NULL);
	leave(0);
}

static void expect_by(enum inherit_door way, bool last)
{
	const struct attribute *attribute = scene->attribute;
	const char *name = inherit_doors[way].head.name;
	const long long parent = attribute->get();
	enum fate fate = fate_of(attribute, way);

	scene->wanted = fate == RESET ? attribute->fresh : parent;
	/* What the caller shares changes for the children to come. */
	scene->change = attribute->change && way != BY_PROGRAM && (last || fate != SHARED);
	scene->looked = way == BY_PROGRAM;
	long child = make_child(way);
	REQUIRE_GT(child, 0);
	if (way == BY_THREAD)
		await_thread_gone((pid_t)child);
	else
		REQUIRE_EXITED(child, 0);
	REQUIRE_TRUE(scene->looked);
	if (scene->change && scene->child == scene->wanted && scene->changed == scene->wanted)
		BROKEN("the child could not change the value");
	EXPECT_EQ(attribute->get(), scene->change && fate == SHARED ? scene->changed : parent, name);
}

/* The caller sets its value and makes children in all ways of the door. */
static int play(void *unused)
{
	const struct attribute *attribute = scene->attribute;

	(void)unused;
	long long before = attribute->get();
	attribute->set();
	long long parent = attribute->get();
	if (parent == before || (attribute->fate == RESET && parent == attribute->fresh))
		BROKEN("the value that was set is no other than the one before, or that of a new process");
	for (enum inherit_door way = 0; way < IN_THREAD; way++)
		if (scene->ways & DOOR(way))
			expect_by(way, scene->ways >> way == 1);
	scene->value = attribute->get();
	return 0;
}

/* ---- Who makes it -------------------------------------------------------------------------------- */

/* Events that no table uses. */
enum { FIRST_IS_READY = EVENTS - 2, SECOND_IS_DONE };

static int play_in_second(void *unused)
{
	await(FIRST_IS_READY);
	play(unused);
	post(SECOND_IS_DONE);
	return 0;
}

/* The first thread sleeps meanwhile, takes no signals, and keeps its value where each thread has one. */
static void in_thread(void)
{
	const struct attribute *attribute = scene->attribute;
	const sigset64 all = ~(sigset64)0;
	pid_t tid = start_thread(play_in_second, NULL);

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &all, NULL));
	long long first = attribute->get();
	post(FIRST_IS_READY);
	await(SECOND_IS_DONE);
	await_thread_gone(tid);
	EXPECT_EQ(attribute->get(), (THREAD_FLAGS | OF_FILE) & attribute->owner ? scene->value : first);
}

static void on_signal(int sig)
{
	(void)sig;
	play(NULL);
	/* Not back: what the handler has blocked may be pending. */
	leave(0);
}

static void in_handler(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	pid_t caller = fork_helper();

	if (caller == 0) {
		SETUP(sigaction(SIGWINCH, &action, NULL));
		SETUP_RAW(checked_tgkill(sys_getpid(), sys_gettid(), SIGWINCH));
		leave(1);
	}
	REQUIRE_EXITED(caller, 0);
}

static void in_vfork(void)
{
	long child = vfork_doors[0].vfork(play, NULL);

	REQUIRE_GT(child, 0);
	REQUIRE_EXITED(child, 0);
}

static void in_vm(void)
{
	long child = CLONE_CALL(VIA_CLONE, new_stack(), play, NULL, .flags = CLONE_VM, .exit_signal = SIGCHLD);

	REQUIRE_GT(child, 0);
	REQUIRE_EXITED(child, 0);
}

/* The case's capabilities outlive the execution as ambient ones. */
static void in_program(void)
{
	pid_t caller = fork_helper();

	if (caller == 0) {
		if (!privileges_keep())
			BROKEN("capabilities can't be made ambient");
		execute(true);
	}
	REQUIRE_EXITED(caller, 0);
}

static void in_namespaces(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	need_own_map();
	long caller = user_doors[USER_CLONE].enter(CLONE_NEWPID);
	if (caller == 0) {
		SETUP_RAW(map_user_namespace(0, uid, gid, uid, gid));
		set_capabilities(scene->attribute->head.caps);
		leave(play(NULL));
	}
	REQUIRE_GT(caller, 0);
	REQUIRE_EXITED(caller, 0);
}

#define TRACEE_HAS_PLAYED (EVENTS - 2)

static void play_as_tracee(const void *unused)
{
	(void)unused;
	play(NULL);
	post(TRACEE_HAS_PLAYED);
}

static void in_traced(void)
{
	const unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	pid_t caller = start_tracee(BY_SEIZE, options, play_as_tracee, NULL);
	struct trace_stop stop;
	int status = -1, children = 0;

	while (next_stop(&stop)) {
		children += stop.event == PTRACE_EVENT_FORK;
		if (stop.pid == caller)
			status = stop.status;
		resume(&stop);
	}
	/* Ends here where the tracee has skipped the test. */
	EXPECT_TRUE(posted(TRACEE_HAS_PLAYED));
	EXPECT_EQ(children, 1);
	EXPECT_EQ(status, 0);
}

#define FORK DOOR(BY_CLONE) /* any fork: the way that needs no C library */

const struct inherit_door_row inherit_doors[INHERIT_DOORS] = {
	[BY_FORK] = { { .name = "fork" }, NULL, DOOR(BY_FORK) },
	[BY_CLONE] = { { .name = "clone" }, NULL, DOOR(BY_CLONE) },
	[BY_CLONE3] = { { "clone3", .features = FEATURES(NEEDS_CLONE3) }, NULL, DOOR(BY_CLONE3) },
	[BY_VFORK] = { { .name = "vfork" }, NULL, DOOR(BY_VFORK) },
	[BY_VM] = { { .name = "vm" }, NULL, DOOR(BY_VM) },
	[BY_SHARED] = { { .name = "shared" }, NULL, DOOR(BY_SHARED) },
	[BY_THREAD] = { { "thread", .covers = "INH-OWN-01" }, NULL, DOOR(BY_THREAD) },
	[BY_TWO] = { { "grandchild", .covers = "INH-OWN-03" }, NULL, DOOR(BY_TWO) },
	[BY_PROGRAM] = { { .name = "executed" }, NULL, DOOR(BY_PROGRAM) },
	[IN_THREAD] = { { "in_thread", .covers = "INH-OWN-01 INH-OWN-02" },
			in_thread,
			FORK | DOOR(BY_CLONE3) | DOOR(BY_VFORK) | DOOR(BY_THREAD) },
	[IN_HANDLER] = { { "in_handler", .covers = "INH-OWN-04" }, in_handler, FORK },
	[IN_VFORK] = { { "in_vfork", .covers = "INH-OWN-05" }, in_vfork, FORK },
	[IN_VM] = { { "in_vm", .covers = "INH-OWN-05" }, in_vm, FORK },
	[IN_PROGRAM] = { { "in_program", .covers = "INH-OWN-06" }, in_program, FORK },
	[IN_NAMESPACES] = { { "in_namespaces", .covers = "INH-OWN-07",
			      .features = FEATURES(NEEDS_USER_NS, NEEDS_PID_NS, NEEDS_PROC) },
			    in_namespaces,
			    FORK },
	[IN_TRACED] = { { "in_traced", .covers = "INH-OWN-08", .features = FEATURES(NEEDS_PTRACE) }, in_traced, FORK },
};

static void prepare(const struct attribute *attribute, unsigned ways)
{
	scene = shared(sizeof(*scene));
	scene->attribute = attribute;
	scene->ways = ways;
	scene->stack = new_stack();
}

void test_inheritance(void)
{
	const struct inherit_door_row *door = this_door();

	unsigned ways = ways_through(this_case(), door);
	/* Where it is the only one, the case itself needs it. */
	if (ways & (ways - 1) && !feature_expected(NEEDS_CLONE3))
		ways &= ~DOOR(BY_CLONE3);
	prepare(this_case(), ways);
	if (door->in)
		door->in();
	else
		play(NULL);
}

int inherit_image(int fd)
{
	struct request request;

	SETUP(sys_read(fd, &request, sizeof(request)) == (long)sizeof(request) ? 0 : -EIO);
	SETUP_RAW(sys_close(fd));
	prepare((const struct attribute *)((const char *)inherit_doors + request.row), FORK);
	if (request.whole_scene) {
		set_capabilities(scene->attribute->head.caps | scene->attribute->head.init_caps);
		return play(NULL);
	}
	if (scene->attribute->handle)
		*scene->attribute->handle = request.handle;
	scene->wanted = request.wanted;
	return look(NULL);
}
