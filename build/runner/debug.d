build/runner/debug.o: runner/debug.c runner/commands.h runner/options.h \
 runner/report.h runner/expectation.h runner/outcome.h runner/suite.h \
 harness/cell.h harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h runner/output.h runner/fail.h
runner/commands.h:
runner/options.h:
runner/report.h:
runner/expectation.h:
runner/outcome.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/output.h:
runner/fail.h:
