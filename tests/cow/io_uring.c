// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Memory that an io_uring has pinned: the kernel later reads and writes the memory of the process that registered the pages. */
#include "regions.h"

#include <linux/io_uring.h>
#include <string.h>
#include <sys/uio.h>

#define OLD 'o'
#define OF_FILE 'f'
#define OF_PARENT 'p'
#define OF_CHILD 'c'
#define LENGTH 64 /* bytes that the kernel moves */
#define ASIDE 100 /* a byte of the same page that it leaves alone */

enum { CHILD_WROTE, MOVED };

struct ring {
	int fd;
	struct io_uring_params params;
	unsigned char *submissions, *completions;
	struct io_uring_sqe *entries;
};

static void *map_ring(const struct ring *ring, size_t size, off_t what)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, what);

	SETUP(map == MAP_FAILED ? -1 : 0);
	return map;
}

static struct ring make_ring(void)
{
	struct ring ring = { .fd = -1 };
	const struct io_uring_params *params = &ring.params;

	ring.fd = (int)SETUP_RAW(SYSCALL2(SYS_io_uring_setup, 4, &ring.params));
	ring.submissions = map_ring(&ring, params->sq_off.array + params->sq_entries * sizeof(unsigned),
				    IORING_OFF_SQ_RING);
	ring.completions = map_ring(&ring, params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe),
				    IORING_OFF_CQ_RING);
	ring.entries = map_ring(&ring, params->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	return ring;
}

static unsigned *member(unsigned char *map, unsigned offset)
{
	return (unsigned *)(void *)(map + offset);
}

/* Reads or writes LENGTH bytes at the beginning of the file, by the pinned buffer. Returns its result. */
static int move_fixed(struct ring *ring, int operation, int file, unsigned char *at)
{
	const struct io_sqring_offsets *submit = &ring->params.sq_off;
	const struct io_cqring_offsets *complete = &ring->params.cq_off;
	unsigned *tail = member(ring->submissions, submit->tail), *head = member(ring->completions, complete->head);
	const unsigned next = *tail & *member(ring->submissions, submit->ring_mask);
	const struct io_uring_cqe *results = (const void *)(ring->completions + complete->cqes);

	ring->entries[next] = (struct io_uring_sqe){
		.opcode = (uint8_t)operation, .fd = file, .addr = (uintptr_t)at, .len = LENGTH
	};
	member(ring->submissions, submit->array)[next] = next;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	SETUP_RAW(SYSCALL6(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, 0, 0));
	int result = results[*head & *member(ring->completions, complete->ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

enum writer { NOBODY, PARENT, CHILD };

static const struct row {
	struct case_head head;
	bool huge;
	enum writer writer; /* who writes to the page after the fork, before the kernel does */
} rows[] = {
	{ { .name = "untouched" }, false, NOBODY },
	{ { .name = "parent_wrote" }, false, PARENT },
	{ { .name = "child_wrote" }, false, CHILD },
	{ { "huge_untouched", .features = FEATURES(NEEDS_THP, NEEDS_HUGE_PINNED) }, true, NOBODY },
	{ { "huge_parent_wrote", .features = FEATURES(NEEDS_THP, NEEDS_HUGE_PINNED) }, true, PARENT },
	{ { "huge_child_wrote", .features = FEATURES(NEEDS_THP, NEEDS_HUGE_PINNED) }, true, CHILD },
};

TEST(pinned, .covers = "COW-20", .features = FEATURES(NEEDS_IO_URING, NEEDS_WORKDIR), CASES_NEEDING(rows),
     .summary =
	     "the kernel reads and writes the parent's memory through a buffer registered before the fork; the child keeps what was there at the fork")
{
	const struct row *row = this_case();
	size_t size = page_size();
	unsigned char *page = row->huge ? map_huge(&size) : map_apart(size, 0);
	unsigned char got[LENGTH];
	int file = make_file(page_size(), OF_FILE);
	struct ring ring = make_ring();
	const struct iovec buffer = { page, page_size() };

	memset(page, OLD, size);
	SETUP_RAW(SYSCALL4(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &buffer, 1));
	long child = sys_fork();
	if (child == 0) {
		if (row->writer == CHILD)
			page[ASIDE] = OF_CHILD;
		post(CHILD_WROTE);
		await(MOVED);
		EXPECT_BYTES(page, LENGTH, OLD);
		EXPECT_EQ(page[ASIDE], row->writer == CHILD ? OF_CHILD : OLD);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(CHILD_WROTE);
	if (row->writer == PARENT)
		page[ASIDE] = OF_PARENT;
	EXPECT_EQ(move_fixed(&ring, IORING_OP_READ_FIXED, file, page), LENGTH);
	post(MOVED);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, LENGTH, OF_FILE);
	EXPECT_EQ(page[ASIDE], row->writer == PARENT ? OF_PARENT : OLD);

	memset(page, OF_PARENT, LENGTH);
	EXPECT_EQ(move_fixed(&ring, IORING_OP_WRITE_FIXED, file, page), LENGTH);
	SETUP(pread(file, got, LENGTH, 0));
	EXPECT_BYTES(got, LENGTH, OF_PARENT);
}
