// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* All operations, looks and properties: what the linker has gathered, in the order of their names. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operation.h"
#include "forkcheck.h"

#define MOST 256

extern const struct operation *const __start_explore_operations[], *const __stop_explore_operations[];
extern const struct look *const __start_explore_looks[], *const __stop_explore_looks[];
extern const struct property *const __start_explore_properties[], *const __stop_explore_properties[];

const struct operation *operations[MOST];
const struct look *looks[MOST];
const struct property *properties[MOST];
unsigned operation_count, look_count, property_count;

static int by_operation(const void *a, const void *b)
{
	return strcmp((*(const struct operation *const *)a)->name, (*(const struct operation *const *)b)->name);
}

static int by_look(const void *a, const void *b)
{
	return strcmp((*(const struct look *const *)a)->name, (*(const struct look *const *)b)->name);
}

static int by_property(const void *a, const void *b)
{
	return strcmp((*(const struct property *const *)a)->look.name, (*(const struct property *const *)b)->look.name);
}

void registry_begin(void)
{
	if (operation_count)
		return;
	for (const struct operation *const *o = __start_explore_operations; o < __stop_explore_operations; o++)
		operations[operation_count++] = *o;
	for (const struct property *const *c = __start_explore_properties; c < __stop_explore_properties; c++) {
		properties[property_count++] = *c;
		looks[look_count++] = &(*c)->look;
	}
	for (const struct look *const *l = __start_explore_looks; l < __stop_explore_looks; l++)
		looks[look_count++] = *l;
	qsort(operations, operation_count, sizeof(operations[0]), by_operation);
	qsort(properties, property_count, sizeof(properties[0]), by_property);
	qsort(looks, look_count, sizeof(looks[0]), by_look);
}

const struct operation *operation_find(const char *name)
{
	for (unsigned i = 0; i < operation_count; i++)
		if (!strcmp(operations[i]->name, name))
			return operations[i];
	return NULL;
}

const struct property *property_of(const struct look *look)
{
	for (unsigned i = 0; i < property_count; i++)
		if (&properties[i]->look == look)
			return properties[i];
	return NULL;
}

unsigned look_instances(const struct look *look)
{
	return look->instances ? look->instances : 1;
}

char *look_name(const struct look *look, unsigned n, char *buf, size_t size)
{
	buf[0] = 0;
	if (look->name_of)
		look->name_of(n, buf, size);
	else if (look->instances)
		snprintf(buf, size, "%s%u", look->name, n);
	else
		snprintf(buf, size, "%s", look->name);
	return buf;
}

int argument_of(const struct operation *operation, enum argument_type type)
{
	for (int i = 0; operation->args[i].type != ARG_NONE; i++)
		if (operation->args[i].type == type)
			return i;
	return -1;
}

int child_of(const struct step *step)
{
	int place = argument_of(step->operation, ARG_CHILD);

	return place < 0 ? -1 : (int)step->arg[place];
}

int default_exit_signal(uint64_t flags)
{
	return flags & (CLONE_THREAD | CLONE_PARENT) ? 0 : SIGCHLD;
}
