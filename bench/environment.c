// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "environment.h"
#include "figure.h"

void environment_add(struct environment *environment, const char *name, const char *format, ...)
{
	va_list args;

	if (environment->count == ARRAY_LENGTH(environment->facts))
		return;
	environment->facts[environment->count].name = name;
	va_start(args, format);
	vsnprintf(environment->facts[environment->count].value, sizeof(environment->facts[0].value), format, args);
	va_end(args);
	environment->count++;
}

/* The first line of a file that begins with a key, without it; the first line of all for the key "". */
static bool line_of(const char *path, const char *key, char *value, size_t size)
{
	FILE *file = fopen(path, "re");
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(value, (int)size, file))
		found = !strncmp(value, key, strlen(key));
	fclose(file);
	if (!found)
		return false;
	value[strcspn(value, "\n")] = 0;
	const char *colon = *key ? strchr(value, ':') : NULL;
	if (colon)
		memmove(value, colon + 1 + strspn(colon + 1, " \t"), strlen(colon + 1 + strspn(colon + 1, " \t")) + 1);
	return true;
}

static void add_line(struct environment *environment, const char *name, const char *path, const char *key)
{
	char value[256];

	if (line_of(path, key, value, sizeof(value)))
		environment_add(environment, name, "%s", value);
}

unsigned long memory_available(void)
{
	char value[256];
	struct sysinfo info;
	unsigned long kib;

	if (line_of("/proc/meminfo", "MemAvailable", value, sizeof(value)) && sscanf(value, "%lu", &kib) == 1)
		return kib > ULONG_MAX / 1024 ? ULONG_MAX : kib * 1024;
	return sysinfo(&info) ? 0 : (unsigned long)info.freeram * info.mem_unit;
}

void environment_read(struct environment *environment)
{
	static const struct {
		const char *name, *path, *key;
	} lines[] = {
		{ "processor", "/proc/cpuinfo", "model name" },
		{ "clock source", "/sys/devices/system/clocksource/clocksource0/current_clocksource", "" },
		{ "frequency governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "" },
		{ "huge pages", "/sys/kernel/mm/transparent_hugepage/enabled", "" },
		{ "overcommit", "/proc/sys/vm/overcommit_memory", "" },
		{ "page table isolation", "/sys/devices/system/cpu/vulnerabilities/meltdown", "" },
	};
	struct utsname name;
	struct sysinfo info;

	if (!uname(&name)) {
		environment_add(environment, "system", "%s %s %s", name.sysname, name.release, name.machine);
		environment_add(environment, "version", "%s", name.version);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		add_line(environment, lines[i].name, lines[i].path, lines[i].key);
	environment_add(environment, "page size", "%ld", sysconf(_SC_PAGESIZE));
	if (!sysinfo(&info))
		environment_add(environment, "memory", "%llu MiB, %llu MiB available",
				(unsigned long long)info.totalram * info.mem_unit >> 20,
				(unsigned long long)memory_available() >> 20);
	environment_add(environment, "user", "%s", geteuid() ? "ordinary" : "root");
}

void environment_load(struct environment *environment, const char *name)
{
	char value[256];

	if (line_of("/proc/loadavg", "", value, sizeof(value)))
		environment_add(environment, name, "%s", value);
}
