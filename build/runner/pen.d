build/runner/pen.o: runner/pen.c harness/cell.h harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h runner/fail.h \
 runner/names.h harness/forkcheck.h runner/pen.h
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/fail.h:
runner/names.h:
harness/forkcheck.h:
runner/pen.h:
