// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests that attack the runner by what they tell it. Each has the verdict that it earns, and its neighbour passes. */
#include "forkcheck.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static void forge(struct record record, const char *text)
{
	record.ready = RECORD_MAGIC;
	record.pid = record.tid = sys_getpid();
	record.role = 'P';
	append_text(record.text, sizeof(record.text), text);
	sys_write(FD_RECORDS, &record, sizeof(record));
}

TEST(half_a_site)
{
	EXPECT_EQ(1, 1);
	forge((struct record){ .kind = RECORD_FAIL, .site = sizeof(struct site) / 2 }, "");
}

TEST(scribbles_on_the_page)
{
	unsigned char *page = (unsigned char *)record_page;

	EXPECT_EQ(1, 1);
	for (size_t i = 0; i < sizeof(*record_page); i++)
		page[i] = (unsigned char)test_random();
}

TEST(forges_a_line)
{
	EXPECT_EQ(1, 1);
	forge((struct record){ .kind = RECORD_BROKEN, .site = SITE_NONE }, "x\nok 77 forged\n\033[2J\033]0;P\007");
}

TEST(forges_a_status)
{
	EXPECT_EQ(1, 1);
	forge((struct record){ .kind = RECORD_DONE, .site = SITE_NONE }, "");
	forge((struct record){ .kind = RECORD_STATUS, .site = SITE_NONE }, "");
	raw_kill(sys_getpid(), SIGSEGV);
}

TEST(forges_a_name)
{
	EXPECT_EQ(1, 1);
	pid_t child = fork_helper();
	if (child == 0) {
		prctl(PR_SET_NAME, "\033[31m\nok 9 x");
		post(0);
		for (;;)
			pause();
	}
	await(0);
}

/* The page changes between the runner's looks at it, as processes that are not its cell's go on writing. */
TEST(changes_the_page, .as_root = true, .caps = CAP(KILL))
{
	EXPECT_EQ(1, 1);
	for (int i = 0; i < 4; i++) {
		pid_t child = fork_helper();
		while (child == 0) {
			for (unsigned n = 0; n < RECORD_SLOTS; n++) {
				volatile struct record *record = &record_page->slot[n];
				record->ready = RECORD_MAGIC;
				record->kind = RECORD_EVALUATED;
				record->kind = 0xffff;
				record_page->used = RECORD_SLOTS;
			}
		}
	}
	raw_kill(sys_getppid(), SIGKILL);
	for (;;)
		pause();
}

/* All processes of the pen would be in that group. */
TEST(names_any_group, .as_root = true, .caps = CAP(DAC_OVERRIDE))
{
	static const char *const groups[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/pids",
					      "/sys/fs/cgroup/pids/forkcheck./.." };

	EXPECT_EQ(1, 1);
	for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
		record_page->leftover[i][0] = 0;
		append_text(record_page->leftover[i], LEFTOVER_PATH, groups[i]);
	}
	record_page->leftovers = ARRAY_SIZE(groups);
}

TEST(notes_without_end)
{
	EXPECT_EQ(1, 1);
	memset(record_page->leftover, 'x', sizeof(record_page->leftover));
	record_page->leftovers = 0x7fffffff;
}

TEST(neighbour)
{
	EXPECT_EQ(1, 1);
}
