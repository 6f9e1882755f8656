build/runner/run.o: runner/run.c runner/applies.h runner/suite.h \
 harness/cell.h harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h runner/fail.h runner/ladder.h runner/run.h \
 runner/options.h runner/report.h runner/expectation.h runner/outcome.h \
 runner/output.h runner/pen.h runner/select.h runner/slot.h \
 runner/isolate.h runner/sweep.h
runner/applies.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/fail.h:
runner/ladder.h:
runner/run.h:
runner/options.h:
runner/report.h:
runner/expectation.h:
runner/outcome.h:
runner/output.h:
runner/pen.h:
runner/select.h:
runner/slot.h:
runner/isolate.h:
runner/sweep.h:
