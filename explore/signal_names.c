// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "signal_names.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	int number;
} names[] = {
	{ "0", 0 },	     { "HUP", SIGHUP },	    { "INT", SIGINT },	 { "QUIT", SIGQUIT },
	{ "ILL", SIGILL },   { "TRAP", SIGTRAP },   { "ABRT", SIGABRT }, { "BUS", SIGBUS },
	{ "FPE", SIGFPE },   { "KILL", SIGKILL },   { "USR1", SIGUSR1 }, { "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 }, { "PIPE", SIGPIPE },   { "ALRM", SIGALRM }, { "TERM", SIGTERM },
	{ "CHLD", SIGCHLD }, { "CONT", SIGCONT },   { "STOP", SIGSTOP }, { "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN }, { "TTOU", SIGTTOU },   { "URG", SIGURG },	 { "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ }, { "WINCH", SIGWINCH }, { "IO", SIGIO },	 { "SYS", SIGSYS },
};

const char *signal_name(int number)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number)
			return names[i].name;
	return "?";
}

int signal_number(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, name))
			return names[i].number;
	return -1;
}
