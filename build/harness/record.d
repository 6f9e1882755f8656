build/harness/record.o: harness/record.c harness/forkcheck.h \
 harness/record.h harness/syscalls.h harness/arch/x86_64.h
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
