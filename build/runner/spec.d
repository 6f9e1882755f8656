build/runner/spec.o: runner/spec.c runner/spec.h
runner/spec.h:
