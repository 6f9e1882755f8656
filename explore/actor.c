// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "actor.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <unistd.h>

#include "cell.h"
#include "explore.h"

static char stacks[ACTORS][STACK_SIZE] __attribute__((aligned(64)));

char *actor_stack(unsigned actor)
{
	return stacks[actor];
}

unsigned look_slot(unsigned look, unsigned n)
{
	unsigned slot = n;

	for (unsigned i = 0; i < look; i++)
		slot += look_instances(looks[i]);
	return slot;
}

static void ring(void)
{
	__atomic_add_fetch(&stage->bell, 1, __ATOMIC_SEQ_CST);
	SYSCALL3(SYS_futex, &stage->bell, FUTEX_WAKE, INT32_MAX);
}

static void look_around(struct seat *seat)
{
	unsigned slot = 0;

	for (unsigned i = 0; i < look_count; i++)
		for (unsigned n = 0; n < look_instances(looks[i]); n++)
			seat->looked[slot++] = looks[i]->get(n);
}

static void await_turn(struct seat *seat, uint32_t turn)
{
	while (__atomic_load_n(&seat->turn, __ATOMIC_SEQ_CST) == turn)
		SYSCALL4(SYS_futex, &seat->turn, FUTEX_WAIT, turn, NULL);
}

static void begin(struct seat *seat)
{
	seat->pid = sys_getpid();
	seat->tid = sys_gettid();
	if (!seat->begun)
		seat->first_tid = seat->tid;
	__atomic_add_fetch(&seat->begun, 1, __ATOMIC_SEQ_CST);
	ring();
}

static _Noreturn int take_turns(void *number)
{
	struct seat *seat = &stage->seat[(intptr_t)number];
	uint32_t turn = __atomic_load_n(&seat->turn, __ATOMIC_SEQ_CST);

	begin(seat);
	for (;;) {
		await_turn(seat, turn);
		turn = __atomic_load_n(&seat->turn, __ATOMIC_SEQ_CST);
		if (seat->what == LOOK_AROUND)
			look_around(seat);
		else
			operations[seat->operation]->act(&seat->order, &seat->answer);
		__atomic_store_n(&seat->answered, turn, __ATOMIC_SEQ_CST);
		ring();
	}
}

int actor_main(void *number)
{
	stack_switch(actor_stack((unsigned)(intptr_t)number) + STACK_SIZE, take_turns, number);
	return 0;
}

/* ---- The stage ----------------------------------------------------------------------------------- */

static bool map_stage(int fd)
{
	return mmap(STAGE_ADDRESS, sizeof(struct stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
	       STAGE_ADDRESS;
}

/* Moves a descriptor to a number that actors leave alone. It outlives execve. */
static bool move_to(long fd, int number)
{
	if (fd < 0 || SYSCALL3(SYS_dup3, fd, number, 0) < 0)
		return false;
	sys_close((int)fd);
	return true;
}

bool stage_open(void)
{
	/* Files without a name, and the program, for whom /proc/self leads nowhere: the first thread may have ended. */
	if (!move_to(SYSCALL2(SYS_memfd_create, "forkcheck", 0), FD_STAGE) ||
	    !move_to(SYSCALL2(SYS_memfd_create, "forkcheck", 0), FD_COMMON) ||
	    !move_to(sys_open("/proc/self/exe", O_PATH), FD_SELF))
		return false;
	self_at(FD_SELF);
	return !ftruncate(FD_STAGE, sizeof(struct stage)) && map_stage(FD_STAGE);
}

long actor_exec_self(unsigned actor)
{
	char number[4] = "";
	char *argv[] = { "forkcheck", "--actor", number, NULL };

	append_number(number, sizeof(number), actor);
	return self_execute(argv);
}

int actor_execute(int argc, char **argv)
{
	if (argc != 3 || !map_stage(FD_STAGE))
		return 127;
	self_at(FD_SELF);
	registry_begin();
	events_init();
	return actor_main((void *)(intptr_t)atoi(argv[2]));
}
