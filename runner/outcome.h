/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The outcome of one test: everything that the runner saw, before it concludes a verdict. */
#ifndef RUNNER_OUTCOME_H
#define RUNNER_OUTCOME_H

#include "suite.h"
#include "verdict.h"

#define OUTCOME_RECORDS 64 /* kept; more are only counted */
#define OUTPUT_KEPT 2048   /* of what the test wrote to its standard output and error */
#define SURVIVORS_TEXT 1024
#define KERNEL_TEXT 4096

struct outcome {
	struct record record[OUTCOME_RECORDS]; /* in the order in which they were made */
	uint32_t order[OUTCOME_RECORDS];
	unsigned records;		     /* kept */
	uint32_t latest;		     /* number of the last one that had one */
	bool by_pipe[RECORD_SLOTS];	     /* what stands in this slot of the page came by the pipe, too */
	uint64_t secret;		     /* what a record from the cell itself carries */
	unsigned kinds[RECORD_UNKILLED + 1]; /* how many of each kind, also those not kept */
	bool have_status;
	int status; /* wait status of the test's process */
	bool timed_out;
	bool meddled;		       /* when time was up its cell was stopped */
	bool lost;		       /* the cell itself died without a report */
	int cell_status;	       /* wait status of the cell, where lost */
	char hung[SURVIVORS_TEXT];     /* what the processes were doing when time was up */
	char unkilled[SURVIVORS_TEXT]; /* what those are doing that SIGKILL has not ended; "" : none */
	char output[OUTPUT_KEPT];
	size_t output_size; /* of all that was written, kept or not */
	double seconds;
	char kernel[KERNEL_TEXT]; /* of what the kernel complained meanwhile: lines; "" : nothing, or not asked for */
	const char *console;	  /* of a machine that died of it: lines, or NULL */
};

/* Starts anew. secret: see RECORD_STATUS. */
void outcome_init(struct outcome *outcome, uint64_t secret);

/*
 * Takes a record that came by the pipe. The page, if there is one, is looked at for its copy, which is not counted again: a
 * record is the same if its number, its process and all else are.
 */
void outcome_record(struct outcome *outcome, const struct record *record, const struct record_page *page);

/* Takes the records of the page that did not come by the pipe. */
void outcome_page(struct outcome *outcome, const struct record_page *page);

/* Notes that something was left behind that should not have been. */
void outcome_left(struct outcome *outcome, const char *what);

/* Takes output of the test; the last OUTPUT_KEPT bytes stay. */
void outcome_output(struct outcome *outcome, const char *bytes, size_t n);

/* Where in the source a record comes from, or NULL. */
const struct site *record_site(const struct record *record);

/* Whether a failure is on record: then the verdict stays, whatever else the test does. */
bool outcome_decided(const struct outcome *outcome);

/**
 * outcome_verdict() - conclude
 * @why: gets one line: the reason of a skip, the signal of a crash ...; empty where records say it all
 *
 * A broken preparation explains whatever follows from it; a failed expectation weighs more than the way the
 * test ended, since an implementation that breaks a rule often makes the test hang or die as well; without
 * an expectation that was evaluated there is no PASS.
 */
enum verdict outcome_verdict(const struct outcome *outcome, char *why, size_t size);

#endif
