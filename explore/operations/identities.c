// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Who an actor is: its process, its thread, its parent. */
#include "../actor.h"
#include "forkcheck.h"

static long get_pid(unsigned n)
{
	(void)n;
	return sys_getpid();
}

static void predict_pid(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)n;
	predict(prediction, NAMED(w->actor[actor].object[PROCESS]), "CLONE-THREAD-01 CLONE-THREAD-03");
}

static long get_tid(unsigned n)
{
	(void)n;
	return sys_gettid();
}

static void predict_tid(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)w, (void)n;
	predict(prediction, NAMED(actor), "CLONE-THREAD-02 CLONE-THREAD-09");
}

static long get_ppid(unsigned n)
{
	(void)n;
	return sys_getppid();
}

static void predict_ppid(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)n;
	predict(prediction, NAMED(w->process[w->actor[actor].object[PROCESS]].parent),
		"FORK-013 CLONE-PARENT-01 CLONE-PARENT-03 CLONE-THREAD-04 THR-03");
}

LOOK(pid_look) = { .name = "pid", .get = get_pid, .c = "getpid()", .predict = predict_pid, .form = FORM_PROCESS };
LOOK(tid_look) = {
	.name = "tid", .get = get_tid, .c = "syscall(SYS_gettid)", .predict = predict_tid, .form = FORM_THREAD
};
LOOK(ppid_look) = { .name = "ppid", .get = get_ppid, .c = "getppid()", .predict = predict_ppid, .form = FORM_PROCESS };
