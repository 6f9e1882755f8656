// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests that are wrong on purpose, one for each way to be so: forkcheck-bad must find the right verdict. */
#include "forkcheck.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>

TEST(passes, .covers = "FORK-001")
{
	EXPECT_EQ(1, 1);
}

TEST(fails)
{
	EXPECT_EQ(1, 2);
}

TEST(fails_in_child)
{
	pid_t child = fork_helper();
	if (child == 0) {
		EXPECT_EQ(3, 4);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

TEST(fails_in_grandchild)
{
	pid_t child = fork_helper();
	if (child == 0) {
		pid_t grandchild = fork_helper();
		if (grandchild == 0) {
			REQUIRE_EQ(5, 6);
			leave(0);
		}
		checked_wait(grandchild, NULL, 0);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

/* Nobody is left to post what the test waits for. */
TEST(fails_while_awaited)
{
	pid_t child = fork_helper();
	if (child == 0) {
		REQUIRE_EQ(9, 10);
		post(0);
		leave(0);
	}
	await(0);
	EXPECT_EXITED(child, 0);
}

static int expect_wrong(void *arg)
{
	EXPECT_EQ(*(int *)arg, 8);
	return 0;
}

TEST(fails_in_vfork_child)
{
	int seven = 7;
	long child = vfork_doors[0].vfork(expect_wrong, &seven);
	EXPECT_EXITED(child, 0);
}

/* Without a TLS area of its own, or anybody's: an access to errno or a stack canary would fault. */
static int expect_wrong_without_tls(void *arg)
{
	expect_wrong(arg);
	post(0);
	return 0;
}

TEST(fails_in_raw_thread)
{
	int seven = 7;
	char tls[256] __attribute__((aligned(64))) = { 0 };
	pid_t tid = (pid_t)CLONE_CALL(VIA_CLONE, new_stack(), expect_wrong_without_tls, &seven,
				      .flags = THREAD_FLAGS | CLONE_SETTLS, .tls = (unsigned long)tls);
	REQUIRE_GT(tid, 0);
	await(0);
	await_thread_gone(tid);
}

TEST(fails_with_descriptors_closed)
{
	SETUP_RAW(SYSCALL3(SYS_close_range, 3, ~0U, 0));
	EXPECT_EQ(9, 10);
}

TEST(fails_with_memory_unmapped)
{
	munmap(record_page, sizeof(*record_page));
	record_page = NULL;
	EXPECT_EQ(11, 12);
}

TEST(asserts_nothing)
{
}

TEST(setup_fails)
{
	SETUP(open("/no/such/file", O_RDONLY));
	EXPECT_EQ(1, 1);
}

TEST(gives_up)
{
	BROKEN("for a reason");
}

TEST(skips)
{
	SKIP(SKIP_SURROUNDINGS, "thing", "for a reason");
}

TEST(crashes)
{
	EXPECT_EQ(1, 1);
	*(volatile int *)NULL = 1;
}

TEST(exits_early)
{
	EXPECT_EQ(1, 1);
	sys_exit_group(0);
}

TEST(leaves_as_the_child_would)
{
	EXPECT_EQ(1, 1);
	leave(0);
}

TEST(returns_twice)
{
	EXPECT_EQ(1, 1);
	pid_t child = fork_helper();
	if (child)
		checked_wait(child, NULL, 0);
}

TEST(waits_for_no_process, .reaches = "every process of its user")
{
	EXPECT_EQ(1, 1);
	checked_kill(-1, SIGKILL);
}

TEST(hangs, .timeout_ms = 300)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	EXPECT_EQ(1, 1);
	sigaction(SIGTERM, &ignore, NULL);
	for (;;)
		pause();
}

TEST(fails_then_hangs, .timeout_ms = 3000)
{
	EXPECT_EQ(1, 2);
	for (;;)
		pause();
}

TEST(stops_itself, .timeout_ms = 300)
{
	EXPECT_EQ(1, 1);
	raw_kill(sys_getpid(), SIGSTOP);
}

TEST(stops_its_cell, .timeout_ms = 300)
{
	EXPECT_EQ(1, 1);
	raw_kill(sys_getppid(), SIGSTOP);
	raw_kill(sys_getpid(), SIGSTOP);
}

TEST(kills_its_cell, .as_root = true, .caps = CAP(KILL))
{
	EXPECT_EQ(1, 1);
	pid_t child = fork_helper();
	if (child == 0) {
		sys_setsid();
		for (;;)
			pause();
	}
	raw_kill(sys_getppid(), SIGKILL);
	for (;;)
		pause();
}

TEST(leaks_a_daemon)
{
	EXPECT_EQ(1, 1);
	pid_t child = fork_helper();
	if (child == 0) {
		sys_setsid();
		pid_t daemon = fork_helper();
		if (daemon == 0) {
			for (int fd = 0; fd < 1024; fd++)
				sys_close(fd);
			prctl(PR_SET_NAME, "bad-daemon");
			for (;;)
				pause();
		}
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

TEST(leaks_a_semaphore, .features = FEATURES(NEEDS_SYSVIPC))
{
	EXPECT_TRUE(semget(IPC_PRIVATE, 1, 0600) >= 0);
}

TEST(leaks_a_file, .features = FEATURES(NEEDS_WORKDIR))
{
	/* The runner empties the directory: no leak. */
	EXPECT_OK(mkdir("folder", 0700));
	SETUP(close(SETUP(open("folder/file", O_CREAT | O_WRONLY, 0600))));
}

TEST(kills_everything, .reaches = "every process of its user")
{
	EXPECT_EQ(1, 1);
	pid_t child = fork_helper();
	if (child == 0) {
		for (;;)
			pause();
	}
	raw_kill(-1, SIGKILL);
	checked_wait(child, NULL, 0);
}

TEST(kills_everything_as_root, .reaches = "every process", .as_root = true, .caps = CAP(KILL), .alone = true)
{
	EXPECT_EQ(1, 1);
	raw_kill(-1, SIGKILL);
}

TEST(closes_every_descriptor)
{
	SETUP_RAW(SYSCALL3(SYS_close_range, 0, ~0U, 0));
	EXPECT_EQ(1, 1);
}

/* 1 GiB; and a forged result line at the end. */
TEST(writes_without_end, .timeout_ms = 60000)
{
	static char block[1 << 20];

	EXPECT_EQ(1, 1);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = i % 64 ? 'x' : '\n';
	for (int i = 0; i < 1024; i++)
		sys_write(STDOUT_FILENO, block, sizeof(block));
	dprintf(STDOUT_FILENO, "\nok 1 forged\n");
	EXPECT_EQ(1, 2);
}

TEST(floods_with_records)
{
	for (int i = 0; i < 100000; i++)
		EXPECT_EQ(i, -1);
}

TEST(forks_without_end, .timeout_ms = 500)
{
	EXPECT_EQ(1, 1);
	for (;;)
		sys_fork();
}

TEST(exceeds_its_memory)
{
	const struct rlimit little = { 64 << 20, 64 << 20 };

	SETUP(setrlimit(RLIMIT_AS, &little));
	for (;;) {
		volatile char *map = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		REQUIRE_TRUE(map != MAP_FAILED);
		*map = 1;
	}
}
