// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <string.h>

#include "names.h"

/* musl has no strerrorname_np(), and 200 lines of names help nobody: the ones that these calls give. */
static const struct {
	int number;
	const char *name;
} errno_names[] = {
#define NAME(e)       \
	{             \
		e, #e \
	}
	NAME(EPERM),	     NAME(ENOENT),	 NAME(ESRCH),
	NAME(EINTR),	     NAME(EIO),		 NAME(ENXIO),
	NAME(E2BIG),	     NAME(ENOEXEC),	 NAME(EBADF),
	NAME(ECHILD),	     NAME(EAGAIN),	 NAME(ENOMEM),
	NAME(EACCES),	     NAME(EFAULT),	 NAME(EBUSY),
	NAME(EEXIST),	     NAME(EXDEV),	 NAME(ENODEV),
	NAME(ENOTDIR),	     NAME(EISDIR),	 NAME(EINVAL),
	NAME(ENFILE),	     NAME(EMFILE),	 NAME(ENOTTY),
	NAME(ETXTBSY),	     NAME(EFBIG),	 NAME(ENOSPC),
	NAME(ESPIPE),	     NAME(EROFS),	 NAME(EMLINK),
	NAME(EPIPE),	     NAME(EDOM),	 NAME(ERANGE),
	NAME(EDEADLK),	     NAME(ENOSYS),	 NAME(ENOTEMPTY),
	NAME(ELOOP),	     NAME(EOVERFLOW),	 NAME(EUSERS),
	NAME(ENOTSOCK),	     NAME(EOPNOTSUPP),	 NAME(EADDRINUSE),
	NAME(EADDRNOTAVAIL), NAME(ENOBUFS),	 NAME(ENOTCONN),
	NAME(ETIMEDOUT),     NAME(ECONNREFUSED), NAME(EALREADY),
	NAME(EINPROGRESS),   NAME(ESTALE),	 NAME(EDQUOT),
	NAME(ECANCELED),     NAME(ENOKEY),	 NAME(EKEYEXPIRED),
	NAME(EKEYREVOKED),   NAME(EOWNERDEAD),	 NAME(ENOTRECOVERABLE),
	NAME(ENAMETOOLONG),  NAME(EREMOTE),	 NAME(EIDRM),
	NAME(ENOMSG),	     NAME(ENODATA),	 NAME(EMSGSIZE),
	NAME(EPROTO),	     NAME(ECONNRESET),
#undef NAME
};

const char *errno_name(int err)
{
	static char number[32];

	for (size_t i = 0; i < ARRAY_SIZE(errno_names); i++)
		if (errno_names[i].number == err)
			return errno_names[i].name;
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}

static const char *signal_name(int sig)
{
	static char number[32];
	static const char *const names[] = {
		[SIGHUP] = "SIGHUP",	   [SIGINT] = "SIGINT",	  [SIGQUIT] = "SIGQUIT",   [SIGILL] = "SIGILL",
		[SIGTRAP] = "SIGTRAP",	   [SIGABRT] = "SIGABRT", [SIGBUS] = "SIGBUS",	   [SIGFPE] = "SIGFPE",
		[SIGKILL] = "SIGKILL",	   [SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV",   [SIGUSR2] = "SIGUSR2",
		[SIGPIPE] = "SIGPIPE",	   [SIGALRM] = "SIGALRM", [SIGTERM] = "SIGTERM",   [SIGCHLD] = "SIGCHLD",
		[SIGCONT] = "SIGCONT",	   [SIGSTOP] = "SIGSTOP", [SIGTSTP] = "SIGTSTP",   [SIGTTIN] = "SIGTTIN",
		[SIGTTOU] = "SIGTTOU",	   [SIGURG] = "SIGURG",	  [SIGXCPU] = "SIGXCPU",   [SIGXFSZ] = "SIGXFSZ",
		[SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF", [SIGWINCH] = "SIGWINCH", [SIGIO] = "SIGIO",
		[SIGPWR] = "SIGPWR",	   [SIGSYS] = "SIGSYS",
	};

	if (sig > 0 && sig < (int)ARRAY_SIZE(names) && names[sig])
		return names[sig];
	snprintf(number, sizeof(number), "signal %d", sig);
	return number;
}

const char *status_text(int status)
{
	static char text[64];

	if (WIFEXITED(status))
		snprintf(text, sizeof(text), "exited with %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "killed by %s", signal_name(WTERMSIG(status)));
	else if (WIFSTOPPED(status))
		snprintf(text, sizeof(text), "stopped by %s", signal_name(WSTOPSIG(status)));
	else
		snprintf(text, sizeof(text), "wait status 0x%x", (unsigned)status);
	return text;
}

void value_text(char *buf, size_t size, enum site_form form, long long value)
{
	switch (form) {
	case FORM_ERRNO:
		if (value < 0 && value >= -4095)
			snprintf(buf, size, "%s", errno_name((int)-value));
		else
			snprintf(buf, size, "success (%lld)", value);
		return;
	case FORM_STATUS:
		snprintf(buf, size, "%s", value < 0 ? "no such child" : status_text((int)value));
		return;
	case FORM_TRUTH:
		snprintf(buf, size, "%s", value ? "true" : "false");
		return;
	case FORM_BYTE:
		snprintf(buf, size, "0x%02llx", (unsigned long long)value & 0xff);
		return;
	case FORM_UNSIGNED:
		snprintf(buf, size, (unsigned long long)value > 255 ? "%llu (0x%llx)" : "%llu",
			 (unsigned long long)value, (unsigned long long)value);
		return;
	default:
		break;
	}
	if (value < 0 && value >= -133)
		snprintf(buf, size, "%lld (-%s)", value, errno_name((int)-value));
	else if (value > 255 || value < 0)
		snprintf(buf, size, "%lld (0x%llx)", value, (unsigned long long)value);
	else
		snprintf(buf, size, "%lld", value);
}

void make_printable(char *text, size_t size)
{
	text[size - 1] = 0;
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}
