// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "comments.h"
#include "ktap_reader.h"
#include "lines.h"
#include "skip.h"

#define BLOCKS 16		 /* of blocks in each other */
#define NAME_BYTES 256		 /* of a test or a group: an id has no more than BLOCKS of these */
#define COMMENTS_KEPT (16 << 10) /* bytes, for one result */

/* What stands between a version line and the result line of the group around it. */
struct block {
	char *prefix; /* in front of its lines: blanks, or "# " */
	char *name;   /* from "# Subtest:", or NULL */
	bool tap;     /* a number may be missing */
	bool planned;
	unsigned plan, seen;
	unsigned line;	      /* where it begins */
	size_t first;	      /* of its results in the run */
	struct text comments; /* since the last result */
};

struct reader {
	struct run *run;
	struct block block[BLOCKS];
	unsigned depth; /* open blocks */
	unsigned line;
	char *announced; /* by "# Subtest:" before its block: TAP 14 */
	bool bailed;
};

static struct block *top(struct reader *reader)
{
	return reader->depth ? &reader->block[reader->depth - 1] : NULL;
}

/* ---- Blocks ------------------------------------------------------------------------------------ */

static bool is_round(const char *name)
{
	return begins_with(name, "round_") && name[6] && !name[6 + strspn(name + 6, "0123456789")];
}

/* The results of a block get the name of its group in front. Rounds are not part of a test's id. */
static void name_results(struct run *run, size_t first, const char *name, bool may_be_round)
{
	if (may_be_round && is_round(name)) {
		run->rounds++;
		return;
	}
	for (size_t i = first; i < run->count; i++) {
		char *id = run->results[i].id;
		run->results[i].id = format("%s.%s", name, id);
		free(id);
	}
}

static void check_plan(struct reader *reader, const struct block *block, const char *name)
{
	if (!block->planned)
		run_problem(reader->run, block->line, HARMLESS, "%s has no plan", name);
	else if (block->plan > block->seen)
		run_problem(reader->run, block->line, INCOMPLETE, "%s: %u of %u results are missing", name,
			    block->plan - block->seen, block->plan);
	else if (block->plan < block->seen)
		run_problem(reader->run, block->line, UNCLEAR, "%s: the plan is of %u results, there are %u", name,
			    block->plan, block->seen);
}

/* Ends the innermost block. `name`: of its group, NULL if there was no result line for it. */
static void close_block(struct reader *reader, const char *name)
{
	struct block *block = top(reader);
	const bool outermost = reader->depth == 1;

	if (!outermost && !name) {
		run_problem(reader->run, reader->line, INCOMPLETE, "no result of the group %s",
			    block->name ? block->name : "that began in this line's neighbourhood");
		name = block->name ? block->name : "?";
	} else if (!outermost && block->name && strcmp(block->name, name)) {
		run_problem(reader->run, reader->line, UNCLEAR, "the result of %s follows the tests of %s", name,
			    block->name);
	}
	check_plan(reader, block, outermost ? "the outermost group" : name);
	if (!outermost)
		name_results(reader->run, block->first, name, reader->depth == 2);
	free(block->prefix);
	free(block->name);
	text_free(&block->comments);
	reader->depth--;
}

static void open_block(struct reader *reader, const char *text, size_t prefix, bool tap)
{
	if (reader->depth == BLOCKS) {
		run_problem(reader->run, reader->line, UNCLEAR, "more than %d groups in each other", BLOCKS);
		return;
	}
	reader->block[reader->depth++] = (struct block){
		.prefix = copy_part(text, prefix),
		.name = reader->announced,
		.tap = tap,
		.line = reader->line,
		.first = reader->run->count,
	};
	reader->announced = NULL;
}

/* The open block whose lines begin with exactly this prefix, NULL: none. */
static struct block *block_at(struct reader *reader, const char *text, size_t prefix)
{
	for (unsigned i = reader->depth; i--;) {
		struct block *block = &reader->block[i];
		if (strlen(block->prefix) == prefix && !strncmp(block->prefix, text, prefix))
			return block;
	}
	return NULL;
}

/* Ends the blocks inside of one whose result lines never came. */
static void close_inside(struct reader *reader, const struct block *block)
{
	while (top(reader) != block)
		close_block(reader, NULL);
}

static bool is_deeper(struct reader *reader, size_t prefix)
{
	return !reader->depth || prefix > strlen(top(reader)->prefix);
}

/* A name of the input, which does not grow by what it is put into. */
static char *bounded_name(struct reader *reader, const char *text, size_t length)
{
	char *name = copy_part(text, length < NAME_BYTES ? length : NAME_BYTES);

	if (length > NAME_BYTES) {
		run_problem(reader->run, reader->line, UNCLEAR, "a name of more than %d bytes is cut", NAME_BYTES);
		make_clean(name, strlen(name));
	}
	return name;
}

/* ---- Version, name, plan ----------------------------------------------------------------------- */

static bool take_version(struct reader *reader, const char *text, size_t prefix)
{
	const char *version = version_line(text + prefix);

	if (!version)
		return false;
	const bool tap = text[prefix] == 'T';
	if (tap ? strcmp(version, "12") && strcmp(version, "13") && strcmp(version, "14") : strcmp(version, "1"))
		run_problem(reader->run, reader->line, HARMLESS, "%s is not known; read as KTAP version 1",
			    text + prefix);
	/* Suites one after the other. */
	struct block *same = block_at(reader, text, prefix);
	if (same) {
		close_inside(reader, same);
		close_block(reader, NULL);
	}
	open_block(reader, text, prefix, tap);
	return true;
}

/* In KTAP the name follows the version line of its block; in TAP 14 it stands before the block. */
static bool take_name(struct reader *reader, const char *text, size_t prefix)
{
	if (!begins_with(text + prefix, "# Subtest: "))
		return false;
	const char *name = text + prefix + strlen("# Subtest: ");
	struct block *block = block_at(reader, text, prefix);
	if (block && block == top(reader) && reader->depth > 1 && !block->name && !block->planned && !block->seen) {
		block->name = bounded_name(reader, name, strlen(name));
		return true;
	}
	free(reader->announced);
	reader->announced = bounded_name(reader, name, strlen(name));
	if (!block && reader->depth && is_deeper(reader, prefix))
		open_block(reader, text, prefix, true);
	return true;
}

static bool take_plan(struct reader *reader, const char *text, size_t prefix)
{
	const char *at = text + prefix;
	char *end;

	if (!begins_with(at, "1..") || !isdigit((unsigned char)at[3]))
		return false;
	const unsigned long plan = strtoul(at + 3, &end, 10);
	end += strspn(end, " ");
	if ((*end && *end != '#') || plan > 100000000)
		return false;
	struct block *block = block_at(reader, text, prefix);
	if (!block && !(is_deeper(reader, prefix) && strspn(text, " ") == prefix))
		return false;
	if (!block) {
		open_block(reader, text, prefix, true);
		block = top(reader);
	} else {
		close_inside(reader, block);
	}
	if (block->planned)
		run_problem(reader->run, reader->line, block->plan != plan ? UNCLEAR : HARMLESS,
			    "a second plan; the first is 1..%u", block->plan);
	else
		block->plan = (unsigned)plan;
	block->planned = true;
	return true;
}

/* ---- Results ----------------------------------------------------------------------------------- */

/* A result line, taken apart. */
struct line {
	bool ok;
	unsigned long number; /* 0: none */
	char *name;
	char *directive; /* what follows the '#', or "" */
};

/* Where the directive begins, or the end. A name may have "\#" in TAP. */
static size_t directive_at(const char *rest)
{
	for (size_t i = 0; rest[i]; i++)
		if (rest[i] == '#' && (i == 0 || isspace((unsigned char)rest[i - 1])))
			return i;
	return strlen(rest);
}

static bool split_line(struct reader *reader, const char *text, bool number_may_miss, struct line *line)
{
	char *end;

	*line = (struct line){ .ok = !begins_with(text, "not ") };
	text += line->ok ? 0 : strlen("not ");
	if (!begins_with(text, "ok") || (text[2] && text[2] != ' '))
		return false;
	text += 2 + strspn(text + 2, " ");
	if (isdigit((unsigned char)*text)) {
		line->number = strtoul(text, &end, 10);
		/* "ok 3x" is no result. */
		if (*end && *end != ' ')
			return false;
		text = end + strspn(end, " ");
	} else if (!number_may_miss) {
		return false;
	}
	if (begins_with(text, "- "))
		text += 2 + strspn(text + 2, " ");
	const size_t at = directive_at(text);
	size_t length = at;
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	line->name = bounded_name(reader, text, length);
	line->directive = copy(text + at + strspn(text + at, "# "));
	return true;
}

/* Is `word` the first one of the directive? Then *rest is what follows it. */
static bool first_word(const char *directive, const char *word, const char **rest)
{
	const size_t length = strlen(word);

	if (strncasecmp(directive, word, length) || isalnum((unsigned char)directive[length]))
		return false;
	*rest = directive + length;
	*rest += strspn(*rest, ": ");
	return true;
}

/* "FAIL: reason" -> FAIL and the reason; a text without verdict is a reason for a failure. */
static enum verdict named_verdict(const char **text)
{
	const size_t length = strcspn(*text, ":|");
	const enum verdict verdict = verdict_of(*text, length);

	if (verdict == VERDICTS || (*text)[length] != ':')
		return VERDICT_FAIL;
	*text += length + 1;
	*text += strspn(*text, " ");
	return verdict;
}

static void judge_known(struct result *result, bool ok, bool ok_is_pass, const char **why)
{
	result->verdict = named_verdict(why);
	result->standing = EXPECTED;
	if (ok && ok_is_pass) {
		result->verdict = VERDICT_PASS;
		result->standing = XPASS;
	}
}

static void judge_failure(struct reader *reader, const struct line *line, struct result *result, enum verdict verdict)
{
	result->verdict = verdict;
	result->standing = UNEXPECTED;
	if (line->ok)
		run_problem(reader->run, reader->line, UNCLEAR, "\"ok\", and yet %s", line->directive);
}

/* What a skip says for programs, where it does: see skip.h. */
static void take_skip(struct result *result, const char *why)
{
	const struct skip skip = skip_read(why);

	if (skip.class == SKIP_NONE)
		return;
	result_details(result)->skip_class = copy(skip_class_names[skip.class]);
	if (skip.thing_length)
		result_details(result)->skip_thing = copy_part(skip.thing, skip.thing_length);
}

/* Verdict and standing by what the line says. */
static void judge(struct reader *reader, const struct line *line, struct result *result)
{
	const char *why = line->directive;

	result->verdict = line->ok ? VERDICT_PASS : VERDICT_FAIL;
	result->standing = line->ok ? EXPECTED : UNEXPECTED;
	if (first_word(why, "skip", &why) || first_word(why, "skipped", &why)) {
		result->verdict = VERDICT_SKIP;
		result->standing = EXPECTED;
	} else if (first_word(why, "xfail", &why)) {
		judge_known(result, line->ok, false, &why);
	} else if (first_word(why, "todo", &why)) {
		judge_known(result, line->ok, true, &why);
	} else if (first_word(why, "xpass", &why)) {
		result->verdict = VERDICT_PASS;
		result->standing = XPASS;
	} else if (first_word(why, "timeout", &why)) {
		judge_failure(reader, line, result, VERDICT_TIMEOUT);
	} else if (first_word(why, "error", &why)) {
		judge_failure(reader, line, result, VERDICT_BROKEN);
		first_word(why, "broken", &why);
	} else if (!line->ok) {
		const enum verdict named = named_verdict(&why);
		result->verdict = named == VERDICT_PASS || named == VERDICT_SKIP ? VERDICT_FAIL : named;
	}
	if (*why)
		result_details(result)->why = copy(why);
	if (result->verdict == VERDICT_SKIP)
		take_skip(result, why);
}

static size_t count_unexpected(const struct run *run, size_t first)
{
	size_t n = 0;

	for (size_t i = first; i < run->count; i++)
		n += is_bad(&run->results[i]) && run->results[i].standing == UNEXPECTED;
	return n;
}

static bool any_surprise(const struct run *run, size_t first)
{
	for (size_t i = first; i < run->count; i++)
		if (run->results[i].standing != EXPECTED)
			return true;
	return false;
}

/*
 * The result line of a group whose tests have results of their own from `first` on. It counts itself only where it
 * says more than they do: the program failed after them, or took too long.
 */
static void judge_group(struct reader *reader, struct result *group, size_t first, struct text *comments)
{
	struct run *run = reader->run;
	const size_t bad = count_unexpected(run, first);

	if (group->verdict == VERDICT_PASS && group->standing == EXPECTED && bad)
		run_problem(run, reader->line, UNCLEAR, "%s is ok, but %zu of its tests are not", group->id, bad);
	const bool own = is_bad(group) && group->standing == UNEXPECTED &&
			 (group->verdict != VERDICT_FAIL || !any_surprise(run, first));
	if (own) {
		comments_on_result(group, comments->at ? comments->at : "");
		*run_add(run, reader->line) = *group;
	} else {
		free(group->id);
		details_free(group->details);
	}
}

static void count_result(struct reader *reader, struct block *block, const struct line *line)
{
	block->seen++;
	if (line->number && line->number != block->seen) {
		run_problem(reader->run, reader->line, INCOMPLETE, "result %lu where %u was to come", line->number,
			    block->seen);
		/* Follow it, so that what is missing, or there twice, is told once; but not anywhere. */
		if (line->number < block->seen || (block->planned && line->number <= block->plan))
			block->seen = (unsigned)line->number;
	}
}

static bool take_result(struct reader *reader, const char *text, size_t prefix)
{
	struct block *block = block_at(reader, text, prefix);
	struct line line;

	if (!split_line(reader, text + prefix, !block || block->tap, &line))
		return false;
	if (!block && !reader->depth && !prefix && line.number == 1) {
		run_problem(reader->run, reader->line, HARMLESS, "no version line before the first result");
		open_block(reader, text, prefix, true);
		block = top(reader);
	} else if (!block && reader->announced && is_deeper(reader, prefix) && strspn(text, " ") == prefix) {
		open_block(reader, text, prefix, true);
		block = top(reader);
	} else if (!block) {
		if (line.number && reader->depth && strspn(text, " ") == prefix)
			run_problem(reader->run, reader->line, HARMLESS, "a result in no group, ignored: %.60s",
				    text + prefix);
		free(line.name);
		free(line.directive);
		return false;
	}
	count_result(reader, block, &line);
	struct result result = { .line = reader->line };
	judge(reader, &line, &result);
	result.id = *line.name ? line.name : format("%u", block->seen);
	if (!*line.name)
		free(line.name);
	free(line.directive);

	/* The group that it is of, with the last of its tests before it. */
	while (top(reader) != block && top(reader) != block + 1)
		close_block(reader, NULL);
	if (top(reader) == block) {
		if (result.details || is_bad(&result) || result.standing != EXPECTED)
			comments_on_result(&result, block->comments.at ? block->comments.at : "");
		*run_add(reader->run, reader->line) = result;
	} else {
		const size_t first = top(reader)->first;
		const bool empty = first == reader->run->count;
		close_block(reader, result.id);
		if (empty)
			*run_add(reader->run, reader->line) = result;
		else
			judge_group(reader, &result, first, &block->comments);
	}
	text_clear(&block->comments);
	return true;
}

/* ---- Everything else --------------------------------------------------------------------------- */

static bool take_end(struct reader *reader, const char *text, size_t prefix)
{
	if (!begins_with(text + prefix, "Bail out!"))
		return false;
	run_problem(reader->run, reader->line, INCOMPLETE, "%s", text + prefix);
	reader->bailed = true;
	return true;
}

/* Comments, and lines of unknown kind, belong to the result that follows. */
static void take_other(struct reader *reader, const char *text)
{
	struct block *block = top(reader);
	size_t prefix = block ? strlen(block->prefix) : 0;

	/* A comment of a group around. */
	while (block && strncmp(block->prefix, text, prefix)) {
		block = block == reader->block ? NULL : block - 1;
		prefix = block ? strlen(block->prefix) : 0;
	}
	text += prefix;
	text += begins_with(text, "# ") ? 2 : 0;
	if (comment_on_run(reader->run, text) || !block || !*text)
		return;
	if (block->comments.length + strlen(text) < COMMENTS_KEPT)
		text_add_line(&block->comments, text);
}

static void take_line(struct reader *reader, const char *text)
{
	/* Blanks, and the "# " of a suite that runs inside of another one, as far as a line of KTAP may follow. */
	for (size_t prefix = 0;; prefix += text[prefix] == '#' ? 2 : 1) {
		const char *at = text + prefix;
		if (take_name(reader, text, prefix))
			return;
		if (*at != ' ' && !begins_with(at, "# ")) {
			if (take_version(reader, text, prefix) || take_plan(reader, text, prefix) ||
			    take_result(reader, text, prefix) || take_end(reader, text, prefix))
				return;
			break;
		}
	}
	take_other(reader, text);
}

static void tell_damage(void *context, unsigned line, const char *what)
{
	const struct reader *reader = context;

	if (reader->depth)
		run_problem(reader->run, line, INCOMPLETE, "%s", what);
}

void ktap_read(struct run *run, FILE *in)
{
	struct reader reader = { .run = run };
	struct lines lines = { .in = in, .complain = tell_damage, .context = &reader };
	const char *text;

	while (!reader.bailed && (text = lines_next(&lines, &reader.line))) {
		if (lines.endless)
			tell_damage(&reader, reader.line, "the last line has no end, and is ignored");
		else
			take_line(&reader, text);
	}
	if (reader.depth > 1 && !reader.bailed)
		run_problem(run, reader.line, INCOMPLETE, "the input ends inside of a group");
	while (reader.depth)
		close_block(&reader, top(&reader)->name);
	free(reader.announced);
	lines_free(&lines);
}
