/* describe_json.c -- `describe -o json`: the object of Velero's structured describer, and its like for restores.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/cmd/util/output/backup_structured_describer.go. It is made of texts as the plain form shows them. With --details pintle adds what Velero's form
 * lacks: itemOperations, actions, status.backupVolumes.skippedVolumes. */
#include "base/clock.h"
#include "cli/describe.h"
#include "cli/selector.h"

void describe_key(buf *b, str key) {
  if (b->len && b->data[b->len - 1] != '{') buf_addc(b, ',');
  buf_json(b, key);
  buf_addc(b, ':');
}

static void put(buf *b, const char *key, str value) {
  describe_key(b, str_of(key));
  buf_json(b, value);
}

/* The value there as it is; otherwise what stands for none. */
static void put_value(const describer *d, buf *b, const char *key, const char *pointer, const char *otherwise) {
  const item_node *n = item_at(d->d, pointer);
  describe_key(b, str_of(key));
  if (n) item_print(d->d, n, 0, b);
  else buf_addz(b, otherwise);
}

static void put_string(const describer *d, buf *b, const char *key, const char *pointer, const char *otherwise) {
  str s = item_str(d->d, pointer, "");
  put(b, key, s.len ? s : str_of(otherwise));
}

static void put_list(buf *b, const char *key, const item_node *list, const char *between, const char *otherwise) {
  CLEANUP(buf_free) buf text = {0};
  describe_joined(list, between, otherwise, &text);
  put(b, key, buf_str(&text));
}

static void put_bool(const describer *d, buf *b, const char *key, const char *pointer, const char *no, const char *yes) {
  const item_node *n = item_at(d->d, pointer);
  put(b, key, str_of(item_type(n) != PINTLE_T_BOOL ? "auto" : item_true(n) ? yes : no));
}

/* As Go prints it, however it was written. */
static void put_duration(buf *b, const char *key, str s) {
  char text[32];
  int64_t t = 0;
  put(b, key, s.len && clock_duration(s, &t) != PINTLE_OK ? s : str_of(clock_duration_text(t, text)));
}

static void put_time(const describer *d, buf *b, const char *key, const char *pointer) {
  char text[64];
  put(b, key, str_of(cli_time(item_str(d->d, pointer, ""), "<n/a>", text)));
}

static void put_selector(buf *b, const char *key, const item_node *selector) {
  CLEANUP(buf_free) buf text = {0};
  cli_selector_text(selector, &text);
  put(b, key, buf_str(&text));
}

static void put_reference(const describer *d, buf *b, const char *key, const char *pointer) {
  const item_node *n = item_at(d->d, pointer);
  if (item_type(n) != PINTLE_T_OBJECT) return;
  str kind = item_string(item_member(n, STR("kind"))), name = item_string(item_member(n, STR("name")));
  describe_key(b, str_of(key));
  buf_addc(b, '{');
  put(b, "type", kind.ptr ? kind : STR(""));
  put(b, "name", name.ptr ? name : STR(""));
  buf_addc(b, '}');
}

/* {"included", "excluded"}, open */
static void open_scope(buf *b, const char *key, const item_node *of, const char *included, const char *excluded, const char *all) {
  describe_key(b, str_of(key));
  buf_addc(b, '{');
  put_list(b, "included", item_member(of, str_of(included)), ", ", all);
  put_list(b, "excluded", item_member(of, str_of(excluded)), ", ", "<none>");
}

/* ---- spec */
static void exec_hooks(buf *b, const char *key, const item_node *list) {
  bool first = true;
  describe_key(b, str_of(key));
  buf_addc(b, '[');
  for (const item_node *h = item_first(list); h; h = item_next(h)) {
    const item_node *exec = item_member(h, STR("exec"));
    if (!exec) continue;
    str container = item_string(item_member(exec, STR("container"))), on_error = item_string(item_member(exec, STR("onError"))),
        timeout = item_string(item_member(exec, STR("timeout")));
    buf_addz(b, first ? "{" : ",{");
    first = false;
    put(b, "container", container.ptr ? container : STR(""));
    put_list(b, "command", item_member(exec, STR("command")), " ", "");
    put(b, "onError:", on_error.ptr ? on_error : STR("")); /* so it is called there */
    put_duration(b, "timeout", timeout.ptr ? timeout : STR(""));
    buf_addc(b, '}');
  }
  buf_addc(b, ']');
}

static void hooks(const describer *d, buf *b) {
  const item_node *list = item_at(d->d, "/spec/hooks/resources");
  if (item_count(list) == 0) return;
  describe_key(b, STR("hooks"));
  buf_addz(b, "{\"resources\":{");
  for (const item_node *h = item_first(list); h; h = item_next(h)) {
    str name = item_string(item_member(h, STR("name")));
    describe_key(b, name.ptr ? name : STR(""));
    buf_addc(b, '{');
    open_scope(b, "namespaces", h, "includedNamespaces", "excludedNamespaces", "*"), buf_addc(b, '}');
    open_scope(b, "resources", h, "includedResources", "excludedResources", "*"), buf_addc(b, '}');
    put_selector(b, "labelSelector", item_member(h, STR("labelSelector")));
    exec_hooks(b, "preExecHook", item_member(h, STR("pre")));
    exec_hooks(b, "postExecHook", item_member(h, STR("post")));
    buf_addc(b, '}');
  }
  buf_addz(b, "}}");
}

static void filters(const describer *d, buf *b, const char *all_namespaces) {
  const item_node *spec = item_at(d->d, "/spec"), *ns = item_member(spec, STR("includedNamespaces"));
  bool every = d->kind->restore && item_count(ns) == 1 && str_is(item_string(item_first(ns)), "*");
  open_scope(b, "namespaces", spec, every ? "" : "includedNamespaces", "excludedNamespaces", all_namespaces), buf_addc(b, '}');
  open_scope(b, "resources", spec, "includedResources", "excludedResources", "*");
  put_bool(d, b, "clusterScoped", "/spec/includeClusterResources", "excluded", "included");
  buf_addc(b, '}');
  put_selector(b, "labelSelector", item_member(spec, STR("labelSelector")));
}

static void backup_spec(const describer *d, buf *b) {
  filters(d, b, "*");
  put_string(d, b, "storageLocation", "/spec/storageLocation", "");
  put_bool(d, b, "veleroNativeSnapshotPVs", "/spec/snapshotVolumes", "false", "true");
  put_bool(d, b, "veleroSnapshotMoveData", "/spec/snapshotMoveData", "false", "true");
  put_string(d, b, "dataMover", "/spec/datamover", "<none>");
  put_duration(b, "TTL", item_str(d->d, "/spec/ttl", ""));
  put_duration(b, "CSISnapshotTimeout", item_str(d->d, "/spec/csiSnapshotTimeout", ""));
  hooks(d, b);
  if (item_type(item_at(d->d, "/spec/orderedResources")) == PINTLE_T_OBJECT)
    put_value(d, b, "orderedResources", "/spec/orderedResources", "");
}

static void restore_spec(const describer *d, buf *b) {
  CLEANUP(buf_free) buf any = {0};
  put_string(d, b, "backupName", "/spec/backupName", "");
  filters(d, b, "all namespaces found in the backup");
  put_value(d, b, "namespaceMappings", "/spec/namespaceMapping", "{}");
  describe_or_selectors(d, &any);
  put(b, "orLabelSelector", any.len ? buf_str(&any) : STR("<none>"));
  put_bool(d, b, "restorePVs", "/spec/restorePVs", "false", "true");
  put_string(d, b, "existingResourcePolicy", "/spec/existingResourcePolicy", "<none>");
  put_duration(b, "itemOperationTimeout", item_str(d->d, "/spec/itemOperationTimeout", ""));
  put_bool(d, b, "preserveServiceNodePorts", "/spec/preserveNodePorts", "false", "true");
  put_reference(d, b, "resourceModifier", "/spec/resourceModifier");
  if (item_type(item_at(d->d, "/spec/uploaderConfig")) == PINTLE_T_OBJECT) put_value(d, b, "uploaderConfig", "/spec/uploaderConfig", "");
}

/* ---- errors and warnings */
static void one_result(buf *b, const item_doc *of, const char *key, const item_node *result, bool any) {
  static const char *const parts[][3] = {{"velero", "velero", "[]"}, {"cluster", "cluster", "[]"}, {"namespace", "namespaces", "[]"}};
  describe_key(b, str_of(key));
  buf_addc(b, '{');
  for (size_t i = 0; any && i < 3; i++) {
    const item_node *n = item_member(result, str_of(parts[i][1]));
    describe_key(b, str_of(parts[i][0]));
    if (item_count(n)) item_print(of, n, 0, b);
    else buf_addz(b, parts[i][2]);
  }
  buf_addc(b, '}');
}

static void results(describer *d, buf *b) {
  CLEANUP(item_freep) item_doc *all = NULL;
  error e = {0};
  int64_t errors = 0, warnings = 0;
  item_int(item_at(d->d, "/status/errors"), &errors);
  item_int(item_at(d->d, "/status/warnings"), &warnings);
  if (errors == 0 && warnings == 0) return;
  pintle_status st = describe_fetch(d, STORE_RESULTS, &all, &e);
  if (st == PINTLE_OK) {
    one_result(b, all, "errors", item_at(all, "/errors"), errors > 0);
    one_result(b, all, "warnings", item_at(all, "/warnings"), warnings > 0);
  } else if (st == PINTLE_NOT_FOUND) {
    buf_addz(b, ",\"errors\":{\"count\":"), buf_printf(b, "%lld},\"warnings\":{\"count\":%lld}", (long long)errors, (long long)warnings);
  } else {
    buf_addz(b, ",\"errors\":{"), put(b, "errorGettingErrors", str_of(e.message));
    buf_addz(b, "},\"warnings\":{"), put(b, "errorGettingWarnings", str_of(e.message));
    buf_addc(b, '}');
  }
}

