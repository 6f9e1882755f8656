build/runner/main.o: runner/main.c harness/cell.h harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h \
 runner/commands.h runner/options.h runner/report.h runner/expectation.h \
 runner/outcome.h runner/suite.h runner/output.h runner/fail.h \
 runner/init.h runner/isolate.h runner/ladder.h runner/run.h runner/pen.h
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
runner/suite.h:
runner/output.h:
runner/fail.h:
runner/init.h:
runner/isolate.h:
runner/ladder.h:
runner/run.h:
runner/pen.h:
