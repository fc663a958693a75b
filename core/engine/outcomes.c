/* outcomes.c -- see outcomes.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/outcomes.h"
#include "archive/archive.h"
#include "base/file.h"
#include <stdlib.h>

enum { LEVEL = 1 }; /* lines are much alike */

struct engine_outcomes {
  int fd;
  archive_gzip *gzip;
  const chain_plan *plan;
  str *names; /* of its entries, as JSON */
  arena memory;
  buf line, gr;
  error failure;
};

static bool make_names(engine_outcomes *o) {
  CLEANUP(buf_free) buf b = {0};
  o->names = arena_alloc(&o->memory, (o->plan->n + 1) * sizeof *o->names);
  for (size_t i = 0; o->names && i < o->plan->n; i++) {
    buf_clear(&b);
    buf_json_go(&b, str_of(o->plan->entries[i].name));
    const char *name = b.failed ? NULL : arena_copy(&o->memory, buf_str(&b));
    if (!name) return false;
    o->names[i] = (str){name, b.len};
  }
  return o->names != NULL;
}

pintle_status engine_outcomes_open(const char *temp_dir, const chain_plan *plan, engine_outcomes **out, error *e) {
  engine_outcomes *o = calloc(1, sizeof *o);
  if (!o) return error_nomem(e);
  o->fd = -1;
  o->plan = plan;
  pintle_status st = make_names(o) ? file_temporary(temp_dir, &o->fd, e) : error_nomem(e);
  if (st == PINTLE_OK) st = archive_gzip_open(o->fd, 0, LEVEL, &o->gzip, e);
  if (st != PINTLE_OK) return engine_outcomes_free(o), st;
  *out = o;
  return PINTLE_OK;
}

void engine_outcomes_free(engine_outcomes *o) {
  if (!o) return;
  archive_gzip_abandon(o->gzip);
  close_p(&o->fd);
  arena_free(&o->memory);
  buf_free(&o->line);
  buf_free(&o->gr);
  free(o);
}

static void member(buf *b, const char *key, str value) {
  if (value.len == 0) return;
  if (b->len > 1) buf_addc(b, ',');
  buf_addc(b, '"');
  buf_addz(b, key);
  buf_addz(b, "\":");
  buf_json_go(b, value);
}

static void add_actions(engine_outcomes *o, uint64_t edited) {
  const char *before = ",\"actions\":[";
  for (size_t i = 0; edited && i < o->plan->n; i++, edited >>= 1) {
    if (!(edited & 1)) continue;
    buf_addz(&o->line, before);
    buf_adds(&o->line, o->names[i]);
    before = ",";
  }
  if (*before == ',' && !before[1]) buf_addc(&o->line, ']');
}

void engine_outcomes_add(engine_outcomes *o, const engine_event *v, const engine_done *d) {
  bool ended = strcmp(v->outcome, "failed") == 0 || strcmp(v->outcome, "skipped") == 0;
  if (o->failure.status != PINTLE_OK || !o->gzip) return;
  buf_clear(&o->line);
  buf_clear(&o->gr);
  if (v->type) kube_type_gr(v->type, &o->gr);
  buf_addc(&o->line, '{');
  member(&o->line, "resource", buf_str(&o->gr));
  member(&o->line, "namespace", v->ns);
  member(&o->line, "name", v->name);
  member(&o->line, "outcome", str_of(v->outcome));
  add_actions(o, d->edited);
  if (ended && d->entry < o->plan->n) buf_addz(&o->line, ",\"by\":"), buf_adds(&o->line, o->names[d->entry]);
  member(&o->line, "message", v->message);
  buf_addz(&o->line, "}\n");
  if (o->line.failed || o->gr.failed) error_nomem(&o->failure);
  else archive_gzip_write(o->gzip, buf_str(&o->line), &o->failure);
}

pintle_status engine_outcomes_finish(engine_outcomes *o, int *fd, int64_t *size, error *e) {
  archive_gzip *g = o->gzip;
  o->gzip = NULL;
  if (o->failure.status != PINTLE_OK) {
    archive_gzip_abandon(g);
    if (e) *e = o->failure;
    return o->failure.status;
  }
  *fd = o->fd;
  return archive_gzip_close(g, size, NULL, e);
}
