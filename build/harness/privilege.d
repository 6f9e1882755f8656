build/harness/privilege.o: harness/privilege.c harness/cell.h \
 harness/forkcheck.h harness/record.h harness/syscalls.h \
 harness/arch/x86_64.h
harness/cell.h:
harness/forkcheck.h:
harness/record.h:
harness/syscalls.h:
harness/arch/x86_64.h:
