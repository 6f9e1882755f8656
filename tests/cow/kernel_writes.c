// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the kernel writes into memory for one process does not reach the other, as if the process wrote it itself. */
#include "regions.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define LENGTH 8
#define NEW 'R'
#define OLD 'o'

enum { WRITTEN };

static const unsigned char news[LENGTH] = { [0 ... LENGTH - 1] = NEW };

/* ---- Ways to have the kernel write LENGTH bytes ------------------------------------------------- */

static int full_pipe(void)
{
	int fd[2];

	SETUP(pipe(fd));
	SETUP(sys_write(fd[1], news, LENGTH));
	return fd[0];
}

static int full_socket(void)
{
	int fd[2];

	SETUP(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd));
	SETUP(sys_write(fd[1], news, LENGTH));
	return fd[0];
}

static long by_read(unsigned char *at)
{
	return sys_read(full_pipe(), at, LENGTH);
}

static long by_readv(unsigned char *at)
{
	struct iovec parts[] = { { at, LENGTH / 2 }, { at + LENGTH / 2, LENGTH / 2 } };

	return SYSCALL3(SYS_readv, full_pipe(), parts, ARRAY_SIZE(parts));
}

static long by_pread(unsigned char *at)
{
	int fd = (int)SETUP(open("news", O_RDWR | O_CREAT, 0600));

	SETUP(pwrite(fd, news, LENGTH, 0));
	return pread(fd, at, LENGTH, 0);
}

static long by_recv(unsigned char *at)
{
	return recv(full_socket(), at, LENGTH, 0);
}

static long by_recvmsg(unsigned char *at)
{
	struct iovec part = { at, LENGTH };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return recvmsg(full_socket(), &message, 0);
}

static long by_readlink(unsigned char *at)
{
	char text[LENGTH + 1];

	memcpy(text, news, LENGTH);
	text[LENGTH] = 0;
	unlink("link");
	SETUP(symlink(text, "link"));
	return readlink("link", (char *)at, LENGTH);
}

static long by_process_vm_readv(unsigned char *at)
{
	struct iovec local = { at, LENGTH }, remote = { (void *)news, LENGTH };

	return SYSCALL6(SYS_process_vm_readv, sys_getpid(), &local, 1, &remote, 1, 0);
}

static const struct writer {
	struct case_head head;
	long (*write)(unsigned char *at);
} writers[] = {
	{ { .name = "read" }, by_read },
	{ { .name = "readv" }, by_readv },
	{ { "pread", .features = FEATURES(NEEDS_WORKDIR) }, by_pread },
	{ { .name = "recv" }, by_recv },
	{ { .name = "recvmsg" }, by_recvmsg },
	{ { "readlink", .features = FEATURES(NEEDS_WORKDIR) }, by_readlink },
	{ { "process_vm_readv", .features = FEATURES(NEEDS_CROSS_MEMORY) }, by_process_vm_readv },
};

/* Over the border of two pages: in one region both were written before the fork, in the other only read. */
struct targets {
	unsigned char *written, *read;
};

static struct targets make_targets(void)
{
	size_t half = page_size() - LENGTH / 2;
	struct targets at = { map_apart(2 * page_size(), 0) + half, map_apart(2 * page_size(), 0) + half };

	for (size_t i = 0; i < LENGTH; i++) {
		at.written[i] = OLD;
		(void)*(volatile unsigned char *)&at.read[i];
	}
	return at;
}

static void expect_old(const struct targets *at)
{
	EXPECT_BYTES(at->written, LENGTH, OLD);
	EXPECT_BYTES(at->read, LENGTH, 0);
}

static void let_kernel_write(const struct writer *writer, const struct targets *at)
{
	EXPECT_EQ(writer->write(at->written), LENGTH);
	EXPECT_EQ(writer->write(at->read), LENGTH);
	EXPECT_BYTES(at->written, LENGTH, NEW);
	EXPECT_BYTES(at->read, LENGTH, NEW);
}

