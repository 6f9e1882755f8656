// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The cheapest test there is as a program of its own, for bench/runner to run by prove(1). */
#include <unistd.h>

int main(void)
{
	static const char result[] = "1..1\nok 1\n";

	return write(STDOUT_FILENO, result, sizeof(result) - 1) == (ssize_t)sizeof(result) - 1 ? 0 : 1;
}
