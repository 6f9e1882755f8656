build/runner/ladder.o: runner/ladder.c harness/cell.h harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h \
 runner/ladder.h
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/ladder.h:
