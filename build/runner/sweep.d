build/runner/sweep.o: runner/sweep.c runner/sweep.h harness/cell.h \
 harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h
runner/sweep.h:
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
