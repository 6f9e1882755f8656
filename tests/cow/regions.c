// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* How regions of each kind of private memory are made. */
#include "regions.h"

#include <setjmp.h>
#include <string.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define LARGEST_PAGE 65536
/* What the program's own data is made of: it should not grow with the largest page that there is. */
#define DATA_UNIT 4096
#define DATA_BYTE 'd'
#define FILE_BYTE 'f'

static unsigned char bss[REGIONS * UNITS * LARGEST_PAGE] __attribute__((aligned(LARGEST_PAGE)));
static unsigned char data[REGIONS * UNITS * DATA_UNIT]
	__attribute__((aligned(DATA_UNIT))) = { [0 ... REGIONS * UNITS * DATA_UNIT - 1] = DATA_BYTE };
static int backing = -1;

size_t region_unit(const struct region_kind *kind)
{
	if (kind->unit)
		return kind->unit;
	return page_size() < LARGEST_PAGE ? page_size() : LARGEST_PAGE;
}

size_t matching(const unsigned char *region, const unsigned char *want, size_t size)
{
	size_t i = 0;

	if (!memcmp(region, want, size))
		return size;
	while (i < size && region[i] == want[i])
		i++;
	return i;
}

static void *mapping(void *where, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *map = mmap(where, size, prot, flags, fd, offset);

	if (map == MAP_FAILED)
		BROKEN("cannot map memory");
	return map;
}

