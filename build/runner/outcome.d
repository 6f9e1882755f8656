build/runner/outcome.o: runner/outcome.c runner/names.h \
 harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h runner/outcome.h runner/suite.h harness/cell.h \
 harness/forkcheck.h
runner/names.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/outcome.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
