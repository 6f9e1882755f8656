// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "names.h"
#include "sweep.h"

#define PROCESSES 4096
#define PF_EXITING 0x4

static bool kill_pending(pid_t pid)
{
	char path[64];

	proc_path(path, sizeof(path), pid, "status");
	long long own = proc_field(path, "SigPnd:", 16), group = proc_field(path, "ShdPnd:", 16);
	return (own > 0 && own & (long long)SIGBIT(SIGKILL)) || (group > 0 && group & (long long)SIGBIT(SIGKILL));
}

static bool read_process(pid_t pid, struct process *process)
{
	char path[64], stat[512];
	unsigned flags = 0;

	proc_path(path, sizeof(path), pid, "stat");
	if (read_file(path, stat, sizeof(stat)) <= 0)
		return false;
	char *name = strchr(stat, '('), *end = strrchr(stat, ')');
	if (!name || !end)
		return false;
	*process = (struct process){ .pid = pid };
	snprintf(process->name, sizeof(process->name), "%.*s", (int)(end - name - 1), name + 1);
	make_printable(process->name, sizeof(process->name));
	if (sscanf(end + 1, " %c %d %*d %*d %*d %*d %u", &process->state, &process->parent, &flags) != 3)
		return false;
	process->dying = process->state == 'Z' || process->state == 'X' || flags & PF_EXITING;
	return true;
}

static bool below(const struct process *list, size_t n, pid_t parent)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].pid == parent)
			return true;
	return false;
}

size_t descendants(pid_t root, struct process *list, size_t room)
{
	static struct process all[PROCESSES];
	size_t count = 0, n = 0;
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		return 0;
	while (count < PROCESSES && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) && read_process(atoi(entry->d_name), &all[count]))
			count++;
	closedir(proc);
	/* Ids wrap around, so a parent may stand after its child: go on until nothing is added. */
	for (bool added = true; added;) {
		added = false;
		for (size_t i = 0; i < count && n < room; i++) {
			if (!all[i].pid || (all[i].parent != root && !below(list, n, all[i].parent)))
				continue;
			list[n++] = all[i];
			all[i].pid = 0;
			added = true;
		}
	}
	for (size_t i = 0; i < n; i++)
		list[i].dying |= kill_pending(list[i].pid);
	return n;
}

void kill_user(uid_t uid)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (uid && !setresuid(uid, uid, uid) && geteuid() == uid)
			raw_kill(-1, SIGKILL);
		_exit(0);
	}
	if (pid > 0)
		checked_wait(pid, NULL, 0);
}

size_t others_below(pid_t root, const pid_t *except, size_t excepted, struct process *list, size_t room)
{
	size_t n = descendants(root, list, room), kept = 0;

	/* Below an excepted process everything is excepted: the list has parents first. */
	for (size_t i = 0; i < n; i++) {
		bool spare = false;
		for (size_t e = 0; e < excepted && !spare; e++)
			spare = list[i].pid == except[e] || list[i].parent == except[e];
		for (size_t p = 0; p < i && !spare; p++)
			spare = list[p].spared && list[p].pid == list[i].parent;
		list[i].spared = spare;
	}
	for (size_t i = 0; i < n; i++)
		if (!list[i].spared && list[i].pid > 1 && !strchr("ZX", list[i].state))
			list[kept++] = list[i];
	return kept;
}

size_t kill_descendants(pid_t root, const pid_t *except, size_t excepted)
{
	static struct process list[PROCESSES];
	size_t n = others_below(root, except, excepted, list, PROCESSES);

	for (size_t i = 0; i < n; i++)
		raw_kill(list[i].pid, SIGKILL);
	return n;
}

static pid_t tracer_of(pid_t pid)
{
	char path[64];

	return (pid_t)proc_field(proc_path(path, sizeof(path), pid, "status"), "TracerPid:", 10);
}

