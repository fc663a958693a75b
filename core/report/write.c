/* write.c -- the report's file: JSON, or the page around it.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "report/inside.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct sink {
  int fd;
  bool html;
  const char *name;
  buf escaped;
} sink;

/* Within a page "<" begins markup; within JSON it stands in strings only, where \u003c is the same. */
static pintle_status put(sink *s, const char *p, size_t n, error *e) {
  if (!s->html) return file_write(s->fd, p, n, s->name, e);
  buf_clear(&s->escaped);
  for (size_t i = 0; i < n; i++)
    if (p[i] == '<') buf_addz(&s->escaped, "\\u003c");
    else buf_addc(&s->escaped, p[i]);
  return s->escaped.failed ? error_nomem(e) : file_write(s->fd, s->escaped.data ? s->escaped.data : "", s->escaped.len, s->name, e);
}

static pintle_status puts_z(sink *s, const char *text, error *e) { return put(s, text, strlen(text), e); }

static pintle_status part(sink *s, const char *key, str text, const char *around, error *e) {
  char head[64];
  if (!text.len) return PINTLE_OK;
  snprintf(head, sizeof head, ",\n\"%s\":%.1s", key, around);
  pintle_status st = puts_z(s, head, e);
  if (st == PINTLE_OK) st = put(s, text.ptr, text.len, e);
  return st == PINTLE_OK && *around ? puts_z(s, around + 1, e) : st;
}

static pintle_status items(report *r, sink *s, error *e) {
  char block[16384];
  int64_t at = 0;
  pintle_status st = puts_z(s, ",\n\"items\":[\n", e);
  while (st == PINTLE_OK) {
    ssize_t n = pread(r->items, block, sizeof block, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_errno(e, errno, "the report's temporary file");
    if (n == 0) break;
    at += n;
    st = put(s, block, (size_t)n, e);
  }
  return st == PINTLE_OK ? puts_z(s, "\n]}\n", e) : st;
}

static pintle_status json(report *r, const report_parts *p, sink *s, error *e) {
  char dropped[40];
  snprintf(dropped, sizeof dropped, "%llu", (unsigned long long)r->lines_dropped);
  const struct {
    const char *key;
    str text;
    const char *around;
  } parts[] = {{"run", p->run, ""},
               {"totals", p->totals, ""},
               {"phases", buf_str(&r->phases), "[]"},
               {"actions", buf_str(&r->actions), ""},
               {"rules", p->rules, ""},
               {"volumes", p->volumes, ""},
               {"operations", buf_str(&r->operations), "[]"},
               {"log", buf_str(&r->log), "[]"},
               {"logDropped", str_of(dropped), ""}};
  pintle_status st = puts_z(s, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"Report\"", e);
  for (size_t i = 0; i < sizeof parts / sizeof *parts && st == PINTLE_OK; i++)
    st = part(s, parts[i].key, parts[i].text, parts[i].around, e);
  return st == PINTLE_OK ? items(r, s, e) : st;
}

static pintle_status page(report *r, const report_parts *p, sink *s, error *e) {
  pintle_status st = file_write(s->fd, report_page_head, report_page_head_size, s->name, e);
  s->html = true;
  if (st == PINTLE_OK) st = json(r, p, s, e);
  return st == PINTLE_OK ? file_write(s->fd, report_page_tail, report_page_tail_size, s->name, e) : st;
}

/* Beside the file, then in its place: a reader never sees half of it. */
pintle_status report_write(report *r, const report_parts *p, const char *path, bool html, error *e) {
  CLEANUP(buf_free) buf temporary = {0};
  sink s = {.fd = -1, .name = path};
  if (r->failed) return *e = r->error, r->error.status;
  buf *const all[] = {&r->log, &r->operations, &r->phases, &r->actions};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i]->failed) return error_nomem(e);
  buf_printf(&temporary, "%s.%ld.part", path, (long)getpid());
  if (temporary.failed) return error_nomem(e);
  pintle_status st = file_open(AT_FDCWD, temporary.data, O_WRONLY | O_CREAT | O_TRUNC, 0644, &s.fd, e);
  if (st != PINTLE_OK) return st;
  st = html ? page(r, p, &s, e) : json(r, p, &s, e);
  if (st == PINTLE_OK && fsync(s.fd) != 0 && errno != EINVAL) st = error_errno(e, errno, "%s", path);
  if (st == PINTLE_OK && rename(temporary.data, path) != 0) st = error_errno(e, errno, "%s", path);
  if (st != PINTLE_OK) unlink(temporary.data);
  close_p(&s.fd);
  buf_free(&s.escaped);
  return st;
}
