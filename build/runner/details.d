build/runner/details.o: runner/details.c runner/fail.h runner/names.h \
 harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h runner/report.h runner/expectation.h \
 runner/outcome.h runner/suite.h harness/cell.h harness/forkcheck.h \
 runner/output.h runner/spec.h
runner/fail.h:
runner/names.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/report.h:
runner/expectation.h:
runner/outcome.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
runner/output.h:
runner/spec.h:
