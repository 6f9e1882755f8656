// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "directory.h"
#include "shared.h"

struct owners {
	uid_t first;
	unsigned count;
};

static bool is_owner(const struct owners *owners, uid_t uid)
{
	return uid - owners->first < owners->count;
}

/* ---- System V objects ---------------------------------------------------------------------------- */

static void remove_semaphores(int id)
{
	semctl(id, 0, IPC_RMID);
}

static void remove_memory(int id)
{
	shmctl(id, IPC_RMID, NULL);
}

static void remove_queue(int id)
{
	msgctl(id, IPC_RMID, NULL);
}

static const struct {
	const char *path;
	void (*removal)(int id);
} tables[] = {
	{ "/proc/sysvipc/sem", remove_semaphores },
	{ "/proc/sysvipc/shm", remove_memory },
	{ "/proc/sysvipc/msg", remove_queue },
};

/* The column with the owner of an object: each table has its own. */
static int owner_column(char *head)
{
	char *save = NULL;
	int column = 0;

	for (char *word = strtok_r(head, " \n", &save); word; word = strtok_r(NULL, " \n", &save), column++)
		if (!strcmp(word, "uid"))
			return column;
	return -1;
}

/* The object's number in a line where the owner is one of these, else -1. */
static int owned_object(char *line, int owner, const struct owners *owners)
{
	char *save = NULL;
	int id = -1, column = 0;

	for (char *word = strtok_r(line, " \n", &save); word; word = strtok_r(NULL, " \n", &save), column++) {
		if (column == 1)
			id = atoi(word);
		if (column == owner)
			return is_owner(owners, (uid_t)strtoul(word, NULL, 10)) ? id : -1;
	}
	return -1;
}

static bool clear_table(size_t table, const struct owners *owners)
{
	char line[512];
	FILE *file = fopen(tables[table].path, "re");
	int owner = file && fgets(line, sizeof(line), file) ? owner_column(line) : -1;
	bool found = false;

	while (owner >= 0 && fgets(line, sizeof(line), file)) {
		int id = owned_object(line, owner, owners);
		if (id < 0)
			continue;
		tables[table].removal(id);
		found = true;
	}
	if (file)
		fclose(file);
	return found;
}

static void clear_objects(const struct owners *owners, void (*tell)(const char *what))
{
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		found |= clear_table(i, owners);
	if (found && tell)
		tell("a System V object");
}

/* ---- Directories --------------------------------------------------------------------------------- */

static struct {
	const char *path, *what;
	const char *type, *data; /* of what can be mounted there */
	bool own;
} places[] = {
	{ "/dev/shm", "something in /dev/shm", "tmpfs", "mode=1777,size=25%", false },
	{ "/var/tmp", "something in /var/tmp", "tmpfs", "mode=1777,size=25%", false },
	{ QUEUES, "a message queue", "mqueue", NULL, false },
	{ "/dev/mqueue", "a message queue", NULL, NULL, false },
	{ "/tmp", "something in /tmp", NULL, NULL, false },
};

void shared_renew(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		places[i].own = places[i].type &&
				!mount("forkcheck", places[i].path, places[i].type,
				       MS_NOSUID | MS_NODEV | MS_NOEXEC * !places[i].data, places[i].data);
}

static bool remove_owned(const char *directory, const char *name, const struct owners *owners)
{
	char path[512];
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (lstat(path, &st) || !is_owner(owners, st.st_uid))
		return false;
	if (S_ISDIR(st.st_mode)) {
		empty_directory(path);
		rmdir(path);
	} else {
		unlink(path);
	}
	return true;
}

static void clear_place(size_t place, const struct owners *owners, void (*tell)(const char *what))
{
	DIR *dir = opendir(places[place].path);
	struct dirent *entry;
	bool found = false;

	while (dir && (entry = readdir(dir)))
		found |= remove_owned(places[place].path, entry->d_name, owners);
	if (dir)
		closedir(dir);
	if (found && tell)
		tell(places[place].what);
}

/* ---- Both ---------------------------------------------------------------------------------------- */

void shared_clear(uid_t first, unsigned count, void (*tell)(const char *what))
{
	const struct owners owners = { first, count };

	clear_objects(&owners, tell);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		clear_place(i, &owners, tell);
}

void shared_clear_own(void (*tell)(const char *what))
{
	const struct owners everybody = { 0, ~0U };

	clear_objects(&everybody, tell);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].own)
			clear_place(i, &everybody, tell);
}
