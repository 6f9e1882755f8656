build/runner/isolate.o: runner/isolate.c runner/isolate.h runner/suite.h \
 harness/cell.h harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h runner/fail.h runner/sweep.h
runner/isolate.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/fail.h:
runner/sweep.h:
