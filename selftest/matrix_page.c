// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Makes the page of all targets of data on standard input, for selftest/matrix.t. */
#include <stdio.h>

#include "../report/matrix.h"

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *data = json_loadf(stdin, 0, &error);

	if (!data) {
		fprintf(stderr, "line %d: %s\n", error.line, error.text);
		return 2;
	}
	const bool written = matrix_write(stdout, data, argc > 1 ? argv[1] : NULL);
	json_decref(data);
	return written ? 0 : 2;
}
