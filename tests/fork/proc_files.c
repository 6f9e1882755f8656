// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What /proc tells of a new child and of a new thread: the same as of the parent, but for what is their own. */
#include "forkcheck.h"

#include <string.h>
#include <sys/prctl.h>

enum { CHILD_MAY_GO };

#define TEXT (256 * 1024)

/* ---- Files that are the same ------------------------------------------------------------------------ */

#define FILE_OF(name_, statement)                                     \
	{                                                             \
		{ .name = name_, .covers = statement }, .link = false \
	}
#define LINK_OF(name_, statement)                                    \
	{                                                            \
		{ .name = name_, .covers = statement }, .link = true \
	}
#define NAMESPACE(name_, feature)                                                                          \
	{                                                                                                  \
		{ .name = "ns/" name_, .covers = "PROCF-03", .features = FEATURES(feature) }, .link = true \
	}

/* The test's own is empty. Some kernels tell it only where it stands in anonymous memory. */
static void set_environment(void)
{
	static const char text[] = "FIRST=1\0LAST=2";
	char *environment = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	SETUP(environment == MAP_FAILED ? -1 : 0);
	memcpy(environment, text, sizeof(text));
	SETUP_RAW(sys_prctl(PR_SET_MM, PR_SET_MM_ENV_START, (unsigned long)environment, 0, 0));
	SETUP_RAW(sys_prctl(PR_SET_MM, PR_SET_MM_ENV_END, (unsigned long)environment + sizeof(text), 0, 0));
}

static const struct proc_file {
	struct case_head head;
	bool link;
	void (*prepare)(void);
} proc_files[] = {
	FILE_OF("auxv", "PROCF-01"),
	FILE_OF("cmdline", "PROCF-01"),
	LINK_OF("exe", "PROCF-01"),
	FILE_OF("cgroup", "PROCF-02"),
	FILE_OF("comm", "PROCF-02"),
	LINK_OF("cwd", "PROCF-02"),
	FILE_OF("limits", "PROCF-02"),
	FILE_OF("mountinfo", "PROCF-02"),
	{ { "environ", .covers = "PROCF-09", .features = FEATURES(NEEDS_CHECKPOINT_RESTORE),
	    .init_caps = CAP(SYS_RESOURCE) },
	  .prepare = set_environment },
	FILE_OF("maps", "PROCF-09"),
	FILE_OF("oom_score_adj", "PROCF-02"),
	LINK_OF("root", "PROCF-02"),
	NAMESPACE("cgroup", NEEDS_CGROUP_NS),
	NAMESPACE("ipc", NEEDS_IPC_NS),
	NAMESPACE("mnt", NEEDS_MNT_NS),
	NAMESPACE("net", NEEDS_NET_NS),
	NAMESPACE("pid", NEEDS_PID_NS),
	NAMESPACE("pid_for_children", NEEDS_PID_NS),
	NAMESPACE("time", NEEDS_TIME_NS),
	NAMESPACE("time_for_children", NEEDS_TIME_NS),
	NAMESPACE("user", NEEDS_USER_NS),
	NAMESPACE("uts", NEEDS_UTS_NS),
	{ { .name = "uid_map", .covers = "PROCF-03", .features = FEATURES(NEEDS_USER_NS) }, .link = false },
	{ { .name = "gid_map", .covers = "PROCF-03", .features = FEATURES(NEEDS_USER_NS) }, .link = false },
	FILE_OF("timerslack_ns", "PROCF-02"),
};

struct contents {
	long length;
	char text[TEXT];
};

static void look(struct contents *contents, const char *directory, const char *name, bool link)
{
	char path[96] = "";

	append_text(path, sizeof(path), directory);
	append_text(path, sizeof(path), "/");
	append_text(path, sizeof(path), name);
	if (link)
		contents->length = SYSCALL4(SYS_readlinkat, AT_FDCWD, path, contents->text, TEXT);
	else
		contents->length = read_file(path, contents->text, TEXT);
}

static void need_contents(const struct contents *contents)
{
	SETUP_RAW(contents->length ? contents->length : -ENODATA);
}

static void expect_same(const char *whose, const struct contents *seen, const struct contents *wanted)
{
	EXPECT_EQ(seen->length, wanted->length, whose);
	EXPECT_EQ(memcmp(seen->text, wanted->text, TEXT), 0, whose);
}

/* The last one takes power over another process, and threads have none. */
static bool is_private(const struct proc_file *file)
{
	return file == &proc_files[ARRAY_SIZE(proc_files) - 1];
}

