/* operations_json.c -- itemoperations.json, to the byte as Velero writes it (pkg/itemoperation).  SPDX-License-Identifier: Apache-2.0 */
#include "engine/operations_inside.h"

const char *const operation_phases[] = {"New", "InProgress", "Completed", "Failed"};

/* Go's ResourceIdentifier has no tags. */
static void print_id(const pintle_id *id, buf *json) {
  buf_addz(json, "{\"Group\":"), buf_json_go(json, str_of(id->group));
  buf_addz(json, ",\"Resource\":"), buf_json_go(json, str_of(id->resource));
  buf_addz(json, ",\"Namespace\":"), buf_json_go(json, str_of(id->ns));
  buf_addz(json, ",\"Name\":"), buf_json_go(json, str_of(id->name));
  buf_addc(json, '}');
}

static void member(buf *json, const char *key, str value) {
  buf_printf(json, ",\"%s\":", key);
  buf_json_go(json, value);
}

static void text(buf *json, const char *key, const buf *value) {
  if (value->len) member(json, key, buf_str(value));
}
static void number(buf *json, const char *key, int64_t n) {
  if (n) buf_printf(json, ",\"%s\":%lld", key, (long long)n);
}
static void when(buf *json, const char *key, int64_t t) {
  char time[32];
  if (t) member(json, key, str_of(clock_rfc3339(t, time)));
}

static void print_post(const operation *op, buf *json) {
  buf_addz(json, ",\"postOperationItems\":");
  if (op->no_post) {
    buf_addz(json, "null");
    return;
  }
  buf_addc(json, '[');
  for (size_t i = 0; i < op->n_post; i++) {
    if (i) buf_addc(json, ',');
    print_id(&op->post[i], json);
  }
  buf_addc(json, ']');
}

void operation_print(const engine_operations *o, const operation *op, buf *json) {
  const char *kind = o->restore ? "restore" : "backup";
  buf_printf(json, "{\"spec\":{\"%sName\":", kind);
  buf_json_go(json, item_str(o->o.run, "/metadata/name", ""));
  buf_printf(json, ",\"%sUID\":", kind);
  buf_json_go(json, item_str(o->o.run, "/metadata/uid", ""));
  buf_printf(json, ",\"%sItemAction\":", kind);
  buf_json_go(json, str_of(op->action));
  buf_addz(json, ",\"resourceIdentifier\":");
  print_id(&op->item, json);
  member(json, "operationID", str_of(op->id));
  if (!o->restore) print_post(op, json);
  buf_printf(json, "},\"status\":{\"phase\":\"%s\"", operation_phases[op->phase]);
  text(json, "error", &op->error);
  number(json, "nCompleted", op->n_completed);
  number(json, "nTotal", op->n_total);
  text(json, "operationUnits", &op->units);
  text(json, "description", &op->description);
  when(json, "created", op->created);
  when(json, "started", op->started);
  when(json, "updated", op->updated);
  buf_addz(json, "}}");
}

void engine_operations_print(const engine_operations *o, buf *json) {
  buf_addc(json, '[');
  for (size_t i = 0; o && i < o->n; i++) {
    if (i) buf_addc(json, ',');
    operation_print(o, &o->v[i], json);
  }
  buf_addz(json, "]\n");
}

void engine_operations_status(const engine_operations *o, buf *json) {
  size_t completed = 0, failed = 0;
  if (!o || o->n == 0) return;
  for (size_t i = 0; i < o->n; i++) completed += o->v[i].phase == OPERATION_COMPLETED, failed += o->v[i].phase == OPERATION_FAILED;
  const char *kind = o->restore ? "restore" : "backup";
  buf_printf(json, ",\"%sItemOperationsAttempted\":%zu", kind, o->n);
  if (completed) buf_printf(json, ",\"%sItemOperationsCompleted\":%zu", kind, completed);
  if (failed) buf_printf(json, ",\"%sItemOperationsFailed\":%zu", kind, failed);
}

