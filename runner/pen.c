// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "cell.h"
#include "die.h"
#include "names.h"
#include "pen.h"
#include "sweep.h"

static pid_t inmate;

static void pass_on(int sig)
{
	if (inmate > 0)
		raw_kill(inmate, sig);
}

static bool furnish(struct pen *pen)
{
	if (sys_getpid() != 1)
		return false; /* the flag was accepted and ignored */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return false;
	if (geteuid() && !privileges_keep())
		return false;
	pen->own_tmp = !mount("forkcheck", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");
	pen->closed = true;
	return true;
}

static _Noreturn void live_inside(int go, int ready, const struct pen *outside, int (*inside)(const struct pen *))
{
	struct pen pen = { .tasks = outside->tasks };
	char byte;

	/* End of file: the process outside is gone, or could not write the ID maps. */
	if (read(go, &byte, 1) != 1)
		_exit(0);
	close(go);
	byte = furnish(&pen) ? 'y' : 'n';
	if (write(ready, &byte, 1) != 1 || byte != 'y')
		_exit(0);
	close(ready);
	exit(inside(&pen));
}

static int wait_for_inmate(void)
{
	int status = 0;

	while (raw_wait4(inmate, &status, 0, NULL) == -EINTR)
		;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fprintf(stderr, "forkcheck: the run was %s\n", status_text(status));
	return EXIT_USAGE;
}

/* Makes the first process of the pen. Returns false where that is not possible, in the outer process only. */
static bool enclose(bool user_ns, const struct pen *outside, int (*inside)(const struct pen *))
{
	unsigned long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | (user_ns ? CLONE_NEWUSER : 0);
	const struct sigaction action = { .sa_handler = pass_on };
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int go[2], ready[2];
	char answer = 'n', byte = 'x';

	if (pipe(go) || pipe(ready))
		return false;
	long pid = sys_clone(flags | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid == 0) {
		close(go[1]);
		close(ready[0]);
		live_inside(go[0], ready[1], outside, inside);
	}
	close(go[0]);
	close(ready[1]);
	if (pid > 0) {
		inmate = (pid_t)pid;
		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
		sigaction(SIGHUP, &action, NULL);
		/* No test without privileges should be user 0, which has rules of its own. */
		if (!user_ns || !map_user_namespace(inmate, uid ? uid : 1000, uid, gid))
			(void)!write(go[1], &byte, 1);
	}
	close(go[1]);
	if (pid > 0 && read(ready[0], &answer, 1) != 1)
		answer = 'n';
	close(ready[0]);
	if (answer == 'y')
		return true;
	if (pid > 0)
		wait_for_inmate();
	return false;
}

int pen_run(int (*inside)(const struct pen *pen))
{
	struct pen none = { .open_because = "no namespaces to be had", .tasks = user_tasks() };
	const struct privileges have = privileges_now();
	/* Root who can't become another user is an ordinary one, too. */
	bool root_alone = geteuid() == 0 && !have.root;
	bool admin = have.caps & CAP(SYS_ADMIN) && !root_alone;

	if (sys_getpid() == 1) {
		none.open_because = "already the first process of a PID namespace";
		none.closed = true;
		return inside(&none);
	}
	fflush(NULL);
	if (enclose(!admin, &none, inside))
		return wait_for_inmate();
	return inside(&none);
}