TEST(of_child, .features = FEATURES(NEEDS_PROC),
     .summary = "files in /proc show the same of a new child as of its parent, to the child and to the parent",
     CASES_NEEDING(proc_files), THROUGH(fork_doors), .passes = each_call)
{
	const struct proc_file *file = this_case();
	const struct fork_door *door = this_door();
	struct contents *parents = shared(sizeof(*parents)), *childs = shared(sizeof(*childs));
	struct contents *from_outside = shared(sizeof(*from_outside));
	char directory[32];

	if (file->prepare)
		file->prepare();
	look(parents, "/proc/self", file->head.name, file->link);
	need_contents(parents);
	long child = door->fork();
	if (child == 0) {
		look(childs, "/proc/self", file->head.name, file->link);
		await(CHILD_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (!is_private(file))
		look(from_outside, proc_path(directory, sizeof(directory), (pid_t)child, "."), file->head.name,
		     file->link);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(child, 0);
	expect_same("to itself", childs, parents);
	if (!is_private(file))
		expect_same("to its parent", from_outside, parents);
}

struct thread_look {
	const struct proc_file *file;
	struct contents *contents;
};

static int look_as_thread(void *arg)
{
	const struct thread_look *as = arg;
	char directory[64] = "/proc/self/task/";

	append_number(directory, sizeof(directory), sys_gettid());
	look(as->contents, directory, as->file->head.name, as->file->link);
	return 0;
}

static bool of_threads(const void *row, const void *door)
{
	(void)door;
	return !is_private(row);
}

TEST(of_thread, .features = FEATURES(NEEDS_PROC),
     .summary = "files in /proc/PID/task/TID show the same of a new thread as of the thread that made it",
     CASES_NEEDING(proc_files), THROUGH(clone_doors), .passes = of_threads)
{
	const struct proc_file *file = this_case();
	const struct clone_door *door = this_door();
	struct contents *makers = shared(sizeof(*makers)), *threads = shared(sizeof(*threads));
	struct thread_look as = { file, makers };
	struct stack *stack = new_stack(); /* which maps tells, too */

	if (file->prepare)
		file->prepare();
	look_as_thread(&as);
	need_contents(makers);
	as.contents = threads;
	long tid = CLONE_CALL(door->via, stack, look_as_thread, &as, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
	expect_same("to itself", threads, makers);
}

/* ---- status ----------------------------------------------------------------------------------------- */

/* Lines that tell of one's own: numbers, memory, what one has done. */
static bool is_own(const char *line)
{
	static const char *const own[] = {
		"State:", "Tgid:", "Ngid:",   "Pid:",  "PPid:",	   "NStgid:",	"NSpid:",	"FDSize:",
		"Vm",	  "Rss",   "Hugetlb", "SigQ:", "Threads:", "voluntary", "nonvoluntary",
	};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!strncmp(line, own[i], strlen(own[i])))
			return true;
	return false;
}

/* Takes the next line off the text. */
static char *next_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	*text = end ? end + 1 : line + strlen(line);
	if (end)
		*end = 0;
	return line;
}

/* Of both the text is cut into lines. */
static void expect_same_lines(char *childs, char *parents)
{
	while (*parents) {
		const char *wanted = next_line(&parents), *seen = next_line(&childs);
		if (!is_own(wanted))
			EXPECT_EQ(strcmp(seen, wanted), 0, wanted);
	}
}

TEST(status_of_child, .covers = "PROCF-04", .features = FEATURES(NEEDS_PROC),
     .summary =
	     "/proc/PID/status has the same masks, IDs, capabilities and sets for a child as for its parent, and one thread",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	static char parents[8192], childs[8192];

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(SIGUSR1) | SIGBIT(64) }, NULL));
	SETUP_RAW(read_file("/proc/self/status", parents, sizeof(parents)));
	pid_t parent = sys_getpid();
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(proc_field("/proc/self/status", "Pid:", 10), sys_getpid());
		EXPECT_EQ(proc_field("/proc/self/status", "Tgid:", 10), sys_getpid());
		EXPECT_EQ(proc_field("/proc/self/status", "PPid:", 10), parent);
		EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), 1);
		SETUP_RAW(read_file("/proc/self/status", childs, sizeof(childs)));
		expect_same_lines(childs, parents);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- stat ------------------------------------------------------------------------------------------- */

/* Numbered as the page does; what stands in parentheses is the second. */
#define FIELDS 53

static void read_fields(const char *path, long long fields[FIELDS])
{
	char text[2048] = "";

	SETUP_RAW(read_file(path, text, sizeof(text)));
	char *at = strrchr(text, ')');
	if (!at)
		BROKEN("/proc/self/stat has no name in parentheses");
	fields[1] = strtoll(text, NULL, 10);
	at += 3; /* a blank and the state, a letter */
	for (int n = 4; n < FIELDS; n++)
		fields[n] = (long long)strtoull(at, &at, 10);
}

static const struct stat_field {
	const char *name;
	int number;
} inherited[] = {
	{ "pgrp", 5 },	      { "session", 6 },	   { "tty_nr", 7 },	 { "tpgid", 8 },	{ "priority", 18 },
	{ "nice", 19 },	      { "rsslim", 25 },	   { "startcode", 26 },	 { "endcode", 27 },	{ "startstack", 28 },
	{ "blocked", 32 },    { "sigignore", 33 }, { "sigcatch", 34 },	 { "exit_signal", 38 }, { "rt_priority", 40 },
	{ "policy", 41 },     { "start_data", 45 }, { "end_data", 46 },	 { "start_brk", 47 },	{ "arg_start", 48 },
	{ "arg_end", 49 },    { "env_start", 50 }, { "env_end", 51 },
}, zero[] = {
	{ "cminflt", 11 }, { "cmajflt", 13 }, { "cutime", 16 }, { "cstime", 17 }, { "signal", 31 }, { "cguest_time", 44 },
	{ "exit_code", 52 },
};

