// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Buffers of the C library are memory like any other: fork doubles what they hold. */
#include "forkcheck.h"

#include <stdio.h>
#include <string.h>

#define TEXT "text\n"

static const struct buffered {
	const char *name;
	bool flush; /* before the fork */
	const char *arrives;
} buffered[] = {
	{ "unflushed", false, TEXT TEXT },
	{ "flushed", true, TEXT },
};

TEST(buffer_doubled, .covers = "POSIX-016",
     .summary = "both processes write what a stream holds at the fork; what was flushed before is written once",
     CASES(buffered))
{
	const struct buffered *row = this_case();
	char text[32] = "";
	int ends[2];

	SETUP(pipe(ends));
	FILE *stream = fdopen(ends[1], "w");
	if (!stream)
		BROKEN("fdopen");
	fwrite(TEXT, strlen(TEXT), 1, stream);
	if (row->flush)
		SETUP(fflush(stream));
	pid_t child = fork();
	if (child == 0)
		exit(fclose(stream));
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	SETUP(fclose(stream));
	EXPECT_EQ(sys_read(ends[0], text, sizeof(text) - 1), strlen(row->arrives));
	EXPECT_EQ(strcmp(text, row->arrives), 0);
}
