build/tests/clone/files.o: tests/clone/files.c harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
