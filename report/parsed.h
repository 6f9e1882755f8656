/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* One run of a test suite, as read from its report: what all subcommands and formats work on. */
#ifndef REPORT_PARSED_H
#define REPORT_PARSED_H

#include <time.h>

#include "expectations.h"
#include "tool.h"

/* How a verdict compared with the expectation when the suite ran. */
enum standing {
	EXPECTED,   /* a pass, a skip, or a failure that is known */
	UNEXPECTED, /* a failure that is not */
	XPASS,	    /* a pass where a failure is known */
};

/* The details of a result; all members may be NULL. */
struct details {
	char *why;		       /* reason of the skip, of the expectation; what follows the directive */
	char *at;		       /* FILE:LINE of the first expectation that did not hold */
	char *expr;		       /* its text */
	char *want, *got, *error;      /* error: name of the errno that came besides */
	char *role, *pid;	       /* in which process: see notes.h */
	char *skip_class, *skip_thing; /* of a skip: see skip.h */
	char *rules;		       /* lines "ID [LEVEL] (SOURCE): TEXT" */
	char *command;		       /* to see it again */
	char *text;		       /* all that was said, lines */
};

struct result {
	char *id;		 /* names of the groups and of the test, dots between */
	struct details *details; /* NULL: nothing was said */
	unsigned line;		 /* of the input */
	unsigned char verdict, standing;
};

/* How much a report loses by a problem. */
enum harm {
	HARMLESS,   /* nothing */
	INCOMPLETE, /* results are missing; those that are there hold */
	UNCLEAR,    /* what is there can be read in two ways */
};

/* A problem of the report itself. */
struct problem {
	unsigned line; /* 0: the whole */
	enum harm harm;
	char *text;
};

struct run {
	const char *path;
	time_t date; /* of the file */
	/* What the report tells about forkcheck; NULL, or false, for other suites. */
	char *version, *system, *release, *assumed, *arch, *user, *seed;
	bool have_wall;
	double wall;   /* seconds */
	char *stopped; /* why it ended early */
	char *begun;   /* the last test that was announced */
	bool ended;    /* its counts are there */
	unsigned rounds;

	struct result *results;
	size_t count, room;
	struct problem *problems;
	size_t problem_count, problem_room;
	enum harm harm;	   /* the worst of the problems */
	struct text stale; /* lines: expectations that fit no test */
};

/* Reads a report; "-" is the standard input. Exits with EXIT_USAGE where that cannot be. */
void run_load(struct run *run, const char *path);
void run_free(struct run *run);

/* For the reader. */
struct result *run_add(struct run *run, unsigned line);
struct details *result_details(struct result *result); /* makes them where there are none */
void details_free(struct details *details);
void run_problem(struct run *run, unsigned line, enum harm harm, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* All has been read: a test has one result, also when it ran in several rounds. */
void run_finish(struct run *run);

/* A copy of the results' addresses, by id; the caller frees it. */
struct result **run_sorted(const struct run *run);
const struct result *run_find(struct result *const *sorted, size_t count, const char *id);

/* What the conditions of expectations speak of. Returns false where the run does not tell. */
bool run_circumstances(const struct run *run, struct circumstances *here);

/* Reads expectations for a run, which may be NULL; ids only. Complains, and counts the errors, as expectations_add() does. */
void run_expectations(struct expectations *expectations, const char *word, const struct run *run, unsigned flags);

/* The entry that counts for an id, or NULL. */
const struct expectation *expectation_for(const struct expectations *expectations, const char *id);

/* A failure of any kind. */
static inline bool is_bad(const struct result *result)
{
	return verdict_is_bad(result->verdict);
}

/* Tells the problems on the standard error. */
void run_tell_problems(const struct run *run);

/* why, or "". */
static inline const char *result_why(const struct result *result)
{
	return result->details && result->details->why ? result->details->why : "";
}

#endif
