// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a shell does: pipelines of programs, and jobs that are stopped and continued. */
#include "forkcheck.h"

#include <spawn.h>

enum { STAGES = 3 };

/* What a stage of a pipeline executes. */
struct program {
	enum image image;
	int arg;
};

/* A program between two pipes. */
struct stage {
	struct program program;
	int in, out;
	pid_t group; /* 0: it leads a group of its own */
};

/* ---- The ways to start a program ------------------------------------------------------------------ */

/*
 * In the child, which may share the memory with the shell. Pipes are close-on-exec, but for the copies made here.
 * What fails is seen in the status.
 */
static int become_stage(void *arg)
{
	const struct stage *stage = arg;

	if (sys_setpgid(0, stage->group) || sys_dup3(stage->in, STDIN_FILENO, 0) < 0 ||
	    sys_dup3(stage->out, STDOUT_FILENO, 0) < 0)
		return 126;
	execute_self(stage->program.image, stage->program.arg);
	return 127;
}

static long by_fork(long (*fork)(void), struct stage *stage)
{
	long child = fork();
	if (child == 0)
		leave(become_stage(stage));
	return child;
}

static long by_spawn(const struct stage *stage)
{
	char *const no_environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	struct image_arguments args;
	pid_t child = 0;

	image_arguments(&args, stage->program.image, stage->program.arg);
	SETUP(-posix_spawn_file_actions_init(&files));
	SETUP(-posix_spawn_file_actions_adddup2(&files, stage->in, STDIN_FILENO));
	SETUP(-posix_spawn_file_actions_adddup2(&files, stage->out, STDOUT_FILENO));
	SETUP(-posix_spawnattr_init(&attributes));
	SETUP(-posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP));
	SETUP(-posix_spawnattr_setpgroup(&attributes, stage->group));
	int error = posix_spawn(&child, self_program(), &files, &attributes, args.argv, no_environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return error ? -error : child;
}

static const struct way {
	struct case_head head;
	const struct fork_door *fork;
	const struct vfork_door *vfork; /* neither: posix_spawn */
} ways[] = {
	{ { "fork", .covers = "FORK-037" }, &fork_doors[0], NULL },
	{ { "fork_clone3", .covers = "FORK-037", .features = FEATURES(NEEDS_CLONE3) }, &fork_doors[3], NULL },
	{ { "vfork", .covers = "VFORK-008 VFORK-023 EXEC-05" }, NULL, &vfork_doors[0] },
	{ { "vfork_clone3", .covers = "VFORK-008 VFORK-023 EXEC-05", .features = FEATURES(NEEDS_CLONE3) },
	  NULL,
	  &vfork_doors[2] },
	{ { "spawn", .covers = "SPAWN-01 SPAWN-09 SPAWN-10 SPAWN-15 SPAWN-16" }, NULL, NULL },
};

static pid_t start(const struct way *way, struct stage *stage)
{
	long child;

	if (way->fork)
		child = by_fork(way->fork->fork, stage);
	else if (way->vfork)
		child = way->vfork->vfork(become_stage, stage);
	else
		child = by_spawn(stage);
	REQUIRE_GT(child, 0);
	/* As shells do, here and in the child: whichever comes first. This one fails where the program runs already. */
	long r = sys_setpgid((pid_t)child, stage->group);
	if (r)
		EXPECT_FAILS(r, EACCES);
	EXPECT_EQ(sys_getpgid((pid_t)child), stage->group ? stage->group : child);
	return (pid_t)child;
}

/* ---- A job ---------------------------------------------------------------------------------------- */

struct job {
	int stages;
	pid_t pids[STAGES];
	pid_t group;
	int in, out; /* the shell's ends */
};

static void start_job(const struct way *way, const struct program *programs, int count, struct job *job)
{
	int ends[2];

	SETUP(pipe2(ends, O_CLOEXEC));
	job->in = ends[1];
	job->out = ends[0];
	job->stages = count;
	job->group = 0;
	for (int i = 0; i < count; i++) {
		struct stage stage = { .program = programs[i], .in = job->out, .group = job->group };
		SETUP(pipe2(ends, O_CLOEXEC));
		stage.out = ends[1];
		job->pids[i] = start(way, &stage);
		if (i == 0)
			job->group = job->pids[0];
		/* The child has copies of its own, also one that shares the memory. */
		SETUP_RAW(sys_close(stage.in));
		SETUP_RAW(sys_close(stage.out));
		job->out = ends[0];
	}
}

/* One report of a process of the job: the process's place. */
static int report_of(const struct job *job, int options, int *status)
{
	*status = 0;
	long pid = wait_for(-job->group, status, options, NULL);
	int n = 0;

	while (n < job->stages && job->pids[n] != pid)
		n++;
	REQUIRE_LT(n, job->stages);
	return n;
}

