// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Memory that is not what it should be after fork, and advice on it that is not taken. */
#include <sys/shm.h>

#include "../sabotage.h"
#include "regions.h"

#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1
#endif

/* ---- All mappings of the process -------------------------------------------------------------------------- */

struct mapping {
	unsigned long from, to;
	bool readable, writable, private, anonymous, sysv, special;
};

static unsigned long hexadecimal(const char **text)
{
	unsigned long value = 0;

	for (;; (*text)++) {
		char c = **text;
		if (c >= '0' && c <= '9')
			value = value * 16 + (unsigned long)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (unsigned long)(c - 'a' + 10);
		else
			return value;
	}
}

static bool contains(const char *line, const char *word)
{
	for (; *line && *line != '\n'; line++) {
		size_t n = 0;
		while (word[n] && line[n] == word[n])
			n++;
		if (!word[n])
			return true;
	}
	return false;
}

static const char *parse(const char *line, struct mapping *m)
{
	m->from = hexadecimal(&line);
	line++;
	m->to = hexadecimal(&line);
	m->readable = line[1] == 'r';
	m->writable = line[2] == 'w';
	m->private = line[4] == 'p';
	m->anonymous = contains(line, " 00:00 0 \n") || contains(line, " 00:00 0\n") || !contains(line, "/");
	m->special = contains(line, "[");
	m->sysv = contains(line, "SYSV");
	while (*line && *line != '\n')
		line++;
	return *line ? line + 1 : line;
}

/* Memory that tests have mapped themselves: above the heap or where actors of explore do, and not the stack that this runs on. */
static bool mapped_by_test(const struct mapping *m)
{
	const char *here = __builtin_frame_address(0);
	bool by_actor = m->from >= REGIONS_BEGIN && m->from < REGIONS_END;

	return (m->from > 1UL << 46 || by_actor) && !m->special &&
	       !((unsigned long)here >= m->from && (unsigned long)here < m->to);
}

static void each_mapping(void (*action)(const struct mapping *))
{
	static char text[256 * 1024];
	static int busy;
	size_t used = 0;
	long fd, n;

	if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
		return;
	fd = REAL(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
	while (used < sizeof(text) - 1 && (n = REAL(SYS_read, fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = 0;
	REAL(SYS_close, fd);
	for (const char *line = text; *line;) {
		struct mapping m;
		line = parse(line, &m);
		if (mapped_by_test(&m))
			action(&m);
	}
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

/* ---- Copy-on-write ------------------------------------------------------------------------------------------ */

static void share(const struct mapping *m)
{
	long fd;

	if (!m->private || !m->readable || !m->writable || !m->anonymous)
		return;
	fd = REAL(SYS_memfd_create, "sabotage", MFD_CLOEXEC);
	REAL(SYS_write, fd, m->from, m->to - m->from);
	REAL(SYS_mmap, m->from, m->to - m->from, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	REAL(SYS_close, fd);
}

/* What the harness has mapped: not to be touched, it is how tests talk. */
static unsigned long of_harness[16];
static unsigned harness_mappings;

static void remember(const struct mapping *m)
{
	if (!m->private && harness_mappings < ARRAY_SIZE(of_harness))
		of_harness[harness_mappings++] = m->from;
}

void spare_mappings(void)
{
	each_mapping(remember);
}

static bool spared(const struct mapping *m)
{
	for (unsigned i = 0; i < harness_mappings; i++)
		if (of_harness[i] >= m->from && of_harness[i] < m->to)
			return true;
	return false;
}

static void unshare_memory(const struct mapping *m)
{
	static char page[4096];

	if (spared(m) || m->private || !m->readable || !m->writable || m->to - m->from > 1 << 20)
		return;
	for (unsigned long at = m->from; at < m->to; at += sizeof(page)) {
		for (size_t i = 0; i < sizeof(page); i++)
			page[i] = ((volatile char *)at)[i];
		REAL(SYS_mmap, at, sizeof(page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		     0);
		for (size_t i = 0; i < sizeof(page); i++)
			((volatile char *)at)[i] = page[i];
	}
}

static void wipe(const struct mapping *m)
{
	if (m->private && m->writable && m->anonymous)
		REAL(SYS_madvise, m->from, m->to - m->from, MADV_DONTNEED);
}

static void make_readable(const struct mapping *m)
{
	if (m->private && m->anonymous && !m->readable)
		REAL(SYS_mprotect, m->from, m->to - m->from, PROT_READ | PROT_WRITE);
}

static void detach(const struct mapping *m)
{
	if (m->sysv)
		REAL(SYS_shmdt, m->from);
}

static void share_all(struct call *call)
{
	(void)call;
	each_mapping(share);
}

#define IN_CHILD(name, action)                    \
	static void name(const struct call *call) \
	{                                         \
		(void)call;                       \
		each_mapping(action);             \
	}
IN_CHILD(wipe_all, wipe)
IN_CHILD(detach_all, detach)
IN_CHILD(protection_lost, make_readable)
IN_CHILD(unshare_all, unshare_memory)

/* All would be more than an ordinary user may lock. */
static void lock_one(const struct call *call)
{
	static char page[4096] __attribute__((aligned(4096)));

	(void)call;
	REAL(SYS_mlock, page, sizeof(page));
}

static void lock_all(const struct call *call)
{
	(void)call;
	REAL(SYS_mlockall, (int)fault->word);
}

#define FORKING .nr = { CREATING }, .without = CLONE_VM

static const struct fault copies[] = {
	{ .name = "cow.writes_cross", .breaks = "FORK-005", FORKING, .before = share_all },
	{ .name = "cow.contents_lost", .breaks = "FORK-007", FORKING, .child = wipe_all },
	{ .name = "cow.shared_memory_copied", .breaks = "POSIX-004", FORKING, .child = unshare_all },
	{ .name = "cow.protection_lost", .breaks = "INH-MEM-01", FORKING, .child = protection_lost },
	{ .name = "cow.locked", .breaks = "FORK-014", FORKING, .child = lock_one },
	{ .name = "cow.locked_future", .breaks = "FORK-015", FORKING, .child = lock_all, .word = MCL_FUTURE },
	{ .name = "cow.segments_detached", .breaks = "INH-IPC-01", FORKING, .child = detach_all },
};
FAULTS(copies);

/* ---- madvise --------------------------------------------------------------------------------------------------- */

static void next_page(struct call *call)
{
	call->arg[0] += 4096;
}

static void first_page(struct call *call)
{
	if (call->arg[1] > 4096)
		call->arg[1] = 4096;
}

static void one_page_more(struct call *call)
{
	call->arg[1] += 4096;
}

static bool of_pages(const struct call *call)
{
	return call->arg[0] && call->arg[1];
}

#define ADVICE(value_) .nr = { SYS_madvise }, .arg = 2, .mask = ~0ULL, .value = (value_)
#define IGNORED(advice, statement)                                                                            \
	{                                                                                                     \
		.name = "madvise." #advice "_ignored", .breaks = statement, ADVICE(advice), .when = of_pages, \
		.before = do_nothing                                                                          \
	}

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

static void undo_advice(const struct mapping *m)
{
	REAL(SYS_madvise, m->from, m->to - m->from, fault->word);
}

static void undo_in_parent(struct call *call)
{
	(void)call;
	each_mapping(undo_advice);
}

static void undo_in_child(const struct call *call)
{
	(void)call;
	each_mapping(undo_advice);
}

static void undo_before(struct call *call)
{
	(void)call;
	each_mapping(undo_advice);
}

static const struct fault advice[] = {
	IGNORED(MADV_DONTFORK, "MADV-01"),
	IGNORED(MADV_DOFORK, "MADV-04"),
	IGNORED(MADV_WIPEONFORK, "MADV-07"),
	IGNORED(MADV_KEEPONFORK, "MADV-14"),
	IGNORED(MADV_DONTNEED, "MADV-21"),
	IGNORED(MADV_REMOVE, "MADV-24"),
	IGNORED(MADV_GUARD_INSTALL, "MADV-26"),
	IGNORED(MADV_GUARD_REMOVE, "MADV-28"),
	IGNORED(MADV_MERGEABLE, "MADV-54"),
	{ .name = "madvise.next_page_instead.DONTFORK",
	  .breaks = "MADV-03",
	  ADVICE(MADV_DONTFORK),
	  .when = of_pages,
	  .before = next_page },
	{ .name = "madvise.next_page_instead.WIPEONFORK",
	  .breaks = "MADV-46",
	  ADVICE(MADV_WIPEONFORK),
	  .when = of_pages,
	  .before = next_page },
	{ .name = "madvise.first_page_only.DONTFORK",
	  .breaks = "MADV-01",
	  ADVICE(MADV_DONTFORK),
	  .when = of_pages,
	  .before = first_page },
	{ .name = "madvise.first_page_only.WIPEONFORK",
	  .breaks = "MADV-07",
	  ADVICE(MADV_WIPEONFORK),
	  .when = of_pages,
	  .before = first_page },
	{ .name = "madvise.one_page_more.DONTFORK",
	  .breaks = "MADV-03",
	  ADVICE(MADV_DONTFORK),
	  .when = of_pages,
	  .before = one_page_more },
	{ .name = "madvise.one_page_more.WIPEONFORK",
	  .breaks = "MADV-46",
	  ADVICE(MADV_WIPEONFORK),
	  .when = of_pages,
	  .before = one_page_more },
	{ .name = "madvise.DONTFORK_for_one_fork",
	  .breaks = "MADV-43",
	  FORKING,
	  .after = undo_in_parent,
	  .word = MADV_DOFORK },
	{ .name = "madvise.WIPEONFORK_for_one_fork",
	  .breaks = "MADV-45",
	  FORKING,
	  .after = undo_in_parent,
	  .word = MADV_KEEPONFORK },
	{ .name = "madvise.WIPEONFORK_not_inherited",
	  .breaks = "MADV-09",
	  FORKING,
	  .child = undo_in_child,
	  .word = MADV_KEEPONFORK },
	{ .name = "madvise.DONTFORK_forgotten",
	  .breaks = "MADV-44",
	  FORKING,
	  .before = undo_before,
	  .word = MADV_DOFORK },
	{ .name = "madvise.WIPEONFORK_forgotten",
	  .breaks = "MADV-07",
	  FORKING,
	  .before = undo_before,
	  .word = MADV_KEEPONFORK },
	{ .name = "madvise.MERGEABLE_not_inherited",
	  .breaks = "MADV-54",
	  FORKING,
	  .child = undo_in_child,
	  .word = MADV_UNMERGEABLE },
	{ .name = "madvise.guards_not_inherited",
	  .breaks = "MADV-26",
	  FORKING,
	  .child = undo_in_child,
	  .word = MADV_GUARD_REMOVE },
	REFUSAL("madvise", EINVAL, "MADV-17", .nr = { SYS_madvise }),
	REFUSAL("madvise", ENOMEM, "MADV-18", .nr = { SYS_madvise }),
	REFUSAL("madvise", EPERM, "MADV-32", .nr = { SYS_madvise }),
	REFUSAL("madvise.file", EINVAL, "MADV-11", ADVICE(MADV_WIPEONFORK)),
	REFUSAL("process_madvise", EINVAL, "MADV-39", .nr = { SYS_process_madvise }),
};
FAULTS(advice);
