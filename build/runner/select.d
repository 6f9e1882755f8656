build/runner/select.o: runner/select.c runner/fail.h runner/select.h \
 runner/suite.h harness/cell.h harness/forkcheck.h harness/record.h \
 harness/syscalls.h harness/arch/x86_64.h
runner/fail.h:
runner/select.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
