// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a test can write: records in the pipe, the page that it shares with the runner, output. */
#include <stdlib.h>
#include <string.h>

#include "../../runner/details.h"
#include "fuzz.h"

static bool is_text(const char *text)
{
	for (; text && *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\n' && *text != '\t') || *text == 0x7f)
			return false;
	return true;
}

/* Another one for each input: libFuzzer learns what it is compared with. */
static uint64_t secret_of(const uint8_t *bytes, size_t size)
{
	uint64_t hash = 14695981039346656037ULL;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 1099511628211ULL;
	return hash;
}

static void judge(struct suite *suite, struct outcome *outcome)
{
	const struct again again = { .command = "forkcheck", .seed = 1 };
	char why[160];
	enum verdict verdict = outcome_verdict(outcome, why, sizeof(why));
	char *details = details_text(&suite->items[0], outcome, verdict, &again);

	fuzz_require(verdict < VERDICTS, "a verdict is one");
	fuzz_require(is_text(why) && !strchr(why, '\n'), "a reason is a line of text");
	fuzz_require(is_text(details), "details are text");
	fuzz_require(!outcome->have_status, "only the cell says how the test ended");
	free(details);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct suite suite;
	static struct record_page page;
	static struct outcome outcome;
	const size_t records = size ? bytes[0] % 16 : 0;

	if (!suite.count)
		suite_load(&suite);
	if (!size)
		return 0;
	outcome_init(&outcome, secret_of(bytes, size));
	bytes++, size--;
	memset(&page, 0, sizeof(page));
	for (size_t i = 0; i < records && size >= sizeof(struct record); i++) {
		struct record record;
		memcpy(&record, bytes, sizeof(record));
		bytes += sizeof(record), size -= sizeof(record);
		outcome_record(&outcome, &record, &page);
	}
	memcpy(&page, bytes, size < sizeof(page) ? size : sizeof(page));
	outcome_output(&outcome, (const char *)bytes, size);
	outcome_page(&outcome, &page);
	judge(&suite, &outcome);
	return 0;
}