/* ---- and back */
static const char *string(engine_operations *o, const item_node *of, const char *key) {
  str s = item_string(item_member(of, str_of(key)));
  return s.ptr ? arena_copy(&o->memory, s) : "";
}

static pintle_id read_id(engine_operations *o, const item_node *of) {
  return (pintle_id){string(o, of, "Group"), "", string(o, of, "Resource"), string(o, of, "Namespace"), string(o, of, "Name")};
}

static bool whole(const pintle_id *id) { return id->group && id->resource && id->ns && id->name; }

static int64_t time_of(const item_node *of, const char *key) {
  int64_t t = 0;
  str s = item_string(item_member(of, str_of(key)));
  return s.ptr && clock_parse(s, &t) == PINTLE_OK ? t : 0;
}

static void read_status(operation *op, const item_node *status) {
  str phase = item_string(item_member(status, STR("phase")));
  op->phase = OPERATION_NEW;
  for (int i = OPERATION_NEW; phase.ptr && i <= OPERATION_FAILED; i++)
    if (str_is(phase, operation_phases[i])) op->phase = (enum operation_phase)i;
  struct {
    const char *key;
    buf *to;
  } const texts[] = {{"error", &op->error}, {"operationUnits", &op->units}, {"description", &op->description}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    str s = item_string(item_member(status, str_of(texts[i].key)));
    if (s.ptr) buf_adds(texts[i].to, s);
  }
  if (item_int(item_member(status, STR("nCompleted")), &op->n_completed) != PINTLE_OK) op->n_completed = 0;
  if (item_int(item_member(status, STR("nTotal")), &op->n_total) != PINTLE_OK) op->n_total = 0;
  op->created = time_of(status, "created"), op->started = time_of(status, "started"), op->updated = time_of(status, "updated");
}

static pintle_status read_one(engine_operations *o, const item_node *one, operation *op, error *e) {
  const item_node *spec = item_member(one, STR("spec")), *post = item_member(spec, STR("postOperationItems"));
  *op = (operation){.action = string(o, spec, o->restore ? "restoreItemAction" : "backupItemAction"), .id = string(o, spec, "operationID")};
  op->item = read_id(o, item_member(spec, STR("resourceIdentifier")));
  op->no_post = item_type(post) != PINTLE_T_ARRAY;
  size_t n = op->no_post ? 0 : item_count(post);
  op->post = n ? arena_zalloc(&o->memory, n * sizeof *op->post) : NULL;
  bool well = op->action && op->id && whole(&op->item) && (!n || op->post);
  for (const item_node *p = well ? item_first(post) : NULL; p && op->n_post < n; p = item_next(p)) {
    op->post[op->n_post] = read_id(o, p);
    well &= whole(&op->post[op->n_post++]);
  }
  read_status(op, item_member(one, STR("status")));
  if (!well || op->error.failed || op->units.failed || op->description.failed) return error_nomem(e);
  op->type = kube_types_resource(o->o.types, str_of(op->item.group), str_of(op->item.resource));
  if (!op->created) op->created = clock_now();
  return *op->action && *op->id ? PINTLE_OK : error_set(e, PINTLE_INVALID, "an operation without action or id");
}

pintle_status engine_operations_read(engine_operations *o, str json, error *e) {
  static const item_limits limits = {.max_bytes = (size_t)256 << 20};
  CLEANUP(item_freep) item_doc *d = NULL;
  pintle_status st = item_new(&d) == PINTLE_OK ? item_parse(d, json, 0, &limits, e) : error_nomem(e);
  if (st != PINTLE_OK) return st;
  if (item_type(item_root(d)) != PINTLE_T_ARRAY) return error_set(e, PINTLE_INVALID, "the operations are no array");
  for (const item_node *one = item_first(item_root(d)); one && st == PINTLE_OK; one = item_next(one)) {
    if (!GROW(o->v, o->n, o->cap)) return error_nomem(e);
    st = read_one(o, one, &o->v[o->n], e);
    if (st == PINTLE_OK) o->n++;
    else operation_free(&o->v[o->n]);
  }
  return st;
}
