// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Values and differences in words. */
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "player.h"
#include "signal_names.h"

static char *process_text(int64_t value, char *buf, size_t size)
{
	int64_t actor = value - NAMED(0);

	if (actor == CONDUCTOR)
		snprintf(buf, size, "the conductor");
	else if (actor >= 0 && actor < ACTORS)
		snprintf(buf, size, "%c", (char)('A' + actor));
	else if (value < 0 && value > -4096)
		snprintf(buf, size, "%s", errno_name((int)-value));
	else if (value == NO_PROCESS)
		snprintf(buf, size, "0");
	else
		snprintf(buf, size, "the unknown process %lld", (long long)value);
	return buf;
}

static void signals_text(uint64_t set, char *buf, size_t size)
{
	size_t used = 0;

	snprintf(buf, size, "none");
	for (int number = 1; number <= 64; number++)
		if (set & 1ULL << (number - 1) && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "", signal_name(number));
}

char *form_text(enum form form, int64_t value, char *buf, size_t size)
{
	bool error = value < 0 && value > -4096;

	switch (form) {
	case FORM_PROCESS:
	case FORM_THREAD:
		return process_text(value, buf, size);
	case FORM_WAIT:
		snprintf(buf, size, "%s", status_text((int)value));
		break;
	case FORM_BASE_8:
		if (error)
			snprintf(buf, size, "%s", errno_name((int)-value));
		else
			snprintf(buf, size, "0%llo", (unsigned long long)value);
		break;
	case FORM_SIGNALS:
		signals_text((uint64_t)value, buf, size);
		break;
	case FORM_BASE_16:
		snprintf(buf, size, "0x%llx", (unsigned long long)value);
		break;
	case FORM_DONE:
		snprintf(buf, size, "%s", error ? errno_name((int)-value) : "success");
		break;
	case FORM_PLAIN:
		if (value < -1 && error)
			snprintf(buf, size, "%s", errno_name((int)-value));
		else
			snprintf(buf, size, "%lld", (long long)value);
		break;
	}
	return buf;
}

char *difference_text(const struct difference *d, char *buf, size_t size)
{
	char want[160], other[64], got[64], name[32];
	char actor = (char)('A' + d->actor);

	form_text(d->form, d->want.value, want, sizeof(want));
	if (d->want.certainty == EITHER) {
		form_text(d->form, d->want.other, other, sizeof(other));
		snprintf(want + strlen(want), sizeof(want) - strlen(want), " or %s", other);
	}
	form_text(d->form, d->got, got, sizeof(got));
	switch (d->kind) {
	case NO_DIFFERENCE:
		snprintf(buf, size, "as documented");
		break;
	case WRONG_RESULT:
		snprintf(buf, size, "%c's call: want %s, got %s", actor, want, got);
		break;
	case WRONG_EXTRA:
		snprintf(buf, size, "%c's call also gives: want %s, got %s", actor, want, got);
		break;
	case WRONG_LOOK:
		snprintf(buf, size, "%c's %s: want %s, got %s", actor,
			 look_name(d->look, d->instance, name, sizeof(name)), want, got);
		break;
	case NOT_BORN:
		snprintf(buf, size, "want %c born, got nobody", actor);
		break;
	case BORN:
		snprintf(buf, size, "want %s, got %c born", want, actor);
		break;
	case BORN_TWICE:
		snprintf(buf, size, "want nobody else, got somebody else where %c is to be", actor);
		break;
	case STILL_THERE:
		snprintf(buf, size, "want %c ended, got it still there", actor);
		break;
	case GONE_ASTRAY:
		snprintf(buf, size, "want %c there, got it ended", actor);
		break;
	case TOO_EARLY:
		snprintf(buf, size, "want %c's call to last, got it back", actor);
		break;
	case NO_ANSWER:
		snprintf(buf, size, "want %c's call to come back, got no answer", actor);
		break;
	case NOT_OPEN:
		snprintf(buf, size, "want %c's call to wait, got it neither waiting nor back", actor);
		break;
	case NO_END:
		snprintf(buf, size, "want all to be gone once they are killed, got somebody left");
		break;
	case NOT_PLAYED:
		snprintf(buf, size, "no program could be played");
		break;
	}
	return buf;
}
