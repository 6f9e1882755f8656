// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Descriptors 0 to 7: open, dup, close, close-on-exec, and offsets, which belong to the open file. */
#include "../actor.h"
#include "forkcheck.h"

#define SEEN DESCRIPTORS_SEEN

static struct files *files_of(struct world *w, unsigned actor)
{
	return &w->files[w->actor[actor].object[DESCRIPTORS]];
}

static const struct files *files_seen(const struct world *w, unsigned actor)
{
	return &w->files[w->actor[actor].object[DESCRIPTORS]];
}

/* INH-FD-20: the lowest number that is free; SEEN: there is none. */
static unsigned lowest(const struct files *files)
{
	unsigned fd = 0;

	while (fd < SEEN && files->slot[fd].file)
		fd++;
	return fd;
}

/* ---- What is seen -------------------------------------------------------------------------------- */

enum { CLOSED = -1 };

/* The offset, and close-on-exec as its lowest bit. */
static long get_descriptor(unsigned n)
{
	long flags = sys_fcntl((int)n, F_GETFD, 0);

	return flags < 0 ? CLOSED : sys_lseek((int)n, 0, SEEK_CUR) << 1 | (flags & FD_CLOEXEC ? 1 : 0);
}

static void predict_descriptor(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	const struct files *files = files_seen(w, actor);
	const struct slot *slot = &files->slot[n];
	unsigned users = w->object[DESCRIPTORS][w->actor[actor].object[DESCRIPTORS]].users;

	predict(prediction, slot->file ? (int64_t)w->offset[slot->file] << 1 | slot->close_on_exec : CLOSED,
		users > 1 ? "CLONE-FILES-01 CLONE-FILES-02 CLONE-FILES-03 CLONE-FILES-04"
			  : "CLONE-FILES-06 CLONE-FILES-07 VFORK-008 VFORK-035 INH-FD-11 CLONE-FILES-05");
}

static const char c_descriptor[] =
	"/* The offset, and close-on-exec as its lowest bit; -1: not open. */\n"
	"static long look_descriptor(int fd)\n"
	"{\n"
	"\tint flags = fcntl(fd, F_GETFD);\n"
	"\n"
	"\treturn flags < 0 ? -1 : (long)lseek(fd, 0, SEEK_CUR) << 1 | (flags & FD_CLOEXEC ? 1 : 0);\n"
	"}\n";

LOOK(descriptor_look) = {
	.name = "descriptor ",
	.instances = SEEN,
	.get = get_descriptor,
	.c = "look_descriptor($n)",
	.c_uses = c_descriptor,
	.predict = predict_descriptor,
};

/* ---- Operations ---------------------------------------------------------------------------------- */

static bool has_room(const struct world *w, const struct step *step)
{
	return lowest(files_seen(w, step->actor)) < SEEN;
}

static bool sensible_open(const struct world *w, const struct step *step)
{
	return has_room(w, step) && w->opened + 1 < OPEN_FILES;
}

static bool is_open(const struct world *w, const struct step *step)
{
	return files_seen(w, step->actor)->slot[step->arg[0]].file;
}

/* Also what must fail: a number that is not open. */
static bool sensible_dup(const struct world *w, const struct step *step)
{
	return !is_open(w, step) || has_room(w, step);
}

static void model_open(struct world *w, const struct step *step, struct prediction *prediction)
{
	struct files *files = files_of(w, step->actor);
	unsigned fd = lowest(files);

	files->slot[fd] = (struct slot){ .file = (uint8_t)++w->opened };
	predict(prediction, fd, "INH-FD-20");
}

static void model_dup(struct world *w, const struct step *step, struct prediction *prediction)
{
	struct files *files = files_of(w, step->actor);
	unsigned fd = lowest(files);

	predict(prediction, -EBADF, "CLONE-FILES-03");
	if (!is_open(w, step))
		return;
	files->slot[fd] = (struct slot){ .file = files->slot[step->arg[0]].file };
	predict(prediction, fd, "INH-FD-20");
}

static void model_close(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, is_open(w, step) ? 0 : -EBADF, "CLONE-FILES-03");
	files_of(w, step->actor)->slot[step->arg[0]] = (struct slot){ 0 };
}

static void model_cloexec(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, is_open(w, step) ? 0 : -EBADF, "CLONE-FILES-04");
	if (is_open(w, step))
		files_of(w, step->actor)->slot[step->arg[0]].close_on_exec = true;
}

static void model_seek(struct world *w, const struct step *step, struct prediction *prediction)
{
	unsigned file = files_seen(w, step->actor)->slot[step->arg[0]].file;

	predict(prediction, file ? step->arg[1] : -EBADF, "CLONE-FILES-07");
	if (file)
		w->offset[file] = (uint8_t)step->arg[1];
}

/* A file of its own, without a name. */
static void act_open(const struct order *order, struct answer *answer)
{
	(void)order;
	answer->result = SYSCALL2(SYS_memfd_create, "forkcheck", 0);
}

static void act_dup(const struct order *order, struct answer *answer)
{
	answer->result = sys_dup((int)order->arg[0]);
}

static void act_close(const struct order *order, struct answer *answer)
{
	answer->result = sys_close((int)order->arg[0]);
}

static void act_cloexec(const struct order *order, struct answer *answer)
{
	answer->result = sys_fcntl((int)order->arg[0], F_SETFD, FD_CLOEXEC);
}

static void act_seek(const struct order *order, struct answer *answer)
{
	answer->result = sys_lseek((int)order->arg[0], order->arg[1], SEEK_SET);
}

#define DESCRIPTOR                                                                       \
	{                                                                                \
		.name = "the descriptor", .type = ARG_NUMBER, .low = 0, .high = SEEN - 1 \
	}

OPERATION(open_operation) = {
	.name = "open",
	.family = CHANGING,
	.weight = 20,
	.sensible = sensible_open,
	.model = model_open,
	.act = act_open,
	.c = "result(syscall(SYS_memfd_create, \"file\", 0))",
};
OPERATION(dup_operation) = {
	.name = "dup",
	.family = CHANGING,
	.args = { DESCRIPTOR },
	.sensible = sensible_dup,
	.model = model_dup,
	.act = act_dup,
	.c = "result(dup($1))",
};
OPERATION(close_operation) = {
	.name = "close",
	.family = CHANGING,
	.args = { DESCRIPTOR },
	.model = model_close,
	.act = act_close,
	.form = FORM_DONE,
	.c = "result(close($1))",
};
OPERATION(cloexec_operation) = {
	.name = "cloexec",
	.family = CHANGING,
	.weight = 20,
	.args = { DESCRIPTOR },
	.model = model_cloexec,
	.act = act_cloexec,
	.form = FORM_DONE,
	.c = "result(fcntl($1, F_SETFD, FD_CLOEXEC))",
};
OPERATION(seek_operation) = {
	.name = "seek",
	.family = CHANGING,
	.args = { DESCRIPTOR, { .name = "the offset", .type = ARG_NUMBER, .low = 0, .high = 9 } },
	.model = model_seek,
	.act = act_seek,
	.c = "result(lseek($1, $2, SEEK_SET))",
};
