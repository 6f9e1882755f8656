build/runner/output.o: runner/output.c runner/output.h
runner/output.h:
