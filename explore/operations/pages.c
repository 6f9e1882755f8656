// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Memory: three regions of two pages, private or common to all who map them; what stands in the first byte of each page. */
#include <string.h>

#include "../actor.h"
#include "forkcheck.h"
#include "regions.h"

#define REGION_ADDRESS(region) ((char *)REGIONS_BEGIN + (size_t)(region)*0x100000)

static char *address_of(int64_t n)
{
	return REGION_ADDRESS(n / REGION_PAGES) + (size_t)(n % REGION_PAGES) * page_size();
}

static struct region *region_of(struct world *w, unsigned actor, int64_t region)
{
	return &w->memory[w->actor[actor].object[MEMORY]].region[region];
}

static const struct region *region_seen(const struct world *w, unsigned actor, int64_t region)
{
	return &w->memory[w->actor[actor].object[MEMORY]].region[region];
}

static const char c_pages[] =
	"#define AT(n) ((char *)0x61000000 + (n) / 2 * 0x100000 + (n) % 2 * sysconf(_SC_PAGESIZE))\n"
	"static inline long map(int region, int flags, int fd)\n"
	"{\n"
	"\tsize_t size = 2 * (size_t)sysconf(_SC_PAGESIZE);\n"
	"\n"
	"\treturn mmap(AT(2 * region), size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd,\n"
	"\t\t    fd < 0 ? 0 : region * 0x10000) == MAP_FAILED ? -errno : 0;\n"
	"}\n"
	"static inline long store(int page, char value)\n"
	"{\n"
	"\t*(volatile char *)AT(page) = value;\n"
	"\treturn 0;\n"
	"}\n"
	"static inline long look_page(int page)\n"
	"{\n"
	"\tunsigned char present;\n"
	"\n"
	"\treturn mincore(AT(page), 1, &present) ? -1 : *(volatile unsigned char *)AT(page);\n"
	"}\n";

/* ---- What a page holds --------------------------------------------------------------------------- */

static long get_page(unsigned n)
{
	unsigned char present;
	volatile unsigned char *at = (volatile unsigned char *)address_of(n);

	return SYSCALL3(SYS_mincore, at, page_size(), &present) == -ENOMEM ? -1 : *at;
}

static void predict_page(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	const struct region *region = region_seen(w, actor, n / REGION_PAGES);
	unsigned in_region = n % REGION_PAGES;

	if (!region->mapped)
		predict(prediction, -1, "CLONE-VM-02 CLONE-VM-03 CLONE-VM-10 FORK-008 FORK-009");
	else if (region->common)
		predict(prediction, w->common[n / REGION_PAGES][in_region], "INH-MEM-05 INH-IPC-06");
	else
		predict(prediction, region->page[in_region], "CLONE-VM-01 CLONE-VM-04 FORK-005 FORK-006 FORK-007");
}

static void name_page(unsigned n, char *buf, size_t size)
{
	const char name[] = { (char)('m' + n / REGION_PAGES), '.', (char)('0' + n % REGION_PAGES), 0 };

	append_text(buf, size, name);
}

LOOK(page_look) = {
	.name = "page",
	.instances = REGIONS * REGION_PAGES,
	.name_of = name_page,
	.get = get_page,
	.c = "look_page($n)",
	.c_uses = c_pages,
	.predict = predict_page,
};

/* ---- Operations ---------------------------------------------------------------------------------- */

static const struct word regions[] = { { "m", 0 }, { "n", 1 }, { "o", 2 }, { 0 } };
static const struct word pages[] = { { "m.0", 0 }, { "m.1", 1 }, { "n.0", 2 }, { "n.1", 3 },
				     { "o.0", 4 }, { "o.1", 5 }, { 0 } };

static bool is_free(const struct world *w, const struct step *step)
{
	return !region_seen(w, step->actor, step->arg[0])->mapped;
}

static bool is_mapped(const struct world *w, const struct step *step)
{
	return !is_free(w, step);
}

