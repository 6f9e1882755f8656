/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What a test tells the runner, and how.
 *
 * A record goes two ways: into a slot of a page shared with the runner, and by one write(2) of at most
 * PIPE_BUF bytes to a pipe. Neither way alone is trusted: sharing memory over fork and inheriting
 * descriptors are both under test. The runner takes the union of what arrives.
 */
#ifndef FORKCHECK_RECORD_H
#define FORKCHECK_RECORD_H

#include <stdint.h>
#include <sys/types.h>

enum record_kind {
	RECORD_NONE,
	RECORD_EVALUATED, /* the first expectation of the test was evaluated */
	RECORD_FAIL,
	RECORD_BROKEN, /* the test's own setup failed */
	RECORD_SKIP,   /* not applicable here; text: the thing, SKIP_THING_ENDS, a sentence */
	RECORD_DONE,   /* the body returned, in the process in which it was called */
	RECORD_TOLD,   /* what the test has counted, whatever becomes of it: got and text */
	RECORD_STATUS, /* from the cell: got is the wait status of the test's process, want the number that only a cell knows */
	RECORD_SURVIVOR, /* from the cell: pid outlived the test; text is its command name */
	RECORD_LEFT,	 /* from the cell: something else stayed behind; text says what */
	RECORD_UNKILLED, /* from the cell: pid still lives after SIGKILL and the time to die of it; text tells of it */
};

/* How got and want are to be read. */
enum site_form {
	FORM_NUMBER,
	FORM_UNSIGNED,
	FORM_ERRNO,  /* a raw result: -errno, or the value of a success */
	FORM_STATUS, /* a wait status */
	FORM_TRUTH,
	FORM_BYTE, /* got and want are bytes, extra is the offset */
	FORM_TEXT, /* got is unused; the record's text speaks */
};

/* Where in the source an expectation stands. Its offset in the section is what crosses processes. */
struct site {
	const char *file;
	const char *got;  /* source text of the expression */
	const char *want; /* relation and source text, such as "== pid" */
	const char *with; /* source text of what it is told with besides, or "" */
	int line;
	uint8_t form, want_form; /* of the values */
	uint8_t kind;		 /* RECORD_FAIL or RECORD_BROKEN */
	uint8_t fatal;
} __attribute__((aligned(64))); /* as much as its size, or compilers leave gaps between them, some more than others */
_Static_assert(sizeof(struct site) == 64, "sites stand without gaps");

#define RECORD_TEXT 96
#define SITE_NONE UINT32_MAX

struct record {
	uint32_t ready; /* set last, with release order; RECORD_MAGIC */
	uint16_t kind;
	char role;	   /* P: the test's process, C: its child, G: further down */
	uint8_t thread;	   /* 1: not the leader of its process */
	uint32_t sequence; /* from 1; 0: there was no page to number it */
	uint32_t site;	   /* offset of the struct site, or SITE_NONE */
	int32_t pid, tid;
	int64_t got, want;
	int32_t err;   /* errno beside got, for a C library's call */
	int32_t extra; /* an offset; of a skip, its class */
	char text[RECORD_TEXT];
};

#define RECORD_MAGIC 0x666b6372u
#define RECORD_SLOTS 240

/* Directories to remove after the test, should it not come to that itself: cgroups. */
#define LEFTOVER_SLOTS 8
#define LEFTOVER_PATH 192

struct record_page {
	uint32_t used;	    /* records numbered so far; number n has slot n - 1, if there is one */
	uint32_t evaluated; /* expectations evaluated so far */
	uint32_t announced; /* RECORD_EVALUATED has been sent */
	uint32_t leftovers;
	char leftover[LEFTOVER_SLOTS][LEFTOVER_PATH];
	struct record slot[RECORD_SLOTS];
};

/* The descriptors of a cell; high, so that tests find the low ones as a fresh program does. */
#define FD_RECORDS 400
#define FD_PAGE 401
#define FD_LIFELINE 402

/* The bounds of the section of sites, made by the linker. */
extern const struct site __start_forkcheck_sites[], __stop_forkcheck_sites[];

/* The page of this process's test, and the pipe; set by the cell. */
extern struct record_page *record_page;
extern pid_t record_root;
/* The PID namespace in which record_root counts, as namespace_of_self() has it: in another one the number is some child's. */
extern uint64_t record_root_namespace;

/**
 * record_send() - hand a record over, both ways
 * @r: kind, site, values and text filled in; the rest is filled in here
 *
 * Callable anywhere: vfork child, raw thread, signal handler. Never fails visibly.
 */
void record_send(struct record *r);

/**
 * record_text() - hand over a record that is text
 * @kind: RECORD_SKIP, RECORD_BROKEN, RECORD_LEFT ...
 * @site: offset of the site or SITE_NONE
 * @text: truncated to RECORD_TEXT - 1
 *
 * Callable anywhere.
 */
void record_text(enum record_kind kind, uint32_t site, const char *text);

#endif
