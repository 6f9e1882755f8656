/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The parts of comments that the runner writes and the reader of reports looks for. Everything else in a comment is
 * for people, and may be worded anew at any time.
 */
#ifndef COMMON_NOTES_H
#define COMMON_NOTES_H

/* About the run: what begins a line. */
#define NOTE_ASSUMED "taken for Linux "
#define NOTE_USER "user: "     /* what it is, up to a ';' */
#define NOTE_SEED "seed "      /* a number */
#define NOTE_BEGINS "begins: " /* the id of a test */
#define NOTE_ENDS "ends: "     /* the id, a blank, the verdict */
#define NOTE_STALE "stale: "
#define NOTE_STOPPED "stopped early: "
#define NOTE_RESUMED "resumed: "

/*
 * About a result: a line "ID: VERDICT" or "ID: VERDICT, why" and, two columns further in, what explains it. Of each failed
 * expectation there is
 *
 *	FILE:LINE in ROLE, what that is (pid NUMBER)		without FILE:LINE where it has no place in the source
 *	  the expression
 *	    want  what was wanted
 *	    got   what came
 *	    errno NAME, where one came besides
 *
 * ROLE is P for the test's process, C for a child of it, G for those further down; C/thread for a thread of one.
 */
#define NOTE_IN "in "
#define NOTE_PID "(pid "
#define NOTE_WANT "want  "
#define NOTE_GOT "got   "
#define NOTE_ERRNO "errno "
#define NOTE_RULE "rule "    /* ID [LEVEL] (SOURCE): TEXT */
#define NOTE_AGAIN "again: " /* the command that runs it again */

/* Written after the report of a machine that died, by the program that watches the machine. */
#define NOTE_DIED "died: "	 /* CRASH or TIMEOUT, a blank, the reason */
#define NOTE_CONSOLE "console: " /* a line of its last words */

/* The header: forkcheck's version, and system, release and machine by uname(2). */
#define NOTE_HEADER "forkcheck %s: %s %s on %s"
#define NOTE_HEADER_READ "forkcheck %31[^: ]: %31s %127s on %31s"

/* One for each verdict, and seconds. */
#define NOTE_COUNTS "%u passed, %u failed, %u skipped; %u broken, %u timed out, %u crashed, %u leaked; %.2f s"
#define NOTE_COUNTS_READ "%u passed, %u failed, %u skipped; %u broken, %u timed out, %u crashed, %u leaked; %lf s"

#endif
