// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "processors.h"
#include "syscalls.h"

#define MAX_PROCESSORS 1024
#define WORD_BITS (8 * sizeof(unsigned long))
#define MASK_WORDS (MAX_PROCESSORS / WORD_BITS)

static int names[MAX_PROCESSORS] = { 0 };
static int count = 1;

void processors_find(void)
{
	unsigned long mask[MASK_WORDS] = { 0 };

	if (SYSCALL3(SYS_sched_getaffinity, 0, sizeof(mask), mask) <= 0)
		return;
	count = 0;
	for (int n = 0; n < MAX_PROCESSORS; n++)
		if (mask[(size_t)n / WORD_BITS] & 1ul << (size_t)n % WORD_BITS)
			names[count++] = n;
}

int processor_count(void)
{
	return count;
}

int processor_name(int n)
{
	return names[n];
}

bool pin_to(int n)
{
	unsigned long mask[MASK_WORDS] = { 0 };
	int name = names[n];

	mask[(size_t)name / WORD_BITS] = 1ul << (size_t)name % WORD_BITS;
	return SYSCALL3(SYS_sched_setaffinity, 0, sizeof(mask), mask) >= 0;
}
