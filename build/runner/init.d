build/runner/init.o: runner/init.c harness/forkcheck.h harness/record.h \
 harness/syscalls.h harness/arch/x86_64.h runner/init.h
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
runner/init.h:
