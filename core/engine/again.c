/* again.c -- see again.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/again.h"
#include "archive/archive.h"
#include "base/path.h"
#include "base/file.h"
#include <stdlib.h>

struct engine_again {
  engine_stage stage; /* the first: the flow's ctx */
  engine_common common;
  size_t *items; /* in the source */
  size_t n_items, at;
  engine_made *v;
  size_t n, cap;
  int fd; /* their texts */
  int64_t size;
  arena memory;
  buf path;
};

/* ---- what the flow asks */
static size_t next_item(void *ctx) {
  engine_again *a = ctx;
  return a->at < a->n_items ? a->items[a->at++] : SIZE_MAX;
}

static pintle_status load_item(void *ctx, size_t item, engine_input *in, error *e) {
  return engine_stage_load(&((engine_again *)ctx)->stage, item, in, e);
}

/* Velero takes additional items then whatever the filters say. */
static size_t resolve(void *ctx, size_t parent, const chain_related *related, buf *why) {
  const engine_again *a = ctx;
  kube_entry k;
  (void)parent;
  size_t item = engine_stage_find(a->common.source, related, "additional", "input", why);
  if (item == SIZE_MAX) return SIZE_MAX;
  kube_source_get(a->common.source, item, &k);
  return k.deleting ? SIZE_MAX : item;
}

static pintle_status make(engine_again *a, const engine_done *d, const kube_type *type, bool copy, error *e) {
  CLEANUP(buf_free) buf text = {0};
  buf_clear(&a->path);
  kube_type_gr(type, &text);
  archive_path_make(buf_str(&text), str_of(copy ? type->version : ""), copy, d->ns, d->name, &a->path);
  if (text.failed || a->path.failed || !GROW(a->v, a->n, a->cap)) return error_nomem(e);
  engine_made *m = &a->v[a->n];
  *m = (engine_made){.path = arena_copy(&a->memory, buf_str(&a->path)), .offset = a->size, .len = d->text.len};
  if (!copy) {
    buf_clear(&text);
    kube_type_api_version(type, &text);
    buf_printf(&text, "/%s", type->kind);
    m->list_key = arena_copy(&a->memory, buf_str(&text));
    buf_clear(&text);
    if (d->ns.len) buf_adds(&text, d->ns), buf_addc(&text, '/');
    buf_adds(&text, d->name);
    m->list_name = arena_copy(&a->memory, buf_str(&text));
  }
  if (!m->path || text.failed || (!copy && (!m->list_key || !m->list_name))) return error_nomem(e);
  a->n++;
  return PINTLE_OK;
}

static pintle_status keep(engine_again *a, const engine_done *d, const kube_type *type, error *e) {
  pintle_status st = make(a, d, type, false, e);
  if (st == PINTLE_OK) st = make(a, d, type, true, e);
  if (st == PINTLE_OK) st = file_write(a->fd, d->text.ptr, d->text.len, "a temporary file", e);
  a->size += (int64_t)d->text.len;
  return st;
}

static pintle_status emit(void *ctx, const engine_done *d, error *e) {
  engine_again *a = ctx;
  kube_entry k;
  kube_source_get(a->common.source, d->item, &k);
  const engine_subject about = {k.type, k.ns, k.name};
  engine_stage_tell(&a->stage, &about, d);
  if (d->what == CHAIN_SKIPPED) return engine_stage_skipped(&a->stage, &about, d), PINTLE_OK;
  if (d->what == CHAIN_FAILED) return engine_stage_failed(&a->stage, &about, d, ""), PINTLE_OK;
  buf_clear(&a->path);
  archive_path_make(STR("x"), STR(""), false, d->ns, d->name, &a->path);
  const char *refused = a->path.failed ? NULL : path_refused(buf_str(&a->path));
  if (refused)
    return LOG(a->common.journal, PINTLE_LOG_ERROR, &about, "its name cannot stand in an archive's path: %s", refused), PINTLE_OK;
  engine_report_item(&a->stage.report, d, k.type, "stored", STR(""));
  return keep(a, d, k.type, e);
}

/* ---- the run */
static pintle_status find_items(engine_again *a, const engine_post *post, size_t n, error *e) {
  if (!(a->items = calloc(n + 1, sizeof *a->items))) return error_nomem(e);
  for (size_t i = 0; i < n; i++) {
    const engine_post *p = &post[i];
    const engine_subject about = {kube_types_resource(a->common.types, str_of(p->group), str_of(p->resource)), str_of(p->ns),
                                  str_of(p->name)};
    size_t item = kube_source_find(a->common.source, str_of(p->group), str_of(p->resource), str_of(p->ns), str_of(p->name));
    if (item != SIZE_MAX) a->items[a->n_items++] = item;
    else
      LOG(a->common.journal, PINTLE_LOG_WARN, &about,
          "%s %s%s%s, which action %s wanted again after its operation, is not there any more: it stays as it was", p->resource, p->ns,
          *p->ns ? "/" : "", p->name, p->action);
  }
  return PINTLE_OK;
}

static int by_path(const void *x, const void *y) { return strcmp(((const engine_made *)x)->path, ((const engine_made *)y)->path); }

static pintle_status put_through(engine_again *a, error *e) {
  const engine_flow_ops ops = {.ctx = a, .next = next_item, .load = load_item, .resolve = resolve, .emit = emit};
  a->stage.total = a->n_items;
  pintle_status st = engine_stage_open(&a->stage, &a->common, &ops, e);
  if (st == PINTLE_OK) st = engine_stage_run(&a->stage, e);
  if (a->n) qsort(a->v, a->n, sizeof *a->v, by_path);
  return st;
}

pintle_status engine_again_run(const engine_finish_options *options, const engine_post *post, size_t n, engine_again **out, error *e) {
  engine_again *a = calloc(1, sizeof *a);
  if (!(*out = a)) return error_nomem(e);
  a->common = options->common;
  a->common.operations = NULL; /* none is started any more */
  a->fd = -1;
  pintle_status st = file_temporary(a->common.temp_dir, &a->fd, e);
  if (st == PINTLE_OK) st = options->items(options->ctx, &a->common, e);
  if (st == PINTLE_OK) st = find_items(a, post, n, e);
  if (st == PINTLE_OK) LOG(a->common.journal, PINTLE_LOG_INFO, NULL, "Taking %zu item%s again", a->n_items, a->n_items == 1 ? "" : "s");
  return st == PINTLE_OK && a->n_items ? put_through(a, e) : st;
}

void engine_again_free(engine_again *a) {
  if (!a) return;
  engine_stage_free(&a->stage);
  close_p(&a->fd);
  free(a->items);
  free(a->v);
  arena_free(&a->memory);
  buf_free(&a->path);
  free(a);
}

/* ---- what came out */
const engine_made *engine_again_find(engine_again *a, const char *path) {
  const engine_made key = {.path = path};
  engine_made *m = a->n ? bsearch(&key, a->v, a->n, sizeof key, by_path) : NULL;
  if (m) m->used = true;
  return m;
}

pintle_status engine_again_text(const engine_again *a, const engine_made *made, buf *out, error *e) {
  buf_clear(out);
  if (!buf_reserve(out, made->len)) return error_nomem(e);
  pintle_status st = file_pread(a->fd, out->data, made->len, made->offset, e);
  if (st == PINTLE_OK) out->len = made->len;
  return st;
}

pintle_status engine_again_rest(const engine_again *a, pintle_status (*each)(void *ctx, const engine_made *made, error *e), void *ctx,
                                error *e) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < a->n && st == PINTLE_OK; i++)
    if (!a->v[i].used && (i == 0 || strcmp(a->v[i].path, a->v[i - 1].path) != 0)) st = each(ctx, &a->v[i], e);
  return st;
}

/* ---- the resource list */
typedef struct new_name {
  const char *key, *name;
} new_name;

static int by_key(const void *x, const void *y) {
  const new_name *a = x, *b = y;
  int c = strcmp(a->key, b->key);
  return c ? c : strcmp(a->name, b->name);
}

/* The names of one key, sorted, those of the list and the new ones. */
static void print_names(buf *out, bool first, const char *key, const item_node *old, const new_name *v, size_t n) {
  buf_addz(out, first ? "" : ",");
  buf_json_go(out, str_of(key));
  buf_addz(out, ":[");
  size_t i = 0;
  bool any = false;
  for (const item_node *o = item_first(old); o || i < n;) {
    str name = o ? item_string(o) : (str){0};
    bool take_new = i < n && (!o || !name.ptr || strcmp(v[i].name, name.ptr) <= 0);
    if (any) buf_addc(out, ',');
    any = true;
    buf_json_go(out, take_new ? str_of(v[i].name) : name);
    if (take_new && o && name.ptr && strcmp(v[i].name, name.ptr) == 0) o = item_next(o);
    if (take_new) i++;
    else o = item_next(o);
  }
  buf_addc(out, ']');
}

static void merge_list(const item_node *old, const new_name *v, size_t n, buf *out) {
  bool first = true;
  size_t i = 0;
  buf_addc(out, '{');
  for (const item_node *o = item_first(old); o || i < n; first = false) {
    int c = !o ? 1 : i == n ? -1 : strcmp(item_key(o).ptr, v[i].key);
    const char *key = c <= 0 ? item_key(o).ptr : v[i].key;
    size_t from = i;
    while (c >= 0 && i < n && strcmp(v[i].key, key) == 0) i++;
    print_names(out, first, key, c <= 0 ? o : NULL, v + from, i - from);
    if (c <= 0) o = item_next(o);
  }
  buf_addz(out, "}\n");
}

static pintle_status read_list(engine_seal *seal, item_doc **d, error *e) {
  static const item_limits limits = {.max_bytes = (size_t)1 << 30};
  CLEANUP(buf_free) buf text = {0};
  pintle_status st = store_get_gzip(seal->c->store, engine_seal_key(seal, STORE_RESOURCE_LIST), limits.max_bytes, &text, e);
  if (st == PINTLE_OK && item_new(d) != PINTLE_OK) st = error_nomem(e);
  return st == PINTLE_OK ? item_parse(*d, buf_str(&text), 0, &limits, e) : st;
}

pintle_status engine_again_list(const engine_again *a, engine_seal *seal, error *e) {
  CLEANUP(item_freep) item_doc *d = NULL;
  CLEANUP(buf_free) buf json = {0};
  size_t n = 0;
  new_name *v = calloc(a->n + 1, sizeof *v);
  if (!v) return error_nomem(e);
  for (size_t i = 0; i < a->n; i++)
    if (a->v[i].list_key) v[n++] = (new_name){a->v[i].list_key, a->v[i].list_name};
  qsort(v, n, sizeof *v, by_key);
  pintle_status st = n ? read_list(seal, &d, e) : PINTLE_OK;
  if (st == PINTLE_OK && n) {
    merge_list(item_root(d), v, n, &json);
    st = json.failed ? error_nomem(e) : engine_seal_text(seal, STORE_RESOURCE_LIST, buf_str(&json), e);
  }
  free(v);
  return st;
}
