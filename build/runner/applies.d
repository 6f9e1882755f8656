build/runner/applies.o: runner/applies.c runner/applies.h runner/suite.h \
 harness/cell.h harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h runner/spec.h
runner/applies.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/spec.h:
