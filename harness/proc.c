// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What /proc tells, read with raw calls so that any process of a test may ask. */
#include "forkcheck.h"

#include <string.h>
#include <sys/stat.h>

const long vfork_calls[] = {
#ifdef SYS_vfork
	SYS_vfork,
#endif
	SYS_clone, SYS_clone3, -1
};

const long wait_calls[] = { SYS_wait4, SYS_waitid, -1 };

static size_t length(const char *s)
{
	size_t n = 0;
	while (s[n])
		n++;
	return n;
}

void append_text(char *buf, size_t size, const char *text)
{
	size_t n = length(buf);

	while (*text && n + 1 < size)
		buf[n++] = *text++;
	buf[n] = 0;
}

void append_number(char *buf, size_t size, long long value)
{
	char digits[24];
	int n = sizeof(digits);
	unsigned long long v = value < 0 ? -(unsigned long long)value : (unsigned long long)value;

	digits[--n] = 0;
	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	if (value < 0)
		digits[--n] = '-';
	append_text(buf, size, digits + n);
}

char *proc_path(char *buf, size_t size, pid_t pid, const char *name)
{
	buf[0] = 0;
	append_text(buf, size, "/proc/");
	append_number(buf, size, pid);
	append_text(buf, size, "/");
	append_text(buf, size, name);
	return buf;
}

long read_file(const char *path, char *buf, size_t size)
{
	long fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	size_t used = 0;
	long r = 1;

	if (fd < 0)
		return fd;
	while (used + 1 < size && (r = sys_read((int)fd, buf + used, size - 1 - used)) > 0)
		used += (size_t)r;
	sys_close((int)fd);
	buf[used] = 0;
	return r < 0 ? r : (long)used;
}

long write_file(const char *path, const char *text)
{
	long fd = sys_openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	long want = (long)length(text);
	long r = sys_write((int)fd, text, (size_t)want);
	sys_close((int)fd);
	if (r < 0)
		return r;
	return r == want ? 0 : -EIO;
}

/* "PID (name) S ...": the name may hold anything, so look for the last parenthesis. */
static char state_in(const char *stat)
{
	const char *last = NULL;

	for (const char *c = stat; *c; c++)
		if (*c == ')')
			last = c;
	return last && last[1] == ' ' ? last[2] : 0;
}

static void thread_path(char *buf, size_t size, pid_t pid, pid_t tid, const char *name)
{
	if (!tid) {
		proc_path(buf, size, pid, name);
		return;
	}
	proc_path(buf, size, pid, "task/");
	append_number(buf, size, tid);
	append_text(buf, size, "/");
	append_text(buf, size, name);
}

static char state_now(pid_t pid, pid_t tid)
{
	char path[80], stat[512];

	thread_path(path, sizeof(path), pid, tid, "stat");
	return read_file(path, stat, sizeof(stat)) > 0 ? state_in(stat) : 0;
}

/*
 * /proc is read without the lock under which who ends becomes a zombie, tells the parent, and is gone at once where nobody
 * wants it. Every wait takes that lock: what is read after one is so to stay, and the parent has been told.
 */
char thread_state(pid_t pid, pid_t tid)
{
	char state = state_now(pid, tid);
	siginfo_t info;

	if (state != 'Z')
		return state;
	raw_waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT, NULL);
	return state_now(pid, tid);
}

static bool contains(const char *letters, char c)
{
	for (; *letters; letters++)
		if (*letters == c)
			return true;
	return false;
}

void await_state(pid_t pid, pid_t tid, const char *states)
{
	for (;;) {
		char state = thread_state(pid, tid);
		if (state && contains(states, state))
			return;
		sys_sched_yield();
	}
}

/* The number in a file such as /proc/PID/syscall; -1: running, or in no call; -2: can't be told. */
static long call_in(const char *path)
{
	char text[256];
	long nr = 0;

	if (read_file(path, text, sizeof(text)) <= 0)
		return -2;
	if (text[0] < '0' || text[0] > '9')
		return -1;
	for (char *c = text; *c >= '0' && *c <= '9'; c++)
		nr = nr * 10 + (*c - '0');
	return nr;
}

bool calls_are_foreign(void)
{
	long nr = call_in("/proc/thread-self/syscall");

	return nr >= 0 && nr != SYS_read;
}

/* The number of the system call a process sleeps in; -1: running, or in no call; -2: can't be told. */
static long call_of(pid_t pid)
{
	char path[64];

	if (calls_are_foreign())
		return -2;
	proc_path(path, sizeof(path), pid, "syscall");
	return call_in(path);
}

static bool listed(const long *calls, long nr)
{
	for (; *calls != -1; calls++)
		if (*calls == nr)
			return true;
	return false;
}

enum whereabouts whereabouts(pid_t pid, const long *calls)
{
	char state = thread_state(pid, 0);

	if (state == 'Z' || state == 'X' || state == 0)
		return ENDED;
	if (state != 'S' && state != 'D')
		return ELSEWHERE;
	long nr = call_of(pid);
	return nr == -2 || listed(calls, nr) ? ASLEEP_THERE : ELSEWHERE;
}

void await_asleep_in(pid_t pid, const long *calls)
{
	while (whereabouts(pid, calls) == ELSEWHERE)
		sys_sched_yield();
}

bool await_blocked(pid_t pid, const long *calls, const volatile int *word, int value)
{
	while (*word == value) {
		enum whereabouts now = whereabouts(pid, calls);
		if (now != ELSEWHERE && *word == value)
			return now == ASLEEP_THERE;
		sys_sched_yield();
	}
	return false;
}

bool await_unless_dead(unsigned event, pid_t pid)
{
	while (!posted(event)) {
		char state = thread_state(pid, 0);
		if (state == 'Z' || state == 'X' || state == 0)
			return posted(event);
		sys_sched_yield();
	}
	return true;
}

long long proc_field(const char *path, const char *key, int base)
{
	char text[8192];
	size_t keylen = length(key);

	if (read_file(path, text, sizeof(text)) <= 0)
		return -1;
	for (char *line = text; *line;) {
		char *end = line;
		while (*end && *end != '\n')
			end++;
		size_t i = 0;
		while (i < keylen && line[i] == key[i])
			i++;
		if (i == keylen) {
			char *c = line + keylen;
			unsigned long long value = 0;
			while (*c == ' ' || *c == '\t')
				c++;
			bool negative = base == 10 && *c == '-';
			c += negative;
			for (; c < end; c++) {
				int digit = *c >= '0' && *c <= '9'   ? *c - '0'
					    : *c >= 'a' && *c <= 'f' ? *c - 'a' + 10
								     : 99;
				if (digit >= base)
					break;
				value = value * (unsigned)base + (unsigned)digit;
			}
			return negative ? -(long long)value : (long long)value;
		}
		line = *end ? end + 1 : end;
	}
	return -1;
}

uint64_t namespace_of_self(const char *name)
{
	char path[64] = "/proc/self/ns/";
	struct stat st;

	append_text(path, sizeof(path), name);
	return stat(path, &st) ? 0 : st.st_ino;
}