TEST(for_child, .covers = "INH-MEM-08",
     .summary = "what a system call stores for the child does not appear in the parent", CASES_NEEDING(writers))
{
	const struct targets at = make_targets();

	long child = sys_fork();
	if (child == 0) {
		let_kernel_write(this_case(), &at);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_old(&at);
}

TEST(for_parent, .covers = "INH-MEM-08",
     .summary = "what a system call stores for the parent does not appear in the child", CASES_NEEDING(writers))
{
	const struct targets at = make_targets();

	long child = sys_fork();
	if (child == 0) {
		await(WRITTEN);
		expect_old(&at);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	let_kernel_write(this_case(), &at);
	post(WRITTEN);
	EXPECT_EXITED(child, 0);
}

/* ---- The frame of a signal --------------------------------------------------------------------- */

static void on_signal(int sig)
{
	(void)sig;
}

TEST(signal_frame, .covers = "COW-04", .summary = "the frame of the child's signal is not on the parent's stack")
{
	size_t size = 64UL * 1024;
	unsigned char *stack = map_apart(size, 0);
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };

	for (size_t i = 0; i < size; i++)
		stack[i] = OLD;
	SETUP(sys_sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = size }, NULL));
	SETUP(sigaction(SIGUSR1, &action, NULL));

	long child = sys_fork();
	if (child == 0) {
		SETUP(checked_kill(sys_getpid(), SIGUSR1));
		size_t left = 0;
		while (left < size && stack[left] == OLD)
			left++;
		EXPECT_LT(left, size); /* there was a frame */
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(stack, size, OLD);
}

/* ---- What the kernel writes when a thread ends --------------------------------------------------- */

/* Starts and ends a thread, whose TID word the kernel clears. */
static void clear_by_thread(pid_t *word)
{
	long tid = CLONE_CALL(VIA_CLONE, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS | CLONE_CHILD_CLEARTID,
			      .child_tid = word);
	SETUP_RAW(tid);
	await_thread_gone((pid_t)tid);
	EXPECT_EQ(*(volatile pid_t *)word, 0);
}

TEST(cleared_tid, .covers = "COW-05",
     .summary = "the word that the end of a thread clears is cleared in the thread's own process only")
{
	volatile pid_t *childs = (pid_t *)map_apart(page_size(), 0), *parents = (pid_t *)map_apart(page_size(), 0);

	*childs = *parents = 77;
	long child = sys_fork();
	if (child == 0) {
		clear_by_thread((pid_t *)childs);
		await(WRITTEN);
		EXPECT_EQ(*parents, 77);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	clear_by_thread((pid_t *)parents);
	post(WRITTEN);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*childs, 77);
}

enum { HELD = WRITTEN + 1, FORKED };

struct robust {
	struct robust_list_head head;
	struct robust_list entry;
	volatile int word;
};

static int hold_until_forked(void *arg)
{
	struct robust *robust = arg;

	robust->word = sys_gettid();
	robust->entry.next = &robust->head.list;
	robust->head.list.next = &robust->entry;
	robust->head.futex_offset = (long)(offsetof(struct robust, word) - offsetof(struct robust, entry));
	SETUP_RAW(SYSCALL2(SYS_set_robust_list, &robust->head, sizeof(robust->head)));
	post(HELD);
	await(FORKED);
	return 0;
}

TEST(owner_died, .covers = "COW-06",
     .summary = "when a thread dies with a robust futex, the copy of that in a process forked before stays as it was")
{
	struct robust *robust = (struct robust *)map_apart(page_size(), 0);

	pid_t tid = start_thread(hold_until_forked, robust);
	await(HELD);
	long child = sys_fork();
	if (child == 0) {
		await(WRITTEN);
		EXPECT_EQ(robust->word, tid);
		leave(0);
	}
	post(FORKED);
	await_thread_gone(tid);
	post(WRITTEN);
	EXPECT_EQ(robust->word & FUTEX_OWNER_DIED, FUTEX_OWNER_DIED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
