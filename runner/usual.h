/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Settings that the caller of a run may have changed, and that tests expect to be as usual. */
#ifndef RUNNER_USUAL_H
#define RUNNER_USUAL_H

/*
 * Sets what is inherited to what it is in an ordinary session: resource limits, policy, nice value, huge pages. Before
 * anything is allocated or started. Ends the program, with 2, where a limit is too low for the tests and may not be
 * raised.
 */
void usual_state(void);

/*
 * Stops interval timers that go off again and again: the first time would end the run, as the signals are at their
 * defaults. One that goes off once, as by alarm(2), is a time limit for the run.
 */
void stop_timers(void);

#endif
