build/runner/fail.o: runner/fail.c runner/fail.h
runner/fail.h:
