build/runner/names.o: runner/names.c runner/names.h harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h
runner/names.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
