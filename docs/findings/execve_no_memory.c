// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * execve() that runs out of memory fails with ENOEXEC, which says that the file is no program.
 *
 * Seen on     6.12.117 (User-mode Linux).
 * Wanted      ENOMEM (execve(2)). It matters: execvp(3) and posix_spawnp(3) hand a file to the shell when they get ENOEXEC.
 * Cause       load_elf_binary() in fs/binfmt_elf.c: retval is -ENOEXEC from the checks before, when load_elf_phdrs() returns NULL
 *             because kmalloc() has failed.
 * To see it   as root, on a kernel with CONFIG_FAULT_INJECTION and CONFIG_FAILSLAB:
 *             gcc -static execve_no_memory.c && ./a.out
 *             Each allocation of an execve fails once. Exit status 1: one gave ENOEXEC.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	close(fd);
}

/* The errno of an execve of which the nth allocation fails, 0: it went through. */
static int execute(const char *program, int nth)
{
	char text[16];
	int status;

	snprintf(text, sizeof(text), "%d", nth);
	pid_t child = fork();
	if (child == 0) {
		put("/proc/thread-self/fail-nth", text);
		execl(program, program, "end", NULL);
		_exit(errno);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

int main(int argc, char **argv)
{
	int bad = 0;

	if (argc > 1)
		return 0;
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	for (int n = 1; n < 100; n++) {
		int err = execute(argv[0], n);
		if (err && err != ENOMEM)
			printf("allocation %d fails: %s\n", n, strerror(err));
		bad |= err == ENOEXEC;
	}
	puts(bad ? "bad" : "ok");
	return bad;
}
