build/runner/list.o: runner/list.c runner/applies.h runner/suite.h \
 harness/cell.h harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h runner/commands.h runner/options.h runner/report.h \
 runner/expectation.h runner/outcome.h runner/output.h runner/fail.h \
 runner/ladder.h runner/pen.h runner/select.h
runner/applies.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/commands.h:
runner/options.h:
runner/report.h:
runner/expectation.h:
runner/outcome.h:
runner/output.h:
runner/fail.h:
runner/ladder.h:
runner/pen.h:
runner/select.h:
