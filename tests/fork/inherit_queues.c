// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Queues, counters and semaphores over fork: there is one, of parent and child. Directory streams are copied. */
#include "forkcheck.h"

#include <dirent.h>
#include <endian.h>
#include <mqueue.h>
#include <nl_types.h>
#include <semaphore.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <time.h>

/* ---- What one puts in the other takes out ------------------------------------------------------ */

static int fd = -1;
static sem_t *semaphore;

/* A name that no test in any run beside this one uses. */
static const char *own_name(void)
{
	static char name[64] = "/forkcheck.";

	append_number(name, sizeof(name), sys_getpid());
	append_text(name, sizeof(name), ".");
	append_number(name, sizeof(name), test_random());
	return name;
}

/* Takes a number out of the descriptor, if there is one. */
static long take_number(void)
{
	uint64_t number = 0;
	long result = sys_read(fd, &number, sizeof(number));

	return result < 0 ? result : (long)number;
}

static void open_counter(void)
{
	fd = (int)SETUP(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

static void put_three(void)
{
	EXPECT_EQ(sys_write(fd, &(uint64_t){ 3 }, sizeof(uint64_t)), sizeof(uint64_t));
}

static void open_timer(void)
{
	fd = (int)SETUP(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
}

/* To a time that has been: it expires at once, and once. */
static void let_expire(void)
{
	const struct itimerspec past = { .it_value = { .tv_nsec = 1 } };

	EXPECT_RETURNS(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL), 0);
	EXPECT_EQ(sys_poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, true), 1);
}

static void watch_directory(void)
{
	need_feature(NEEDS_INOTIFY);
	fd = (int)SETUP(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	SETUP(inotify_add_watch(fd, ".", IN_CREATE));
}

static void create_file(void)
{
	char name[32] = "by.";

	append_number(name, sizeof(name), sys_getpid());
	SETUP(open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

/* What has happened in the directory. */
static long take_event(void)
{
	_Alignas(struct inotify_event) char buf[512];
	long result = sys_read(fd, buf, sizeof(buf));

	return result < 0 ? result : (long)((struct inotify_event *)buf)->mask;
}

/* The queue has no name any more: only descriptors lead to it. */
static void open_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 1 };
	const char *name = own_name();

	fd = (int)SETUP(mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr));
	SETUP(mq_unlink(name));
}

static void send_message(void)
{
	EXPECT_RETURNS(mq_send(fd, "m", 1, 7), 0);
}

/* Its priority. */
static long take_message(void)
{
	unsigned priority = 0;
	char text;

	return mq_receive(fd, &text, 1, &priority) < 0 ? -errno : (long)priority;
}

static void open_named(void)
{
	const char *name = own_name();

	if (access("/dev/shm", W_OK | X_OK))
		SKIP(SKIP_SURROUNDINGS, "/dev/shm",
		     "may not be written, and the C library keeps named semaphores there");
	semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	SETUP(semaphore == SEM_FAILED ? -1 : 0);
	SETUP(sem_unlink(name));
}

static void place_unnamed(void)
{
	semaphore = shared(sizeof(*semaphore));
	SETUP(sem_init(semaphore, 1, 0));
}

static void post_semaphore(void)
{
	EXPECT_RETURNS(sem_post(semaphore), 0);
}

static long take_semaphore(void)
{
	return sem_trywait(semaphore) ? -errno : 1;
}

static const struct queue {
	struct case_head head;
	void (*open)(void);
	void (*put)(void);
	long (*take)(void); /* without waiting: -EAGAIN where there is nothing */
	long taken;
} queues[] = {
	{ { "timerfd", .covers = "INH-FD-01" }, open_timer, let_expire, take_number, 1 },
	{ { "eventfd", .covers = "INH-FD-04" }, open_counter, put_three, take_number, 3 },
	{ { "inotify", .covers = "INH-FD-09", .features = FEATURES(NEEDS_WORKDIR) },
	  watch_directory,
	  create_file,
	  take_event,
	  IN_CREATE },
	{ { "mqueue", .covers = "FORK-044", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  open_queue,
	  send_message,
	  take_message,
	  7 },
	{ { "named_semaphore", .covers = "POSIX-005" }, open_named, post_semaphore, take_semaphore, 1 },
	{ { "unnamed_semaphore", .covers = "POSIX-005" }, place_unnamed, post_semaphore, take_semaphore, 1 },
};

TEST(one_for_both, .summary = "what parent or child puts in the other can take out, and then it is gone for both",
     CASES_NEEDING(queues), THROUGH(fork_doors), .passes = each_call)
{
	const struct queue *queue = this_case();
	const struct fork_door *door = this_door();

	queue->open();
	queue->put();
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(queue->take(), queue->taken);
		EXPECT_EQ(queue->take(), -EAGAIN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(queue->take(), -EAGAIN);

	long other = door->fork();
	if (other == 0) {
		queue->put();
		leave(0);
	}
	REQUIRE_GT(other, 0);
	EXPECT_EXITED(other, 0);
	EXPECT_EQ(queue->take(), queue->taken);
	EXPECT_EQ(queue->take(), -EAGAIN);
}

/* ---- Directory streams ------------------------------------------------------------------------- */

#define FILES 4

/* The numbers of the files that the stream still gives, as bits; a bit above them for one that comes twice. */
static unsigned read_names(DIR *dir, unsigned most)
{
	const struct dirent *entry;
	unsigned names = 0;

	while (most-- && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != 'f')
			continue;
		unsigned bit = 1U << (entry->d_name[1] - '0');
		names |= names & bit ? 1U << FILES : bit;
	}
	return names;
}

static const struct stream {
	const char *name;
	unsigned before; /* entries that the parent has read */
} streams[] = {
	{ "fresh", 0 },
	{ "half_read", 3 },
};

TEST(directory_stream, .covers = "FORK-046", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "the child reads its parent's directory stream from where that has got to", CASES(streams),
     THROUGH(fork_doors), .passes = each_call)
{
	const struct stream *stream = this_case();
	const struct fork_door *door = this_door();
	const unsigned all = (1U << FILES) - 1;

	for (char name[] = "f0"; name[1] < '0' + FILES; name[1]++)
		SETUP(close((int)SETUP(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600))));
	DIR *dir = opendir(".");
	SETUP(dir ? 0 : -1);
	unsigned seen = read_names(dir, stream->before);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(read_names(dir, UINT32_MAX), all & ~seen);
		rewinddir(dir);
		EXPECT_EQ(read_names(dir, UINT32_MAX), all);
		EXPECT_RETURNS(closedir(dir), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	/* Where it stands now is left open: the child has moved the file offset that they share. */
	rewinddir(dir);
	EXPECT_EQ(read_names(dir, UINT32_MAX), all);
	SETUP(closedir(dir));
}

#ifdef __GLIBC__
TEST(directory_buffer, .covers = "FORK-047", .features = FEATURES(NEEDS_WORKDIR), THROUGH(fork_doors),
     .summary = "each process returns for itself what the C library had read ahead of a directory stream")
{
	const struct fork_door *door = this_door();
	const unsigned all = (1U << FILES) - 1;

	for (char name[] = "f0"; name[1] < '0' + FILES; name[1]++)
		SETUP(close((int)SETUP(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600))));
	DIR *dir = opendir(".");
	SETUP(dir ? 0 : -1);
	unsigned seen = read_names(dir, 3);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(read_names(dir, UINT32_MAX), all & ~seen);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	/* So small a directory is read at once. */
	EXPECT_EQ(read_names(dir, UINT32_MAX), all & ~seen);
	SETUP(closedir(dir));
}

/* A message catalogue with one message, as the C library's own compiler writes it: a table for each order of bytes. */
static void make_catalogue(const char *path)
{
	const struct {
		uint32_t magic, sets, depth, little[3], big[3];
		char text[8];
	} file = { 0x960408de, 1, 1, { htole32(2), htole32(1), 0 }, { htobe32(2), htobe32(1), 0 }, "hello" };
	int fd = (int)SETUP(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));

	SETUP(write(fd, &file, sizeof(file)) == sizeof(file) ? 0 : -EIO);
	SETUP(close(fd));
}

TEST(catalogue, .covers = "POSIX-010", .features = FEATURES(NEEDS_WORKDIR), THROUGH(fork_doors),
     .summary = "a message catalogue that is open is open in the child, whose closing it leaves the parent's open")
{
	const struct fork_door *door = this_door();

	make_catalogue("catalogue");
	nl_catd catalogue = catopen("./catalogue", 0);
	SETUP(catalogue == (nl_catd)-1 ? -1 : 0);
	if (strcmp(catgets(catalogue, 1, 1, ""), "hello"))
		BROKEN("the catalogue has not the form that this C library reads");
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(strcmp(catgets(catalogue, 1, 1, ""), "hello"), 0);
		EXPECT_RETURNS(catclose(catalogue), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(strcmp(catgets(catalogue, 1, 1, ""), "hello"), 0);
	SETUP(catclose(catalogue));
}
#endif
