/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the JSON formats share. */
#ifndef REPORT_WRITE_JSON_H
#define REPORT_WRITE_JSON_H

#include <jansson.h>

/* Sets a string member, unless there is none. */
void json_set_text(json_t *object, const char *key, const char *text);

/* Sets a member; the value is taken over. Exits when there is no memory. */
void json_set(json_t *object, const char *key, json_t *value);

#endif
