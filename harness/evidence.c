// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Facts about the kernel that do not rest on the calls under test: release and configuration. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "cell.h"

static struct release assumed;

struct release release_now(void)
{
	struct utsname uts;
	struct release release = { 0 };

	if (assumed.major)
		return assumed;
	if (!uname(&uts))
		release_parse(uts.release, &release);
	return release;
}

void release_assume(struct release release)
{
	assumed = release;
}

bool older_than(unsigned major, unsigned minor)
{
	struct release now = release_now();

	return now.major && release_compare(now, (struct release){ major, minor }) < 0;
}

void need_release(unsigned major, unsigned minor)
{
	char release[16] = "";

	if (!older_than(major, minor))
		return;
	append_number(release, sizeof(release), major);
	append_text(release, sizeof(release), ".");
	append_number(release, sizeof(release), minor);
	SKIP(SKIP_RELEASE, release, "this kernel is older");
}

/* ---- Configuration ----------------------------------------------------------------------------- */

static const char *given_path;
static char source[128];
static char *text; /* the whole file, once read */
static bool looked;

void kernel_config_file(const char *path)
{
	given_path = path;
}

/* zlib reads a file that is not compressed as it is. */
static bool load(const char *path)
{
	gzFile file = gzopen(path, "re");
	size_t size = 1 << 20;

	if (!file)
		return false;
	text = malloc(size);
	int n = text ? gzread(file, text, (unsigned)size - 1) : -1;
	gzclose(file);
	if (n <= 0 || !memmem(text, (size_t)n, "CONFIG_", 7)) {
		free(text);
		text = NULL;
		return false;
	}
	text[n] = 0;
	snprintf(source, sizeof(source), "%s", path);
	return true;
}

static void look(void)
{
	struct utsname uts = { 0 };
	char path[128];

	looked = true;
	if (given_path) {
		load(given_path);
		return;
	}
	if (load("/proc/config.gz"))
		return;
	uname(&uts);
	snprintf(path, sizeof(path), "/boot/config-%s", uts.release);
	if (load(path))
		return;
	snprintf(path, sizeof(path), "/lib/modules/%s/config", uts.release);
	if (!load(path))
		load("/kernel-config");
}

char kernel_config(const char *option)
{
	char line[80];

	if (!looked)
		look();
	if (!text)
		return 0;
	snprintf(line, sizeof(line), "\nCONFIG_%s=", option);
	const char *at = strstr(text, line);
	if (at)
		return at[strlen(line)] == 'm' ? 'm' : 'y';
	/* "is not set", or not mentioned, which is how an option looks whose dependencies are off. */
	return 'n';
}

const char *kernel_config_source(void)
{
	if (!looked)
		look();
	return text ? source : NULL;
}
