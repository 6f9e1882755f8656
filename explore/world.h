/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The model: the state of the world as documented, and what a step makes of it. Pure functions, no system call. It reads as
 * a second form of the manual pages: what a rule rests on stands beside it as ids of statements (spec/).
 *
 * Actors are threads. Each of them has one object of every kind: memory, descriptors and so on. A birth either shares the
 * creator's object or copies it, as flags say; that is nearly all there is to know about creation.
 */
#ifndef EXPLORE_WORLD_H
#define EXPLORE_WORLD_H

#include "program.h"

/* ---- What a step or a look gives ----------------------------------------------------------------- */

enum form {
	FORM_PLAIN, /* a number; negative: -errno */
	FORM_DONE,  /* success, whatever the number, or -errno */
	FORM_BASE_8,
	FORM_BASE_16,
	FORM_PROCESS, /* a PID: compared as the process it belongs to */
	FORM_THREAD,  /* a TID likewise */
	FORM_WAIT,    /* a wait status */
	FORM_SIGNALS, /* a set of signals */
};

/* In place of PIDs that nobody knows beforehand: the process or thread of an actor, or the conductor's, who is parent of A. */
#define CONDUCTOR (-1)
#define NAMED(actor) ((int64_t)(actor) + (1LL << 40))
#define NO_PROCESS 0LL

enum certainty {
	CERTAIN,     /* value */
	EITHER,	     /* value or other */
	UNSPECIFIED, /* no page tells, or a rule is left out by --without: nothing is compared */
	NEVER,	     /* no answer is wanted: the actor ends, or executes */
	LATER,	     /* the step stays open until another step ends it */
};

struct prediction {
	enum certainty certainty;
	int64_t value, other;
	int64_t extra;
	bool has_extra;
	const char *because, *extra_because; /* statement ids, separated by blanks */
};

static inline void predict(struct prediction *p, int64_t value, const char *because)
{
	*p = (struct prediction){ .certainty = CERTAIN, .value = value, .because = because };
}

static inline void predict_nothing(struct prediction *p)
{
	*p = (struct prediction){ .certainty = UNSPECIFIED };
}

/* ---- The state ----------------------------------------------------------------------------------- */

/* Kinds of objects, each shared by a flag of clone. */
enum kind {
	MEMORY,	     /* CLONE_VM */
	DIRECTORY,   /* CLONE_FS: root, working directory, umask */
	DESCRIPTORS, /* CLONE_FILES */
	HANDLERS,    /* CLONE_SIGHAND */
	PROCESS,     /* CLONE_THREAD: the group of threads */
	THREAD,	     /* never shared */
	KINDS
};
extern const uint64_t sharing_flag[KINDS];

#define PROPERTIES 48 /* at most, of one kind */

struct object {
	uint8_t users; /* actors that have it */
	int64_t value[PROPERTIES];
};

#define REGIONS 3
#define REGION_PAGES 2

/* A byte of a page that is shared whatever the memory, or -1 - such pages' contents are one for all. */
struct memory {
	struct region {
		bool mapped, common;
		uint8_t page[REGION_PAGES]; /* private ones; of common ones see world.common */
	} region[REGIONS];
	/* At parent_tid and child_tid of each birth: operations/words_of_tids.c. */
	uint8_t tid_word[ACTORS][2];
};

enum condition {
	UNBORN,
	LIVING,
	OPEN,	/* in a step that has not come back: see .open */
	ZOMBIE, /* the leader of a process that has ended, itself or with living threads */
	GONE,
};

/* Descriptors: those whose numbers are looked at. */
#define DESCRIPTORS_SEEN 8
#define OPEN_FILES 24
struct files {
	struct slot {
		uint8_t file; /* an open file, from 1; 0: free */
		bool close_on_exec;
	} slot[DESCRIPTORS_SEEN];
};

/* Dispositions of signals. */
struct handlers {
	uint64_t ignored; /* sets have the bit 1 << (number - 1) */
	uint64_t handled; /* of those that nobody sends: only what becomes of the disposition is seen */
	bool no_zombies;  /* SA_NOCLDWAIT */
};

/* A wait for children. */
struct wait_call {
	int8_t which; /* a process; -1: any */
	int32_t options;
};

