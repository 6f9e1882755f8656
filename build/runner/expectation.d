build/runner/expectation.o: runner/expectation.c runner/expectation.h \
 runner/outcome.h runner/suite.h harness/cell.h harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h runner/fail.h \
 runner/select.h
runner/expectation.h:
runner/outcome.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/fail.h:
runner/select.h:
