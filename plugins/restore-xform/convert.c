/* convert.c -- pintle.io/convert-api-version: options, what is converted to what.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include "xform.h"
#include <pintle/ext/cluster.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is served */
static int32_t minor_or(const char *release, int32_t otherwise) {
  int32_t minor = release ? convert_minor(release) : -1;
  return minor < 0 ? otherwise : minor;
}

static bool in_cluster(struct conv *v, const char *api_version, const char *kind) {
  const pintle_objects *cluster = (const pintle_objects *)v->call->host->extension(v->call->host, PINTLE_EXT_CLUSTER);
  pintle_str resource;
  int32_t namespaced;
  pintle_status st = cluster ? cluster->find_kind(v->call, api_version, kind, &resource, &namespaced) : PINTLE_NOT_FOUND;
  if (st != PINTLE_OK && st != PINTLE_NOT_FOUND && v->st == PINTLE_OK) v->st = st;
  return st == PINTLE_OK;
}

static const char *version_of(struct conv *v, const struct convert_row *row) {
  struct conv plain = {.call = v->call, .base = "", .st = PINTLE_OK};
  return cv_at(&plain, "%s/%s", row->group, row->version);
}

/* May the target serve it, if an administrator wants it? */
static bool may_serve(struct conv *v, const struct convert_row *row) {
  if (v->c->minor < 0) return in_cluster(v, version_of(v, row), row->kind);
  if (row->project) return row->removed == NULL;
  return minor_or(row->introduced, 0) <= v->c->minor && v->c->minor < minor_or(row->removed, INT32_MAX);
}

/* Does it, as it comes? */
static bool serves(struct conv *v, const struct convert_row *row) {
  bool off = v->c->minor >= 0 && !row->project && (row->opt_in || strstr(row->version, "alpha"));
  return !off && may_serve(v, row);
}

/* Is row's replacement served? *next: its own row, when it has one, too. */
static bool replacement_served(struct conv *v, const struct convert_row *row, const struct convert_row **next) {
  const char *kind = strcmp(row->convert, "referencepolicy") == 0 ? "ReferenceGrant" : row->kind;
  *next = convert_find(v->c, (pintle_str){row->replacement, strlen(row->replacement)}, kind);
  if (v->c->minor < 0) return in_cluster(v, row->replacement, kind);
  if (row->project) return true;
  return minor_or(row->since, 0) <= v->c->minor && (!*next || may_serve(v, *next));
}

/* A later version of the same kind and group, for targets that are older than the replacement. */
static const struct convert_row *between(struct conv *v, const struct convert_row *row) {
  size_t n, i = 0;
  const struct convert_row *const *rows = convert_rows(v->c, row->kind, &n), *best = NULL;
  while (i < n && rows[i] != row) i++;
  for (i++; i < n; i++)
    if (strcmp(rows[i]->group, row->group) == 0 && serves(v, rows[i])) best = rows[i];
  return best;
}

int convert_decide(struct conv *v, const struct convert_row *row, const char **to) {
  const struct convert_row *next = NULL, *later;
  bool may = may_serve(v, row);
  *to = NULL;
  if (!v->c->force && may && serves(v, row)) return CONVERT_STAYS;
  if (!row->replacement) return may ? CONVERT_STAYS : CONVERT_NO_REPLACEMENT;
  if (replacement_served(v, row, &next)) {
    *to = row->replacement;
    return CONVERT_TO;
  }
  if (!may && next && next != row && (!next->replacement || strcmp(next->group, row->group) != 0)) return convert_decide(v, next, to);
  if (!may && (later = between(v, row))) {
    *to = version_of(v, later);
    return CONVERT_TO;
  }
  return may ? CONVERT_STAYS : CONVERT_NOT_YET;
}

/* ---- one object */
static void convert_to(struct conv *v) {
  char note[300], counter[300];
  const char *slash = strchr(v->to, '/');
  v->to_version = slash ? slash + 1 : v->to;
  if (!convert_is_whole(v)) return;
  convert_how_of(v->row->convert)(v);
  if (v->st != PINTLE_OK || v->skipped) return;
  cv_set_text(v, cv_at(v, "/apiVersion"), v->to);
  if (v->quiet || v->st != PINTLE_OK) return;
  if (snprintf(note, sizeof note, "%s/%s -> %s", v->row->group, v->row->version, v->to) < 0) return;
  if (snprintf(counter, sizeof counter, "%s: %s", v->row->kind, note) < 0) return;
  v->out->api->note(v->out, cv_at(v, "/apiVersion"), note);
  v->call->host->count(v->call, counter, 1);
}

static void no_replacement(struct conv *v) {
  convert_how *how = convert_how_of(v->row->convert);
  v->to = NULL;
  if (how && strcmp(v->row->convert, "plain") != 0) {
    how(v);
    return;
  }
  char why[300];
  if (snprintf(why, sizeof why, "%s of %s/%s has no replacement", v->row->kind, v->row->group, v->row->version) < 0) why[0] = 0;
  cv_say(v, PINTLE_LOG_WARN, "no-replacement", v->base, "%s%s%s", why, v->row->instead ? "; instead: " : "",
         v->row->instead ? v->row->instead : "");
  cv_skip(v, why);
}

static void inner(struct conv *v, const char *list) {
  for (size_t i = 0, n = cv_count(v, cv_at(v, "%s", list)); i < n && v->st == PINTLE_OK; i++) {
    struct conv one = *v;
    one.base = cv_at(v, "%s/%zu", list, i);
    one.changed = one.skipped = false;
    convert_object(&one);
    v->st = one.st;
    v->changed = v->changed || one.changed;
  }
}

/* A row of kind "*": what no other row names is gone with its version. */
static void any_other_kind(struct conv *v, pintle_str version, const char *kind) {
  const struct convert_row *row = convert_find(v->c, version, "*");
  if (!row || (v->c->minor < 0 ? in_cluster(v, version.ptr, kind) : may_serve(v, row))) return;
  cv_say(v, PINTLE_LOG_WARN, "not-served", cv_at(v, "/apiVersion"), "the target serves no kind of %.*s%s%s", (int)version.len, version.ptr,
         row->instead ? "; instead: " : "", row->instead ? row->instead : "");
}

void convert_object(struct conv *v) {
  const char *kind = cv_text(v, cv_at(v, "/kind"));
  pintle_str version = {"", 0};
  if (!*kind || pintle_get_str(v->doc, cv_at(v, "/apiVersion"), &version) != PINTLE_OK) return;
  if ((v->row = convert_find(v->c, version, kind))) {
    switch (convert_decide(v, v->row, &v->to)) {
    case CONVERT_TO: convert_to(v); break;
    case CONVERT_NO_REPLACEMENT: no_replacement(v); break;
    case CONVERT_NOT_YET:
      cv_say(v, PINTLE_LOG_WARN, "not-served", cv_at(v, "/apiVersion"),
             "the target serves neither %s nor a version that could replace it (%s, since %s)", version.ptr, v->row->replacement,
             v->row->since ? v->row->since : "later");
      break;
    default: break;
    }
  } else any_other_kind(v, version, kind);
  if (v->st != PINTLE_OK || v->skipped) return;
  convert_references(v);
  if (strcmp(kind, "List") == 0) inner(v, "/items");
  if (strcmp(kind, "Template") == 0 && strncmp(version.ptr, "template.openshift.io/", 22) == 0) inner(v, "/objects");
}

/* ---- the annotation that kubectl apply compares with */
static bool names_old(pintle_str s) { return memmem(s.ptr, s.len, "alpha", 5) || memmem(s.ptr, s.len, "beta", 4); }

static pintle_status last_applied(struct conv *outer) {
  static const char *const at = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
  struct conv v = {.c = outer->c, .call = outer->call, .out = outer->out, .base = "", .quiet = true, .st = PINTLE_OK};
  pintle_str was, now;
  pintle_status st;
  char *copy;
  if (pintle_get_str(outer->doc, at, &was) != PINTLE_OK || !was.len || (!outer->changed && !outer->c->n_users && !names_old(was)))
    return PINTLE_OK;
  if ((st = v.call->host->new_doc(v.call, was.ptr, was.len, &v.doc)) == PINTLE_NOMEM) return pintle_fail(v.call, st, "out of memory");
  if (st != PINTLE_OK) return PINTLE_OK; /* no JSON: none of ours to mend */
  convert_object(&v);
  if (v.st != PINTLE_OK || !v.changed) return v.st;
  if (v.doc->api->raw(v.doc, "", &now) != PINTLE_OK || !(copy = v.call->host->alloc(v.call, now.len + 2)))
    return pintle_fail(v.call, PINTLE_NOMEM, "out of memory");
  memcpy(copy, now.ptr, now.len);
  if (was.ptr[was.len - 1] == '\n') copy[now.len++] = '\n'; /* as kubectl writes it */
  cv_set_text(outer, at, copy);
  if (outer->st == PINTLE_OK) outer->out->api->note(outer->out, at, "follows the changes");
  return outer->st;
}

/* ---- the action */
static void destroy(void *self) {
  if (self) convert_table_free(self);
  free(self);
}

static pintle_status target(struct convert *c, pintle_call *call) {
  const char *option;
  pintle_str told;
  pintle_status st = xform_config_text(call, "", "targetVersion", &option);
  if (st != PINTLE_OK) return st;
  for (size_t i = 0; i < c->n_all; i++) {
    int32_t since = c->all[i]->project ? 0 : minor_or(c->all[i]->since, 0),
            introduced = c->all[i]->project ? 0 : minor_or(c->all[i]->introduced, 0);
    if (since > c->newest) c->newest = since;
    if (introduced > c->newest) c->newest = introduced;
  }
  if (option) {
    c->minor = convert_minor(option);
    if (c->minor < 0)
      return pintle_fail_at(call, PINTLE_INVALID, "/targetVersion", "\"%.60s\" is no release of Kubernetes, such as \"1.32\"", option);
    if (c->minor > c->newest)
      pintle_log(call, PINTLE_LOG_WARN,
                 "targetVersion is %.60s, and the table of versions ends with 1.%d: what later releases removed is not known", option,
                 (int)c->newest);
    return PINTLE_OK;
  }
  c->minor = -1;
  if (call->host->extension(call->host, PINTLE_EXT_CLUSTER)) return PINTLE_OK;
  if (call->host->property(call, "target.version", &told) == PINTLE_OK) c->minor = convert_minor(told.ptr);
  if (c->minor >= 0) return PINTLE_OK;
  if (call->host->property(call, "host.mode", &told) == PINTLE_OK && strcmp(told.ptr, "velero") == 0) {
    c->idle = true;
    pintle_log(call, PINTLE_LOG_INFO, "nothing is converted: the target is not known here and targetVersion is not set");
    return PINTLE_OK;
  }
  c->minor = c->newest;
  pintle_log(call, PINTLE_LOG_INFO, "the target is not known and targetVersion is not set: Kubernetes 1.%d is assumed", (int)c->newest);
  return PINTLE_OK;
}

static pintle_status create(void *module, pintle_call *call, void **self) {
  const pintle_doc *config = call->host->config(call);
  struct convert *c = calloc(1, sizeof *c);
  int32_t force = 0;
  (void)module;
  if (!c) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (config->api->get_bool(config, "/force", &force) == PINTLE_OK) c->force = force != 0;
  pintle_status st = convert_table_read(c, call);
  if (st == PINTLE_OK) st = target(c, call);
  if (st == PINTLE_OK) *self = c;
  else destroy(c);
  return st;
}

static pintle_status applies_to(void *self, pintle_call *call, pintle_result *out) {
  static const char *const all[] = {"*", NULL};
  static const pintle_selector nothing = {.struct_size = sizeof nothing, .excluded_resources = all};
  const struct convert *c = self;
  (void)call;
  return c->idle ? out->api->selector(out, &nothing) : PINTLE_OK;
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  struct conv v = {.c = self, .call = call, .doc = item, .out = out, .base = "", .st = PINTLE_OK};
  (void)in;
  if (v.c->idle) return PINTLE_OK;
  convert_object(&v);
  return v.st != PINTLE_OK || v.skipped ? v.st : last_applied(&v);
}

static const pintle_option target_version = {
    .struct_size = sizeof target_version,
    .type = PINTLE_OPT_STRING,
    .name = "targetVersion",
    .help = "release of Kubernetes that the items go to, \"1.32\"; left out: the run's cluster is asked"};
static const pintle_option force_option = {.struct_size = sizeof force_option,
                                           .type = PINTLE_OPT_BOOL,
                                           .name = "force",
                                           .fallback = "false",
                                           .help = "convert what the target serves still, too"};
static const pintle_option versions = {.struct_size = sizeof versions,
                                       .type = PINTLE_OPT_JSON,
                                       .name = "versions",
                                       .help = "list of rows as in api-versions.yaml; they come before those built in"};
static const pintle_option *const options[] = {&target_version, &force_option, &versions, NULL};

/* Owners may be named by items of every kind, so every item is looked at. Before resolve-references, which knows the newer kinds. */
static const pintle_action convert_action = {.struct_size = sizeof convert_action,
                                             .flags = PINTLE_PURE,
                                             .thread_model = PINTLE_PARALLEL,
                                             .priority = -10,
                                             .name = "pintle.io/convert-api-version",
                                             .summary = "converts items of API versions that the target does not serve",
                                             .options = options,
                                             .create = create,
                                             .destroy = destroy};
const pintle_restore_item_action convert_restore = {
    .struct_size = sizeof convert_restore, .action = &convert_action, .applies_to = applies_to, .execute = execute};
