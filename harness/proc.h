/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What /proc tells about a process, and how to wait for what it tells. */
#ifndef FORKCHECK_PROC_H
#define FORKCHECK_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The state letter of a thread as /proc/PID/task/TID/stat (or /proc/PID/stat for tid == 0) shows it, or 0
 * where there is no such thread. NEEDS_PROC.
 */
char thread_state(pid_t pid, pid_t tid);

/* Waits until the thread (tid 0: the leader) is in one of these states, such as "Z" or "tT". NEEDS_PROC. */
void await_state(pid_t pid, pid_t tid, const char *states);

/* Whether a process (its first thread) sleeps in one of these system calls, which -1 ends; as far as /proc can tell. */
enum whereabouts { ASLEEP_THERE, ELSEWHERE, ENDED };
enum whereabouts whereabouts(pid_t pid, const long *calls);

/*
 * Waits until the thread sleeps inside one of these system calls (ended by -1). The list is what makes it
 * sound: a thread that sleeps elsewhere does not count. NEEDS_PROC, NEEDS_PROC_SYSCALL.
 */
void await_asleep_in(pid_t pid, const long *calls);

/* The calls that a suspended caller of vfork may be in. */
extern const long vfork_calls[];

/* The calls that wait for children. */
extern const long wait_calls[];

/*
 * Whether /proc/PID/syscall tells the numbers of another machine than this program is for: an emulator made the call
 * in which the caller reads it. Then a process's state has to do.
 */
bool calls_are_foreign(void);

/**
 * await_blocked() - see a process asleep in one of the calls while a word keeps its value
 * @pid: the process, an event source of its own: it changes *word when it gets on
 * @calls: system call numbers, ended by -1
 * @word: in shared memory
 * @value: what *word must keep
 *
 * Returns true once the process was seen asleep in the call, with *word == value read afterwards; false as
 * soon as *word differs. Needs no clock: a process that is not suspended is running, and will get to the
 * change. NEEDS_PROC (and uses /proc/PID/syscall where it can be read).
 */
bool await_blocked(pid_t pid, const long *calls, const volatile int *word, int value);

/*
 * Waits until the event was posted or the process is dead: for an event of a child that need not exist, and
 * the process that should have made it. Returns whether it was posted. NEEDS_PROC.
 */
bool await_unless_dead(unsigned event, pid_t pid);

/**
 * proc_field() - a number out of a "Key: value" file such as /proc/self/status
 * @path: file
 * @key: with its colon, such as "VmLck:"
 * @base: 10 or 16
 *
 * Returns -1 where the file or the key is missing.
 */
long long proc_field(const char *path, const char *key, int base);

/* Reads a whole small file with raw calls; ends buf with a NUL. Returns the length or -errno. */
long read_file(const char *path, char *buf, size_t size);

/* Writes text to an existing file with one raw write. Returns 0 or -errno (a short write is -EIO). */
long write_file(const char *path, const char *text);

/* The inode of /proc/self/ns/NAME (st_ino), which names the namespace; 0 if there is none. */
uint64_t namespace_of_self(const char *name);

/* Puts "/proc/PID/NAME" into buf. Returns buf. */
char *proc_path(char *buf, size_t size, pid_t pid, const char *name);

/* Appends a decimal number or a string to a NUL-ended buffer; what does not fit is cut off. */
void append_number(char *buf, size_t size, long long value);
void append_text(char *buf, size_t size, const char *text);

#endif
