// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "directory.h"
#include "ground.h"
#include "ladder.h"
#include "watcher.h"
#include "sweep.h"
#include "workplace.h"

/*
 * The users of the cells: some for each run, chosen by its process id and the namespace of that, so that runs beside
 * each other, and what else the machine has running as nobody, are not mixed up with it. A user whose processes can't be
 * killed is not used again.
 */
#define ORDINARY_UIDS 20000
#define RUNS_APART (32768 / USERS_OF_RUN)

/* Those that no process has, where a signal to one of them would reach it. */
static void choose_users(struct run *run)
{
	uid_t place = (uid_t)(sys_getpid() + namespace_of_self("pid"));

	do
		run->first_uid = ORDINARY_UIDS + USERS_OF_RUN * (place++ % RUNS_APART);
	while (run->have.root && !run->pen->closed && users_in_use(run->first_uid, USERS_OF_RUN));
}

/* Of what is to be cleared up should the run be killed, the kernel does most where there is a pen. */
static void watch_over(struct run *run)
{
	struct watched watched = { .first = run->first_uid,
				   .users = run->have.root ? USERS_OF_RUN : 0,
				   .outside = !run->pen->closed && run->have.root };

	if (!run->pen->own_tmp)
		snprintf(watched.base, sizeof(watched.base), "%s", run->base);
	watcher_tell(&watched);
}

void ground_prepare(struct run *run)
{
	umask(022); /* not before the caller's files are open */
	run->strays = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	run->have = privileges_now();
	run->rung = missing_rung();
	choose_users(run);
	run->nursery.exec_stays = exec_stays();
	if (!workplace_make(run->base, sizeof(run->base), run->pen))
		run->base[0] = 0;
	watch_over(run);
	for (unsigned i = 0; i < run->options->jobs; i++)
		slot_init(&run->slots[i], run->numbers++, run->base[0] ? run->base : NULL);
	/* So that "a directory to write to" means the same here as in the cells. */
	(void)!chdir(run->base[0] ? run->base : "/");
	nursery_begin(run);
}

void ground_clear(struct run *run)
{
	nursery_end(run);
	(void)!chdir("/");
	if (run->base[0]) {
		empty_directory(run->base);
		rmdir(run->base);
	}
	watcher_tell(&(struct watched){ 0 });
	expectations_free(&run->expectations);
	report_free(&run->report);
	past_free(&run->past, &run->suite);
	suite_free(&run->suite);
	free(run->order);
	free(run->results);
	free(run->slots);
	free(run->spared);
	free(run->polled);
}