struct actor {
	enum condition condition;
	uint8_t object[KINDS]; /* object[PROCESS]: number of the process, that of its first actor */
	int8_t creator;
	/* An open step: what it is, and, once it has ended, what it gives. */
	struct step open;
	int8_t vfork_child; /* whose end or execve releases this actor; -1 */
	bool waiting;
	struct wait_call waits;
	struct prediction answer;
	uint64_t blocked, pending; /* signals */
	uint8_t executed;	   /* how many times: what is to be found in a fresh image */
	bool clears_word;	   /* CLONE_CHILD_CLEARTID */
	bool altstack;		   /* an alternate stack for handlers */
};

struct process {
	int8_t parent;	       /* a process, or CONDUCTOR */
	int8_t leader;	       /* actor */
	int8_t group, session; /* processes whose numbers they have */
	uint8_t threads;
	uint8_t exit_signal;
	bool ended, reaped;
	bool last_counts; /* its first thread was not the last one to end */
	bool group_exit;  /* .status is that of exit_group or of a signal, not of threads that end one by one */
	int32_t status;
	uint64_t pending;	   /* signals sent to the process */
	uint64_t vague;		   /* of these nobody knows whether they are pending */
	uint8_t executions;	   /* of this process */
	uint8_t parent_executions; /* of the parent, when this one was born */
};

struct world {
	unsigned major, minor; /* release of the kernel */
	bool privileged;
	uint8_t born; /* actors so far */
	struct actor actor[ACTORS];
	struct process process[ACTORS];
	struct object object[KINDS][ACTORS];
	struct memory memory[ACTORS];
	struct handlers handlers[ACTORS];
	struct files files[ACTORS];
	uint8_t opened, offset[OPEN_FILES]; /* open files so far, and where they stand */
	uint8_t common[REGIONS][REGION_PAGES];
	/* By the last step, as bits 1 << actor: */
	uint32_t died, released, executed;
};

/* ---- Steps --------------------------------------------------------------------------------------- */

/* A has just begun. */
void world_begin(struct world *, unsigned major, unsigned minor, bool privileged);

/* Whether the step can be taken here, and says anything. */
bool world_allows(const struct world *, const struct step *);

/* Takes it: what it gives, and in .died, .released and .answer what else happens. */
void world_step(struct world *, const struct step *, struct prediction *);

/* The first step that can't be taken, or the number of steps. */
unsigned first_senseless(const struct program *, unsigned major, unsigned minor, bool privileged);

/* Whether all steps make sense, one after the other. */
bool program_valid(const struct program *, unsigned major, unsigned minor, bool privileged);

/* Can an actor take a step? */
static inline bool acts(const struct world *w, unsigned actor)
{
	return actor < w->born && w->actor[actor].condition == LIVING;
}

static inline struct process *process_of(struct world *w, unsigned actor)
{
	return &w->process[w->actor[actor].object[PROCESS]];
}

static inline bool shares(const struct world *w, unsigned a, unsigned b, enum kind kind)
{
	return w->actor[a].object[kind] == w->actor[b].object[kind];
}

/* Whether a rule is in force: the release is within the statement's since and until, and it is not to be forgotten. */
bool holds(const struct world *, const char *statement);
/* Nothing that this statement is about is compared any more; the model does without its rule. */
void leave_out(const char *statement);
void forget(const char *statement);
/* Whether one of these ids is left out. */
bool left_out(const char *statements);

/* The number of an object that nobody has. */
unsigned free_object(const struct world *, enum kind);

/* ---- What areas do at a birth, an end, an execution ---------------------------------------------- */

/* model/tid_words.c: what a word holds; what a birth stores; a thread leaves its memory. */
enum tid_word { WORD_EMPTY, WORD_TID, WORD_MARK };
#define MARKED(flags) (((flags) & (CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID)) == CLONE_CHILD_CLEARTID)
void mark_tid_word(struct world *, unsigned creator, unsigned child, uint64_t flags);
void store_tids(struct world *, unsigned creator, unsigned child, uint64_t flags);
void clear_tid(struct world *, unsigned actor);

/* model/birth.c */
int64_t creation_result(const struct world *, unsigned actor, bool by_clone3, uint64_t flags, int exit_signal,
			const char **because);
void be_born(struct world *, unsigned creator, unsigned child, uint64_t flags, int exit_signal);

/* model/death.c: exit(2) of one thread; the end of a process by exit_group(2) or a signal, with this wait status. */
void thread_ends(struct world *, unsigned actor, int code);
void process_ends(struct world *, unsigned process, int status);
/* The caller of vfork goes on, if it still can. */
void release_vfork(struct world *, unsigned child);

/* model/execution.c */
void executes(struct world *, unsigned actor);

/* model/waiting.c: the child's end is known to its parent. */
void parent_learns(struct world *, unsigned process);

#endif
