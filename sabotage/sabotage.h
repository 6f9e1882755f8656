/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Faults in process creation, made on purpose: forkcheck-sabotaged has the same tests, but each system call of theirs
 * passes through a fault. What a fault does is a row of a table in faults/; tests know nothing of it.
 *
 * Everything here may run in a vfork child or in a raw thread: only system calls, by real_syscall().
 */
#ifndef SABOTAGE_H
#define SABOTAGE_H

#include "clone_call.h"
#include "forkcheck.h"

/* The system call itself, past all faults. */
long real_syscall(long nr, long a, long b, long c, long d, long e, long f) __asm__("__real_raw_syscall");
long real_clone_call(const struct clone_call *call) __asm__("__real_clone_call_raw");
#define REAL(...) REAL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define REAL_(nr, a, b, c, d, e, f, ...) \
	real_syscall((nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

struct call {
	long nr, arg[6];
	long result;	      /* as the kernel has it */
	bool by_other_thread; /* than the first of its process */
	/*
	 * A call that creates, in terms that fork, clone and clone3 have in common: what the test asked for, and what it
	 * gets. Changes to the latter are carried over to the call.
	 */
	bool creates;
	struct clone3_args asked, how;
	bool skip;  /* .before says that the call is not to be made: .result stands already */
	bool again; /* .after says that a plain fork is to be made in its place */
};

/* In place of a number: clone, clone3, fork and vfork. */
#define CREATING (-1L)
/* In place of an error number. */
#define ANY_ERROR (-1)

/*
 * A fault. It strikes a call of one of the numbers, with (arg[.arg] & .mask) == .value, or for those that create
 * (.asked.flags & .mask) == .value, and none of the flags in .without; and, for .after, with a result that is a success
 * or the failure in .error. .when is asked last.
 *
 * A fault can be had with a modifier too, as NAME@MODIFIER: then it strikes at some points only.
 */
struct fault {
	const char *name;
	const char *breaks; /* the statement that no longer holds; "-": none by which a test could notice it */
	long nr[4];	    /* 0 ends them */
	int arg;
	uint64_t mask, value, without;
	int error;
	bool (*when)(const struct call *call);
	void (*before)(struct call *call);
	void (*child)(const struct call *call);	    /* at the child's very beginning */
	void (*child_end)(const struct call *call); /* when a function that a child was given returns */
	void (*after)(struct call *call);	    /* in the caller */
	uint64_t word;				    /* what these need to know */
};

enum modifier {
	EVERYWHERE,
	OTHER_THREAD, /* where the caller is not the first thread of its process */
	LATER,	      /* from the second time on that it would strike in a test */
	LATE_FAILURE, /* of failures, those that come when the kernel has begun to make the child */
	MODIFIERS
};

/* Registers the rows of a table. */
struct fault_table {
	const struct fault *rows;
	size_t count;
};
#define FAULTS(table)                                                                                 \
	static const struct fault_table register_##table                                              \
		__attribute__((section("sabotage_tables"), used, aligned(sizeof(void *)))) = { table, \
											       ARRAY_SIZE(table) }

/* The one that is switched on. */
extern const struct fault *fault;

/* For .when: the child has a stack of its own, so that it may share the memory. */
bool on_new_stack(const struct call *call);

/* Actions that several tables use. */
void accept_it(struct call *call);	/* a failure becomes a success: of a call that creates, by a plain fork */
void fail_otherwise(struct call *call); /* a failure gets another number, which no call gives */
void do_nothing(struct call *call);	/* .before: the call is not made, and said to have succeeded */

/*
 * Two faults for a refusal: it is accepted, and it has another error number.
 * REFUSAL("fork", EAGAIN, "FORK-054", .nr = { CREATING })
 */
#define REFUSAL(call, error_, statement, ...)                                                                        \
	{ .name = call "." #error_ "_accepted",                                                                      \
	  .breaks = statement,                                                                                       \
	  .error = error_,                                                                                           \
	  .after = accept_it,                                                                                        \
	  __VA_ARGS__ },                                                                                             \
	{                                                                                                            \
		.name = call "." #error_ "_misnamed", .breaks = statement, .error = error_, .after = fail_otherwise, \
		__VA_ARGS__                                                                                          \
	}

/* ---- Between the parts of the layer ------------------------------------------------------------- */

/* A call on its way: what is done before it, and after it; the latter returns its result. */
void call_begin(struct call *call);
long call_end(struct call *call);
/* The child's side. */
void call_child(const struct call *call);
void call_child_end(const struct call *call);
/* The mappings that there are so far are none of a test's. */
void spare_mappings(void);
/* What .again asks for. */
long plain_fork(void);

#endif
