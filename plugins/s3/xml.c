/* xml.c -- the answers of the store, over expat.  SPDX-License-Identifier: Apache-2.0 */
#include "xml.h"
#include <expat.h>
#include <limits.h>
#include <string.h>

enum { DEEPEST = 1024 }; /* bytes of a path */

typedef struct reading {
  XML_Parser parser;
  bool (*element)(void *ctx, const char *path, const char *text);
  void *ctx;
  char path[DEEPEST];
  s3_text text;
  bool stopped;
} reading;

static void stop(reading *r) {
  r->stopped = true;
  XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes) {
  reading *r = ctx;
  const char *colon = strchr(name, ':');
  size_t n = strlen(r->path);
  (void)attributes;
  if (colon) name = colon + 1;
  if (n + strlen(name) + 2 > sizeof r->path) return stop(r);
  r->path[n] = '/';
  memcpy(r->path + n + 1, name, strlen(name) + 1);
  r->text.n = 0;
  if (r->text.p) r->text.p[0] = 0;
}

static void XMLCALL on_text(void *ctx, const char *text, int n) {
  reading *r = ctx;
  s3_add(&r->text, text, (size_t)n);
}

static void XMLCALL on_end(void *ctx, const char *name) {
  reading *r = ctx;
  (void)name;
  if (r->stopped) return;
  if (r->text.failed || !r->element(r->ctx, r->path, s3_z(&r->text))) return stop(r);
  char *slash = strrchr(r->path, '/');
  if (slash) *slash = 0;
  r->text.n = 0;
  if (r->text.p) r->text.p[0] = 0;
}

/* No store needs one; it is the way to make a small text large. */
static void XMLCALL on_doctype(void *ctx, const char *name, const char *sysid, const char *pubid, int internal) {
  (void)name, (void)sysid, (void)pubid, (void)internal;
  stop(ctx);
}

bool s3_xml(const char *data, size_t n, bool (*element)(void *ctx, const char *path, const char *text), void *ctx) {
  reading r = {.parser = XML_ParserCreate(NULL), .element = element, .ctx = ctx};
  if (!r.parser || n > INT_MAX) return XML_ParserFree(r.parser), false;
  XML_SetUserData(r.parser, &r);
  XML_SetElementHandler(r.parser, on_start, on_end);
  XML_SetCharacterDataHandler(r.parser, on_text);
  XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
  bool ok = XML_Parse(r.parser, data, (int)n, 1) == XML_STATUS_OK && !r.stopped;
  XML_ParserFree(r.parser);
  s3_text_free(&r.text);
  return ok;
}

void s3_xml_escape(s3_text *to, const char *text) {
  for (; *text; text++)
    if (strchr("&<>\"'", *text) || (unsigned char)*text < ' ') s3_addf(to, "&#%d;", *text);
    else s3_add(to, text, 1);
}
