// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "cell.h"
#include "clock.h"
#include "die.h"
#include "names.h"
#include "outside.h"
#include "pen.h"
#include "shared.h"
#include "sweep.h"
#include "usher.h"

/* How long the pen may take to end once the run is over. */
#define PATIENCE_SECONDS 5.0

static pid_t inmate;
static struct usher usher = { .door = -1, .guest = -1, .socket = -1 };

static void pass_on(int sig)
{
	if (inmate > 0)
		raw_kill(inmate, sig);
}

/* What is mounted in the pen stays in it. */
static bool keep_mounts_inside(void)
{
	if (!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return true;
	/* In a chroot "/" need not be a mount: from the namespace's own root, and back. */
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	bool done = root >= 0 && here >= 0 && !setns(namespace, CLONE_NEWNS) &&
		    !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) && !fchdir(root) && !chroot(".") &&
		    !fchdir(here);
	close(root);
	close(here);
	close(namespace);
	return done;
}

/* What tests leave there is nobody's, and no more than a part of the memory. */
static void hide_shared(struct pen *pen)
{
	/* The path that it was started with may be hidden by that directory. */
	self_find();
	pen->own_tmp = !mount("forkcheck", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=25%");
	if (pen->own_tmp)
		mkdir(QUEUES, 0755);
	shared_renew();
}

static bool furnish(struct pen *pen)
{
	if (sys_getpid() != 1)
		return false; /* the flag was accepted and ignored */
	if (!keep_mounts_inside() || mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return false;
	if (geteuid() && !privileges_keep())
		return false;
	hide_shared(pen);
	pen->open_because = NULL;
	pen->closed = true;
	return true;
}

static _Noreturn void live_inside(unsigned long flags, int go, int told, const struct pen *outside,
				  int (*inside)(void *, const struct pen *), void *context)
{
	const struct privileges ordinary = { 0 };
	struct pen pen = *outside;
	unsigned char byte;

	/* End of file: the process outside is gone, or could not write the ID maps. */
	if (read(go, &byte, 1) != 1)
		_exit(0);
	close(go);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (flags & CLONE_NEWPID)
		byte = furnish(&pen) ? 'y' : 'n';
	else
		byte = privileges_drop(0, false, &ordinary) ? 'n' : 'y';
	if (write(told, &byte, 1) != 1 || byte != 'y')
		_exit(0);
	byte = (unsigned char)inside(context, &pen);
	fflush(NULL);
	/* Before the end, which comes only when everything in the pen has died. */
	(void)!write(told, &byte, 1);
	_exit(byte);
}

/* Waits for the end of the process in the pen; not for ever, as it waits for all others there, and one may not die. */
static bool inmate_ended(int *status)
{
	const double until = monotonic() + PATIENCE_SECONDS;
	long pid;

	while ((pid = raw_wait4(inmate, status, WNOHANG, NULL)) == 0 && monotonic() < until)
		poll(NULL, 0, 1);
	return pid != 0;
}

/*
 * A test that is root may have stopped the runner by tracing it, and a signal that reached it meanwhile keeps it stopped: nobody
 * inside can do anything about either.
 */
static void free_inmate(void)
{
	struct process process;
	char path[64];

	if (!process_now(inmate, &process))
		return;
	if (process.state == 'T')
		raw_kill(inmate, SIGCONT);
	if (process.state != 't')
		return;
	pid_t tracer = (pid_t)proc_field(proc_path(path, sizeof(path), inmate, "status"), "TracerPid:", 10);
	/* A debugger outside is its user's business. */
	if (tracer > 1 && pid_namespace_of(inmate) && pid_namespace_of(tracer) == pid_namespace_of(inmate))
		raw_kill(tracer, SIGKILL);
}

/* Does what the pen needs meanwhile. */
static void await_end(int told)
{
	for (;;) {
		struct pollfd what[] = { { told, POLLIN, 0 }, { usher_waits_for(&usher), POLLIN, 0 } };
		if (poll(what, ARRAY_SIZE(what), 1000) <= 0)
			free_inmate();
		else if (what[0].revents)
			return;
		else
			usher_serve(&usher);
	}
}

/* Until the run is over, its status by this pipe, or the process in the pen is dead. */
static int wait_for_run(int told)
{
	unsigned char byte;
	int status = 0;

	await_end(told);
	ssize_t n = read(told, &byte, 1);
	if (inmate_ended(&status)) {
		if (n == 1 || WIFEXITED(status))
			return n == 1 ? byte : WEXITSTATUS(status);
		fprintf(stderr, "forkcheck: the run was %s\n", status_text(status));
		return EXIT_USAGE;
	}
	fprintf(stderr,
		"forkcheck: the run is over, but process %d can't end, since something in its PID namespace does not die\n",
		inmate);
	return n == 1 ? byte : EXIT_USAGE;
}

static void end_inmate(void)
{
	int status;

	raw_kill(inmate, SIGKILL);
	inmate_ended(&status);
	inmate = 0;
}

#define AROUND (CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)
#define PEN (AROUND | CLONE_NEWPID)

/*
 * Makes the first process of the pen, or of a user namespace alone. Returns what it tells by, or -1 where that is not possible; in the
 * outer process only.
 */
static int enclose(unsigned long flags, const struct pen *outside, int (*inside)(void *, const struct pen *),
		   void *context)
{
	const struct sigaction action = { .sa_handler = pass_on };
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int go[2], told[2];
	char answer = 'n', byte = 'x';

	if (pipe2(go, O_CLOEXEC) || pipe2(told, O_CLOEXEC))
		return -1;
	long pid = sys_clone(flags | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid == 0) {
		close(go[1]);
		close(told[0]);
		live_inside(flags, go[0], told[1], outside, inside, context);
	}
	close(go[0]);
	close(told[1]);
	if (pid > 0) {
		inmate = (pid_t)pid;
		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
		sigaction(SIGHUP, &action, NULL);
		if (flags == PEN && namespace_of_self("pid") == INITIAL_PID_NS)
			usher_open(&usher, pid_namespace_of(inmate));
		/* No test without privileges should be user 0, which has rules of its own. */
		if (!(flags & CLONE_NEWUSER) ||
		    !map_user_namespace(inmate, uid ? uid : 1000, gid ? gid : 1001, uid, gid))
			(void)!write(go[1], &byte, 1);
	}
	close(go[1]);
	if (pid > 0 && read(told[0], &answer, 1) != 1)
		answer = 'n';
	if (answer == 'y')
		return told[0];
	close(told[0]);
	if (pid > 0)
		end_inmate();
	return -1;
}

int pen_run(int (*inside)(void *context, const struct pen *pen), void *context)
{
	struct pen none = { .open_because = "no namespaces to be had", .tasks = user_tasks() };
	const struct privileges have = privileges_now();
	/* Root who can't become another user is an ordinary one, too. */
	bool root_alone = geteuid() == 0 && !have.root;
	bool admin = have.caps & CAP(SYS_ADMIN) && !root_alone;

	if (sys_getpid() == 1) {
		none.open_because = "already the first process of a PID namespace";
		none.closed = true;
		/* Of a machine with more than this run in it: what it leaves would stay there. */
		if (namespace_of_self("pid") != INITIAL_PID_NS && !sys_unshare(AROUND) && keep_mounts_inside())
			hide_shared(&none);
	}
	fflush(NULL);
	int told = none.closed ? -1 : enclose(admin ? PEN : PEN | CLONE_NEWUSER, &none, inside, context);
	/* Without a pen root may still get another number, with which he is an ordinary user. */
	if (told < 0 && root_alone)
		told = enclose(CLONE_NEWUSER, &none, inside, context);
	return told < 0 ? inside(context, &none) : wait_for_run(told);
}