TEST(stat_of_child, .covers = "PROCF-05", .features = FEATURES(NEEDS_PROC),
     .summary = "/proc/PID/stat of a new child shows what it inherits, and nothing of its parent's children",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	static long long parents[FIELDS], childs[FIELDS];

	/* Children that the parent has waited for are the parent's own. */
	pid_t before = start_child(CHILD_MAY_GO, 0);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(before, 0);
	read_fields("/proc/self/stat", parents);
	EXPECT_GT(parents[11], 0);
	pid_t parent = sys_getpid();
	long child = door->fork();
	if (child == 0) {
		read_fields("/proc/self/stat", childs);
		EXPECT_EQ(childs[1], sys_getpid());
		EXPECT_EQ(childs[4], parent);
		EXPECT_EQ(childs[20], 1);
		EXPECT_GE(childs[22], parents[22]);
		for (size_t i = 0; i < ARRAY_SIZE(inherited); i++)
			EXPECT_EQ(childs[inherited[i].number], parents[inherited[i].number], inherited[i].name);
		for (size_t i = 0; i < ARRAY_SIZE(zero); i++)
			EXPECT_EQ(childs[zero[i].number], 0, zero[i].name);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Arguments are memory ---------------------------------------------------------------------------- */

/* Where they stand: field 48 of stat, the 46th after the name. */
static volatile char *arguments(void)
{
	static char text[4096];

	SETUP_RAW(read_file("/proc/self/stat", text, sizeof(text)));
	const char *at = strrchr(text, ')');
	for (int field = 2; at && field < 48; field++)
		at = strchr(at + 1, ' ');
	unsigned long start = at ? strtoul(at, NULL, 10) : 0;
	if (!start)
		BROKEN("stat has no start of arguments");
	return (volatile char *)start;
}

static char first_letter(pid_t pid)
{
	char path[64], text[4096];

	SETUP_RAW(read_file(proc_path(path, sizeof(path), pid, "cmdline"), text, sizeof(text)));
	return text[0];
}

TEST(own_arguments, .covers = "PROCF-06", .features = FEATURES(NEEDS_PROC), THROUGH(fork_doors),
     .summary = "/proc shows what a child writes over its arguments in the child's cmdline, and not in its parent's")
{
	const struct fork_door *door = this_door();
	volatile char *mine = arguments();
	const char before = first_letter(sys_getpid());

	long child = door->fork();
	if (child == 0) {
		mine[0] = '#';
		EXPECT_EQ(first_letter(sys_getpid()), '#');
		post(CHILD_MAY_GO + 1);
		await(CHILD_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(CHILD_MAY_GO + 1);
	EXPECT_NE(before, '#');
	EXPECT_EQ(first_letter((pid_t)child), '#');
	EXPECT_EQ(first_letter(sys_getpid()), before);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(child, 0);
}

/* ---- Both of a thread ------------------------------------------------------------------------------- */

struct thread_record {
	char status[8192];
	long long stat[FIELDS];
};

static int record_thread(void *arg)
{
	struct thread_record *record = arg;
	char directory[64] = "/proc/self/task/", path[96] = "";

	append_number(directory, sizeof(directory), sys_gettid());
	append_text(path, sizeof(path), directory);
	append_text(path, sizeof(path), "/status");
	SETUP_RAW(read_file(path, record->status, sizeof(record->status)));
	append_text(directory, sizeof(directory), "/stat");
	read_fields(directory, record->stat);
	return 0;
}

static long long line_of(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

TEST(status_of_thread, .covers = "PROCF-10", .features = FEATURES(NEEDS_PROC),
     .summary =
	     "status and stat of a new thread show its own numbers, and what it inherits from the thread that made it",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct thread_record *maker = shared(sizeof(*maker)), *thread = shared(sizeof(*thread));
	pid_t parent = sys_getppid();

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(SIGUSR1) | SIGBIT(64) }, NULL));
	record_thread(maker);
	long tid = CLONE_CALL(door->via, new_stack(), record_thread, thread, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
	EXPECT_EQ(line_of(thread->status, "\nPid:"), tid);
	EXPECT_EQ(line_of(thread->status, "\nTgid:"), sys_getpid());
	EXPECT_EQ(line_of(thread->status, "\nPPid:"), parent);
	EXPECT_EQ(line_of(thread->status, "\nThreads:"), 2);
	expect_same_lines(thread->status, maker->status);
	EXPECT_EQ(thread->stat[1], tid);
	EXPECT_EQ(thread->stat[4], parent);
	EXPECT_EQ(thread->stat[20], 2);
	EXPECT_GE(thread->stat[22], maker->stat[22]);
	for (size_t i = 0; i < ARRAY_SIZE(inherited); i++)
		if (strcmp(inherited[i].name, "exit_signal"))
			EXPECT_EQ(thread->stat[inherited[i].number], maker->stat[inherited[i].number],
				  inherited[i].name);
}