/* Each of the job tells the same once (with EXITS: each its own status), and then no more. */
enum { EXITS = -1 };

static void expect_reports(const struct job *job, int options, int want)
{
	unsigned seen = 0;
	int status;

	for (int i = 0; i < job->stages; i++) {
		int n = report_of(job, options, &status);
		EXPECT_EQ(status, want == EXITS ? W_EXITCODE(10 + n, 0) : want, i);
		EXPECT_EQ(seen & 1U << n, 0, i);
		seen |= 1U << n;
	}
	EXPECT_EQ(wait_for(-job->group, &status, options | WNOHANG, NULL), want == EXITS ? -ECHILD : 0);
}

static const struct program filters[STAGES] = { { IMAGE_FILTER, 10 }, { IMAGE_FILTER, 11 }, { IMAGE_FILTER, 12 } };
static const char text[] = "pipeline";
enum { LENGTH = sizeof(text) - 1 };

/* Ends the input of a job of these filters, and wants all that was written, and then the end. */
static void expect_output(const struct job *job)
{
	char got[2 * LENGTH] = "";
	long length = 0;

	SETUP_RAW(sys_close(job->in));
	for (long n = 1; n > 0 && length<(long)sizeof(got); length += n> 0 ? n : 0)
		n = sys_read(job->out, got + length, sizeof(got) - (size_t)length);
	EXPECT_EQ(length, LENGTH);
	for (int i = 0; i < LENGTH; i++)
		EXPECT_EQ(got[i], text[i] + STAGES, i);
	expect_reports(job, 0, EXITS);
	EXPECT_NO_CHILD();
}

/* ---- The tests ------------------------------------------------------------------------------------ */

TEST(pipeline, .covers = "INH-FD-11 WAIT-07 POSIX-019 EXIT-02",
     .summary = "what is written to a pipeline of programs comes out once and in order, passed through each, and then "
		"the end of file; the status of each is its own",
     CASES_NEEDING(ways))
{
	struct job job;
	long own[2];

	for (int fd = 0; fd < 2; fd++)
		own[fd] = sys_fcntl(fd, F_GETFD, 0);
	start_job(this_case(), filters, STAGES, &job);
	for (int fd = 0; fd < 2; fd++)
		EXPECT_EQ(sys_fcntl(fd, F_GETFD, 0), own[fd], fd);
	EXPECT_EQ(sys_write(job.in, text, LENGTH), LENGTH);
	expect_output(&job);
}

TEST(job_control, .covers = "INH-SIG-06 WAIT-07 WAIT-10 WAIT-11 WAIT-17 WAIT-23 WAIT-43",
     .summary = "a pipeline is one job: all of it stops and goes on by one signal each, which each of it reports once; "
		"meanwhile nothing passes, afterwards all of it",
     CASES_NEEDING(ways))
{
	struct job job;
	char byte;

	start_job(this_case(), filters, STAGES, &job);
	SETUP_RAW(sys_fcntl(job.out, F_SETFL, O_NONBLOCK));
	EXPECT_OK(checked_killpg(job.group, SIGTSTP));
	expect_reports(&job, WUNTRACED, W_STOPCODE(SIGTSTP));
	EXPECT_EQ(sys_write(job.in, text, LENGTH), LENGTH);
	EXPECT_FAILS(sys_read(job.out, &byte, 1), EAGAIN);
	SETUP_RAW(sys_fcntl(job.out, F_SETFL, 0));
	EXPECT_OK(checked_killpg(job.group, SIGCONT));
	expect_reports(&job, WCONTINUED, 0xffff);
	expect_output(&job);
}

TEST(broken_pipe, .covers = "INH-FD-11",
     .summary =
	     "when the last program of a pipeline has ended, the one before it is killed as soon as it writes: nobody "
	     "else has the pipe",
     CASES_NEEDING(ways))
{
	static const struct program programs[] = { { IMAGE_FILTER, 10 }, { IMAGE_READ, STDIN_FILENO } };
	const struct sigaction action = { .sa_handler = SIG_DFL };
	struct job job;

	SETUP(sigaction(SIGPIPE, &action, NULL));
	start_job(this_case(), programs, ARRAY_SIZE(programs), &job);
	EXPECT_EQ(sys_write(job.in, text, 1), 1);
	EXPECT_EXITED(job.pids[1], 0);
	EXPECT_EQ(sys_write(job.in, text, 1), 1);
	/* A program that is not killed comes to its end by this. */
	SETUP_RAW(sys_close(job.in));
	EXPECT_KILLED(job.pids[0], SIGPIPE);
	EXPECT_NO_CHILD();
}