static bool page_is_mapped(const struct world *w, const struct step *step)
{
	return region_seen(w, step->actor, step->arg[0] / REGION_PAGES)->mapped;
}

static void model_map(struct world *w, const struct step *step, struct prediction *prediction)
{
	*region_of(w, step->actor, step->arg[0]) = (struct region){ .mapped = true };
	predict(prediction, 0, "CLONE-VM-02");
}

static void model_share(struct world *w, const struct step *step, struct prediction *prediction)
{
	*region_of(w, step->actor, step->arg[0]) = (struct region){ .mapped = true, .common = true };
	predict(prediction, 0, "INH-MEM-05");
}

static void model_unmap(struct world *w, const struct step *step, struct prediction *prediction)
{
	*region_of(w, step->actor, step->arg[0]) = (struct region){ 0 };
	predict(prediction, 0, "CLONE-VM-03");
}

static void model_write(struct world *w, const struct step *step, struct prediction *prediction)
{
	int64_t number = step->arg[0] / REGION_PAGES, n = step->arg[0] % REGION_PAGES;
	struct region *region = region_of(w, step->actor, number);
	uint8_t *byte = region->common ? &w->common[number][n] : &region->page[n];

	predict(prediction, 0, "CLONE-VM-01");
	*byte = (uint8_t)step->arg[1];
}

static void act_map(const struct order *order, struct answer *answer)
{
	long at = sys_map_private(REGION_ADDRESS(order->arg[0]), REGION_PAGES * page_size(), PROT_READ | PROT_WRITE);

	answer->result = at > 0 || at < -4095 ? 0 : at;
}

static void act_share(const struct order *order, struct answer *answer)
{
	size_t size = REGION_PAGES * page_size();
	long at = sys_map(REGION_ADDRESS(order->arg[0]), size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			  FD_COMMON, (size_t)order->arg[0] * size);

	answer->result = at > 0 || at < -4095 ? 0 : at;
}

static void act_unmap(const struct order *order, struct answer *answer)
{
	answer->result = sys_munmap(REGION_ADDRESS(order->arg[0]), REGION_PAGES * page_size());
}

static void act_write(const struct order *order, struct answer *answer)
{
	*(volatile unsigned char *)address_of(order->arg[0]) = (unsigned char)order->arg[1];
	answer->result = 0;
}

#define REGION                                                           \
	{                                                                \
		.name = "the region", .type = ARG_WORD, .words = regions \
	}

OPERATION(map_operation) = {
	.name = "map",
	.family = CHANGING,
	.args = { REGION },
	.sensible = is_free,
	.model = model_map,
	.act = act_map,
	.form = FORM_DONE,
	.c = "map($1, MAP_PRIVATE | MAP_ANONYMOUS, -1)",
	.c_uses = c_pages,
};
OPERATION(share_operation) = {
	.name = "share",
	.family = CHANGING,
	.args = { REGION },
	.sensible = is_free,
	.model = model_share,
	.act = act_share,
	.form = FORM_DONE,
	.c = "map($1, MAP_SHARED, COMMON)",
	.c_uses = c_pages,
};
OPERATION(unmap_operation) = {
	.name = "unmap",
	.family = CHANGING,
	.args = { REGION },
	.sensible = is_mapped,
	.model = model_unmap,
	.act = act_unmap,
	.form = FORM_DONE,
	.c = "result(munmap(AT(2 * $1), 2 * (size_t) sysconf(_SC_PAGESIZE)))",
	.c_uses = c_pages,
};
OPERATION(write_operation) = {
	.name = "write",
	.family = CHANGING,
	.weight = 20,
	.args = { { .name = "the page", .type = ARG_WORD, .words = pages },
		  { .name = "the value", .type = ARG_NUMBER, .low = 0, .high = 255 } },
	.sensible = page_is_mapped,
	.model = model_write,
	.act = act_write,
	.form = FORM_DONE,
	.c = "store($1, (char)$2)",
	.c_uses = c_pages,
};