static void release(pid_t pid)
{
	pid_t tracer = tracer_of(pid);

	/* Whoever traces the caller as well, such as strace or PRoot, is around the run and not in it. */
	if (tracer > 1 && tracer != sys_getpid() && tracer != tracer_of(sys_getpid()))
		raw_kill(tracer, SIGKILL);
	thaw(pid);
}

void release_held(pid_t root)
{
	struct process list[16];
	size_t n = descendants(root, list, ARRAY_SIZE(list));

	release(root);
	for (size_t i = 0; i < n; i++)
		if (!strchr("ZX", list[i].state))
			release(list[i].pid);
}

/* Calls a function with the path of each process's status file. */
static void each_status(void (*look)(void *context, const char *path), void *context)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		char path[64];
		if (isdigit((unsigned char)entry->d_name[0]))
			look(context, proc_path(path, sizeof(path), atoi(entry->d_name), "status"));
	}
	if (proc)
		closedir(proc);
}

static void add_tasks(void *tasks, const char *path)
{
	if (proc_field(path, "Uid:", 10) != (long long)getuid())
		return;
	long long threads = proc_field(path, "Threads:", 10);
	*(unsigned *)tasks += threads > 0 ? (unsigned)threads : 1;
}

unsigned user_tasks(void)
{
	unsigned tasks = 0;

	each_status(add_tasks, &tasks);
	return tasks;
}

struct users {
	uid_t first;
	unsigned count;
	bool used;
};

static void look_for_users(void *context, const char *path)
{
	struct users *users = context;
	long long uid = proc_field(path, "Uid:", 10);

	users->used |= uid >= users->first && uid < (long long)users->first + users->count;
}

bool users_in_use(uid_t first, unsigned count)
{
	struct users users = { first, count, false };

	each_status(look_for_users, &users);
	return users.used;
}

/* Where in the kernel it is, innermost first: what a fault of the kernel is found by. */
static void append_stack(pid_t pid, char *text, size_t size)
{
	char path[64], stack[512] = "";

	proc_path(path, sizeof(path), pid, "stack");
	if (read_file(path, stack, sizeof(stack)) <= 0)
		return;
	append_text(text, size, ", stack");
	for (char *save = NULL, *line = strtok_r(stack, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *name = strrchr(line, ' ');
		if (name && strchr(name, '+'))
			*strchr(name, '+') = 0;
		append_text(text, size, name ? name : "");
	}
}

void describe_processes(const struct process *list, size_t n, bool stacks, char *text, size_t size)
{
	text[0] = 0;
	for (size_t i = 0; i < n; i++) {
		char path[64], wchan[64] = "", call[64] = "", line[512];

		proc_path(path, sizeof(path), list[i].pid, "wchan");
		read_file(path, wchan, sizeof(wchan));
		proc_path(path, sizeof(path), list[i].pid, "syscall");
		read_file(path, call, sizeof(call));
		call[strcspn(call, " \n")] = 0;
		snprintf(line, sizeof(line), "pid %d (%s), child of %d: state %c, wchan %s, system call %s",
			 list[i].pid, list[i].name, list[i].parent, list[i].state, *wchan ? wchan : "?",
			 *call ? call : "?");
		if (stacks)
			append_stack(list[i].pid, line, sizeof(line));
		if (i)
			append_text(text, size, "\n");
		append_text(text, size, line);
	}
}

void describe_descendants(pid_t root, char *text, size_t size)
{
	struct process list[16];

	describe_processes(list, descendants(root, list, ARRAY_SIZE(list)), false, text, size);
}

bool process_now(pid_t pid, struct process *process)
{
	return read_process(pid, process) && !strchr("ZX", process->state);
}

uint64_t pid_namespace_of(pid_t pid)
{
	char path[64];
	struct stat st;

	return stat(proc_path(path, sizeof(path), pid, "ns/pid"), &st) ? 0 : st.st_ino;
}