/* ---- status */
static void progress(const describer *d, buf *b) {
  bool running = str_is(item_str(d->d, "/status/phase", ""), "InProgress"), restore = d->kind->restore;
  if (item_type(item_at(d->d, "/status/progress")) != PINTLE_T_OBJECT) return;
  const char *total = restore   ? running ? "estimatedTotalItemsToBeRestored" : "totalItemsToBeRestored"
                      : running ? "estimatedTotalItemsToBeBackedUp"
                                : "totalItemsToBeBackedUp";
  const char *done = restore ? running ? "itemsRestoredSoFar" : "itemsRestored" : running ? "itemsBackedUpSoFar" : "itemsBackedUp";
  put_value(d, b, total, "/status/progress/totalItems", "0");
  put_value(d, b, done, restore ? "/status/progress/itemsRestored" : "/status/progress/itemsBackedUp", "0");
}

static void resource_list(describer *d, buf *b) {
  CLEANUP(item_freep) item_doc *list = NULL;
  error e = {0};
  pintle_status st = describe_fetch(d, STORE_RESOURCE_LIST, &list, &e);
  if (st == PINTLE_OK) describe_key(b, STR("resourceList")), item_print(list, NULL, 0, b);
  else if (st == PINTLE_NOT_FOUND)
    put(b, "errorGettingResourceList", str_of(d->kind->restore ? "<restore resource list not found>" : "<backup resource list not found>"));
  else put(b, "errorGettingResourceList", str_of(e.message));
}

static void status(describer *d, buf *b) {
  bool restore = d->kind->restore;
  if (!restore) put_string(d, b, "backupFormatVersion", "/status/formatVersion", "");
  put_time(d, b, "started", "/status/startTimestamp");
  put_time(d, b, "completed", "/status/completionTimestamp");
  if (!restore) put_time(d, b, "expiration", "/status/expiration");
  progress(d, b);
  if (d->details) resource_list(d, b);
  describe_key(b, str_of(restore ? "restoreVolumes" : "backupVolumes"));
  describe_volumes_json(d, b);
  if (item_type(item_at(d->d, "/status/hookStatus")) == PINTLE_T_OBJECT) {
    put_value(d, b, "hooksAttempted", "/status/hookStatus/hooksAttempted", "0");
    put_value(d, b, "hooksFailed", "/status/hookStatus/hooksFailed", "0");
  }
}

/* ---- what pintle adds */
static void details(describer *d, buf *b) {
  CLEANUP(item_freep) item_doc *operations = NULL;
  CLEANUP(item_freep) item_doc *report = describe_report(d);
  const item_node *actions = report ? item_at(report, "/actions") : NULL;
  if (describe_fetch(d, STORE_ITEM_OPERATIONS, &operations, NULL) == PINTLE_OK)
    describe_key(b, STR("itemOperations")), item_print(operations, NULL, 0, b);
  if (actions) describe_key(b, STR("actions")), item_print(report, actions, 0, b);
}

void describe_json(describer *d, buf *b) {
  static const char policy[] = "/metadata/annotations/velero.io~1global-backup-volume-policy-configmap";
  buf_addz(b, "{\"metadata\":{");
  put_string(d, b, "name", "/metadata/name", "");
  put_string(d, b, "namespace", "/metadata/namespace", "");
  put_value(d, b, "labels", "/metadata/labels", "null");
  put_value(d, b, "annotations", "/metadata/annotations", "null");
  buf_addc(b, '}');
  put_string(d, b, "phase", "/status/phase", "");
  put_reference(d, b, "resourcePolicies", "/spec/resourcePolicy");
  if (!d->kind->restore && item_str(d->d, policy, "").len) {
    buf_addz(b, ",\"globalVolumePolicies\":{\"type\":\"configmap\"");
    put_string(d, b, "name", policy, "");
    buf_addc(b, '}');
  }
  if (item_count(item_at(d->d, "/status/validationErrors"))) put_value(d, b, "validationErrors", "/status/validationErrors", "");
  results(d, b);
  buf_addz(b, ",\"spec\":{");
  if (d->kind->restore) restore_spec(d, b);
  else backup_spec(d, b);
  buf_addz(b, "},\"status\":{");
  status(d, b);
  buf_addc(b, '}');
  if (d->details) details(d, b);
  buf_addc(b, '}');
}
