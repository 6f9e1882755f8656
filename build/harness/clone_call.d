build/harness/clone_call.o: harness/clone_call.S
