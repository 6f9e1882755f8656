// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "tell_ktap.h"

#include <stdio.h>
#include <string.h>

#include "spec.h"

void ktap_begin(void)
{
	printf("KTAP version 1\n");
	fflush(stdout);
}

void ktap_kind(const struct finding_kind *kind, unsigned number)
{
	const struct finding *finding = &kind->finding;
	const char *ids = finding->difference.want.because;
	char text[PROGRAM_TEXT], id[64] = "explore";

	if (ids)
		next_word(&ids, id, sizeof(id));
	printf("# %s\n", difference_text(&finding->difference, text, sizeof(text)));
	program_text(&finding->program, "; ", text, sizeof(text));
	if (*text)
		text[strlen(text) - 2] = 0;
	printf("# forkcheck explore --play '%s'\n", text);
	printf("not ok %u - %s %s", number, id, text);
	if (kind->known)
		printf(" # XFAIL %s", kind->known);
	else if (finding->unsteady)
		printf(" # not each time");
	printf("\n");
	fflush(stdout);
}

void ktap_end(const struct search *search)
{
	unsigned last = search->kind_count + 1;
	uint64_t right = search->played - search->differing;

	if (search->broken)
		printf("Bail out! no program could be played\n");
	else
		printf("%s %u - %llu programs of %llu are as documented%s\n", right ? "ok" : "not ok", last,
		       (unsigned long long)right, (unsigned long long)search->played,
		       search->interrupted ? ", until interrupted" : "");
	printf("1..%u\n", last);
	fflush(stdout);
}