unsigned char *map_apart(size_t size, int flags)
{
	size_t page = page_size();
	unsigned char *room = mapping(NULL, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mapping(room + page, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1,
		       0);
}

static void fill_file(int fd, size_t size, unsigned char value)
{
	unsigned char part[4096];

	memset(part, value, sizeof(part));
	for (size_t done = 0; done < size; done += sizeof(part))
		SETUP(pwrite(fd, part, sizeof(part), (off_t)done));
}

int make_file(size_t size, unsigned char value)
{
	int fd = (int)SETUP(open("backing", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));

	SETUP(unlink("backing"));
	fill_file(fd, size, value);
	return fd;
}

void expect_file_unchanged(const struct region_kind *kind)
{
	size_t size = REGIONS * UNITS * region_unit(kind);
	unsigned char *now;

	if (!kind->has_file)
		return;
	now = mapping(NULL, size, PROT_READ, MAP_SHARED, backing, 0);
	EXPECT_BYTES(now, size, FILE_BYTE);
}

bool mapped(const unsigned char *at)
{
	unsigned char in_core;

	return SYSCALL3(SYS_mincore, at, 1, &in_core) != -ENOMEM;
}

static sigjmp_buf after_fault;

static void on_fault(int sig)
{
	siglongjmp(after_fault, sig);
}

static bool survives(volatile unsigned char *at, bool write)
{
	struct sigaction action = { .sa_handler = on_fault }, segv, bus;
	volatile bool survived = false;

	SETUP(sigaction(SIGSEGV, &action, &segv));
	SETUP(sigaction(SIGBUS, &action, &bus));
	if (!sigsetjmp(after_fault, 1)) {
		unsigned char value = *at;
		if (write)
			*at = value;
		survived = true;
	}
	SETUP(sigaction(SIGSEGV, &segv, NULL));
	SETUP(sigaction(SIGBUS, &bus, NULL));
	return survived;
}

bool readable(const unsigned char *at)
{
	return survives((unsigned char *)at, false);
}

bool writable(unsigned char *at)
{
	return survives(at, true);
}

/* A hexadecimal number as /proc has it: at least eight digits. */
static void append_address(char *buf, size_t size, uintptr_t value)
{
	unsigned digits = 8;

	while (digits < 2 * sizeof(value) && value >> 4 * digits)
		digits++;
	while (digits--)
		append_text(buf, size, (char[]){ "0123456789abcdef"[value >> 4 * digits & 15], 0 });
}

const char *find_mapping(const char *path, const unsigned char *map, size_t size)
{
	static char text[256 * 1024] = "\n";
	char borders[64] = "\n";

	SETUP_RAW(read_file(path, text + 1, sizeof(text) - 1));
	append_address(borders, sizeof(borders), (uintptr_t)map);
	append_text(borders, sizeof(borders), "-");
	append_address(borders, sizeof(borders), (uintptr_t)map + size);
	append_text(borders, sizeof(borders), " ");
	const char *found = strstr(text, borders);
	return found ? found + 1 : NULL;
}

/* ---- The kinds --------------------------------------------------------------------------------- */

static unsigned char *make_anonymous(size_t size, unsigned nth, unsigned char *stack)
{
	(void)nth, (void)stack;
	return map_apart(size, 0);
}

static unsigned char *make_bss(size_t size, unsigned nth, unsigned char *stack)
{
	(void)stack;
	return bss + nth * size;
}

static unsigned char *make_data(size_t size, unsigned nth, unsigned char *stack)
{
	(void)stack;
	return data + nth * size;
}

/* The C library takes from the same heap, but not in between. */
static unsigned char *make_heap(size_t size, unsigned nth, unsigned char *stack)
{
	static uintptr_t base;
	size_t page = page_size();

	(void)stack;
	if (!base)
		base = ((uintptr_t)SYSCALL1(SYS_brk, 0) + page - 1) / page * page;
	uintptr_t end = base + (nth + 1) * size;
	if ((uintptr_t)SYSCALL1(SYS_brk, end) != end)
		BROKEN("the heap does not grow");
	return (unsigned char *)end - size;
}

size_t stack_needed(const struct region_kind *kind)
{
	return kind == &cow_stack ? (REGIONS * UNITS + 1) * page_size() : 1;
}

static unsigned char *make_stack(size_t size, unsigned nth, unsigned char *stack)
{
	size_t page = page_size();
	unsigned char *low = (unsigned char *)(((uintptr_t)stack + page - 1) / page * page) + nth * size;

	/* Where cells are not executed anew, their stack has been as deep before. */
	SETUP(madvise(low, size, MADV_DONTNEED));
	return low;
}

static unsigned char *make_growsdown(size_t size, unsigned nth, unsigned char *stack)
{
	(void)nth, (void)stack;
	return map_apart(size, MAP_GROWSDOWN);
}

static unsigned char *make_dev_zero(size_t size, unsigned nth, unsigned char *stack)
{
	int fd = (int)SETUP(open("/dev/zero", O_RDWR | O_CLOEXEC));
	void *map = mapping(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	(void)nth, (void)stack;
	close(fd);
	return map;
}

static unsigned char *map_backing(size_t size, unsigned nth)
{
	return mapping(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, backing, (off_t)(nth * size));
}

static unsigned char *make_private_file(size_t size, unsigned nth, unsigned char *stack)
{
	(void)stack;
	if (backing < 0)
		backing = make_file(REGIONS * size, FILE_BYTE);
	return map_backing(size, nth);
}

static unsigned char *make_private_memfd(size_t size, unsigned nth, unsigned char *stack)
{
	(void)stack;
	if (backing < 0) {
		backing = (int)SETUP_RAW(SYSCALL2(SYS_memfd_create, "forkcheck", 1U /* MFD_CLOEXEC */));
		fill_file(backing, REGIONS * size, FILE_BYTE);
	}
	return map_backing(size, nth);
}

static unsigned char *move(unsigned char *region, size_t size)
{
	unsigned char *place = map_apart(size, 0);
	void *moved = mremap(region, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place);

	if (moved != place)
		BROKEN("mremap does not move a mapping");
	return place;
}

static unsigned char *make_unwritable(unsigned char *region, size_t size)
{
	SETUP(mprotect(region, size, PROT_READ));
	return region;
}

static unsigned char *make_inaccessible(unsigned char *region, size_t size)
{
	SETUP(mprotect(region, size, PROT_NONE));
	return region;
}

static void make_writable(unsigned char *region, size_t size)
{
	REQUIRE_OK(SYSCALL3(SYS_mprotect, region, size, PROT_READ | PROT_WRITE));
}

/* A guard on either side, in the same mapping. */
static unsigned char *make_guarded(size_t size, unsigned nth, unsigned char *stack)
{
	size_t page = page_size();
	unsigned char *map = map_apart(size + 2 * page, 0);

	(void)nth, (void)stack;
	SETUP_RAW(sys_madvise(map, page, MADV_GUARD_INSTALL));
	SETUP_RAW(sys_madvise(map + page + size, page, MADV_GUARD_INSTALL));
	return map + page;
}

unsigned char *map_huge(size_t *size)
{
	char text[32];
	size_t huge = 0;

	if (read_file("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", text, sizeof(text)) > 0)
		huge = strtoul(text, NULL, 10);
	/* With pages of 64 KiB it is half a gigabyte: memory of a more modest size must do there. */
	if (huge < UNITS * page_size() || huge > 32UL << 20)
		huge = UNITS * page_size();
	uintptr_t map = (uintptr_t)map_apart(3 * huge, 0);
	uintptr_t first = (map + huge - 1) / huge * huge;
	SETUP_RAW(sys_madvise((void *)first, 2 * huge, MADV_HUGEPAGE));
	*size = huge;
	return (unsigned char *)first;
}

/* Around the border of two huge pages. */
static unsigned char *make_huge(size_t size, unsigned nth, unsigned char *stack)
{
	size_t huge;
	unsigned char *map = map_huge(&huge);

	(void)nth, (void)stack;
	return map + huge - size / 2;
}

static unsigned char *make_hugetlb(size_t size, unsigned nth, unsigned char *stack)
{
	size_t huge = (size_t)SETUP(proc_field("/proc/meminfo", "Hugepagesize:", 10)) * 1024;
	unsigned char *map = mapping(NULL, 2 * huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB,
				     -1, 0);

	(void)nth, (void)stack;
	return map + huge - size / 2;
}

/* As much as the kernel cares to. */
static unsigned char *swap_out(unsigned char *region, size_t size)
{
	sys_madvise(region, size, MADV_PAGEOUT);
	return region;
}

const struct region_kind cow_anonymous = { .make = make_anonymous };
const struct region_kind cow_bss = { .make = make_bss };
const struct region_kind cow_data = { .make = make_data, .unit = DATA_UNIT, .initial = DATA_BYTE };
const struct region_kind cow_heap = { .make = make_heap };
const struct region_kind cow_stack = { .make = make_stack };
const struct region_kind cow_growsdown = { .make = make_growsdown };
const struct region_kind cow_dev_zero = { .make = make_dev_zero };
const struct region_kind cow_file = { .make = make_private_file, .initial = FILE_BYTE, .has_file = true };
const struct region_kind cow_memfd = { .make = make_private_memfd, .initial = FILE_BYTE, .has_file = true };
const struct region_kind cow_moved = { .make = make_anonymous, .settle = move };
const struct region_kind cow_read_only = {
	.make = make_anonymous,
	.settle = make_unwritable,
	.before_write = make_writable,
};
const struct region_kind cow_no_access = {
	.make = make_anonymous,
	.settle = make_inaccessible,
	.before_write = make_writable,
};
const struct region_kind cow_guarded = { .make = make_guarded };
const struct region_kind cow_huge = { .make = make_huge };
const struct region_kind cow_hugetlb = { .make = make_hugetlb };
const struct region_kind cow_swapped = { .make = make_anonymous, .settle = swap_out };
