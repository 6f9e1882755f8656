// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Shared memory, and events in it. */
#include <linux/futex.h>

#include "forkcheck.h"
#include "cell.h"

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

void post(unsigned event)
{
	__atomic_store_n(&events[event], 1, __ATOMIC_SEQ_CST);
	SYSCALL4(SYS_futex, &events[event], FUTEX_WAKE, INT32_MAX, NULL);
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
	return __atomic_load_n(&events[event], __ATOMIC_SEQ_CST);
}
