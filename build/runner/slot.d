build/runner/slot.o: runner/slot.c runner/fail.h runner/slot.h \
 runner/isolate.h runner/suite.h harness/cell.h harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h \
 runner/outcome.h runner/sweep.h
runner/fail.h:
runner/slot.h:
runner/isolate.h:
runner/suite.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/outcome.h:
runner/sweep.h:
