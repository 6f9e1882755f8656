// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Shared memory, and events in it. */
#include <linux/futex.h>

#include "forkcheck.h"
#include "cell.h"

/* Of each: whether it was posted, or can't be any more. */
enum { OPEN, POSTED, GIVEN_UP };

static uint32_t *events;

size_t page_size(void)
{
	static size_t size;

	if (!size)
		size = (size_t)sysconf(_SC_PAGESIZE);
	return size;
}

void *shared(size_t size)
{
	size_t page = page_size();
	size = (size + page - 1) / page * page;
	volatile char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		BROKEN("no shared memory");
	for (size_t i = 0; i < size; i += page)
		map[i] = 0; /* present, so that no later access sleeps in a page fault */
	return (void *)map;
}

void events_init(void)
{
	events = shared(EVENTS * sizeof(*events));
}

static void wake(unsigned event)
{
	SYSCALL4(SYS_futex, &events[event], FUTEX_WAKE, INT32_MAX, NULL);
}

void post(unsigned event)
{
	__atomic_store_n(&events[event], POSTED, __ATOMIC_SEQ_CST);
	wake(event);
}

void leave_test(int status)
{
	for (unsigned event = 0; events && event < EVENTS; event++) {
		uint32_t open = OPEN;
		if (__atomic_compare_exchange_n(&events[event], &open, GIVEN_UP, false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			wake(event);
	}
	sys_exit_group(status);
}

void await(unsigned event)
{
	while (!posted(event)) {
		long r = SYSCALL4(SYS_futex, &events[event], FUTEX_WAIT, 0, NULL);
		if (r && r != -EAGAIN && r != -EINTR)
			sys_sched_yield(); /* no futex here: poll */
	}
}

bool posted(unsigned event)
{
	uint32_t state = __atomic_load_n(&events[event], __ATOMIC_SEQ_CST);

	if (state == GIVEN_UP)
		sys_exit_group(1);
	return state == POSTED;
}
