/* text_edit.h -- changing values inside a text of a known format.  SPDX-License-Identifier: Apache-2.0
 *
 * Each format has a scanner that meets every value of the text in order, and asks what becomes of it. What stays is copied byte for byte:
 * comments, blank lines, quotes, line ends, order. The text made is scanned again, and must hold the same values in the same places but
 * for those that were changed; else it is not used. What a scanner does not understand it refuses, rather than guess. Pure functions: no
 * state, no host. */
#ifndef XFORM_TEXT_EDIT_H
#define XFORM_TEXT_EDIT_H
#include "xform.h"

enum text_format { TEXT_RAW, TEXT_PROPERTIES, TEXT_ENV, TEXT_INI, TEXT_JSON, TEXT_YAML, TEXT_FORMATS };
extern const char *const text_format_names[TEXT_FORMATS + 1]; /* "text", "properties", ...; NULL at the end */
extern const struct text_suffix {
  const char *suffix;
  enum text_format format;
} text_suffixes[]; /* NULL at the end */
/* By the suffix of a file's name; TEXT_RAW: no known one. */
enum text_format text_format_of(const char *name);

struct text_range {
  size_t begin, end;
  size_t source, log; /* where it stands in text; log, when it was put in */
};
struct text_edit {
  pintle_str text; /* in: what is edited */
  /* in: appends to *to what becomes of the value `is` at e->path (a key; a JSON Pointer in JSON and YAML; within e->section in INI), true;
   * or false: it stays. is.ptr NULL: a value that cannot be edited; true: it should have been. */
  bool (*change)(void *self, const struct text_edit *e, pintle_str is, struct xform_text *to);
  void (*inner)(void *self, const struct text_edit *e); /* in: NULL, or told of each mapping and list at e->path */
  void *self;
  struct xform_text out;   /* out: the text; meaningful when text_edit returned true */
  struct text_range *puts; /* out: what was put in, by offset in out */
  size_t n_puts, cap_puts;
  const char *refused; /* out: why a value, or the whole text, was left; NULL: nothing was */
  size_t refused_at;   /* line, from 1 */
  bool failed;         /* out: no memory */
  /* ---- for scanners */
  struct xform_text path, section;
  struct xform_text log; /* every value met, as it is in out */
  size_t copied;         /* text up to here is in out */
  bool broken;           /* the scanner gave up: nothing is changed */
};
/* True: out is the text with at least one value changed. e->out, puts are freed by text_edit_free in every case. */
bool text_edit(struct text_edit *e, enum text_format format);
void text_edit_free(struct text_edit *e);
/* A JSON Pointer against another in which the token * is any; keys (no / in front): as globs. */
bool text_path_fits(const char *pattern, const char *path);

/* ---- what scanners do */
/* A value was met at begin..end. kind: its type, which must stay. True: *to is what it becomes, to be written with text_put (or
 * text_refuse). */
bool text_meet(struct text_edit *e, char kind, pintle_str is, struct xform_text *to);
/* A value that cannot be edited, or its raw form when nobody wants it. */
void text_pass(struct text_edit *e, size_t begin, size_t end, const char *why);
void text_inner(struct text_edit *e); /* a mapping or a list begins at path */
void text_put(struct text_edit *e, size_t begin, size_t end, const struct xform_text *raw);
void text_refuse(struct text_edit *e, size_t at, const char *why); /* this value */
void text_break(struct text_edit *e, size_t at, const char *why);  /* the whole text */
size_t text_push(struct text_edit *e, const char *key, size_t n);  /* path goes deeper; what text_pop needs */
void text_pop(struct text_edit *e, size_t was);
size_t text_line_end(pintle_str text, size_t at); /* of the line at `at`, before its \r\n or \n */
size_t text_next_line(pintle_str text, size_t at);
void text_utf8(struct xform_text *to, uint32_t c);
bool text_hex4(const char *p, size_t n, uint32_t *c); /* four hex digits behind p */
/* \uXXXX (p at the u), a pair of surrogates too; bytes read, 0: none. */
size_t text_unicode(const char *p, size_t n, uint32_t *c);

void text_scan_properties(struct text_edit *e);
void text_scan_env(struct text_edit *e);
void text_scan_ini(struct text_edit *e);
void text_scan_json(struct text_edit *e);
void text_scan_yaml(struct text_edit *e);
/* text_yaml_scalar.c. n null, b bool, i int, f float, t time, s anything else: as YAML 1.1 and 1.2 together have it. */
char text_yaml_kind(const char *p, size_t n);
/* Writes a scalar in the quotes ("\"", "'", 0: none) it had; false: it cannot be written so. */
bool text_yaml_write(struct xform_text *raw, char quote, char kind, bool flow, const struct xform_text *to);
/* The value of a quoted scalar without its quotes; false: an escape that is none. */
bool text_yaml_read(struct xform_text *to, char quote, const char *p, size_t n);
#endif
