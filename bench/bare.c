// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* bare N PROGRAM [ARG...]: the microseconds that fork, execve and wait4 of a program take, N times. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

int main(int argc, char **argv)
{
	struct timespec begin, end;
	int rounds = argc > 2 ? atoi(argv[1]) : 0;

	if (rounds < 1) {
		fputs("usage: bare N PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < rounds; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
			execv(argv[2], argv + 2);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
	printf("%.1f\n", seconds * 1e6 / rounds);
	return 0;
}
