/* catalog.c -- see catalog.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/catalog.h"
#include <string.h>

const char *dropin_kind_name(uint32_t kind) {
  return kind == CONF_BACKUP_ITEM_ACTION    ? "BackupItemActionV2"
         : kind == CONF_RESTORE_ITEM_ACTION ? "RestoreItemActionV2"
                                            : conf_kind_names[kind % CONF_KINDS];
}

/* ---- names */
#define B (1u << CONF_BACKUP_ITEM_ACTION)
#define R (1u << CONF_RESTORE_ITEM_ACTION)
#define D (1u << CONF_DELETE_ITEM_ACTION)
#define I (1u << CONF_ITEM_BLOCK_ACTION)
/* pkg/cmd/server/plugin/plugin.go of all versions from 1.10 on: what Velero registers itself, in either version of a kind. */
static const struct own_name {
  const char *name;
  uint32_t kinds;
} own_names[] = {{"pv", B},
                 {"pod", B | R | I},
                 {"service-account", B | R | I},
                 {"crd-remap-version", B},
                 {"csi-pvc-backupper", B},
                 {"csi-volumesnapshot-backupper", B},
                 {"csi-volumesnapshotclass-backupper", B},
                 {"csi-volumesnapshotcontent-backupper", B},
                 {"add-pv-from-pvc", R},
                 {"add-pvc-from-pod", R},
                 {"admission-webhook-configuration", R},
                 {"apiservice", R},
                 {"change-image-name", R},
                 {"change-pvc-node-selector", R},
                 {"change-storage-class", R},
                 {"cluster-role-bindings", R},
                 {"crd-preserve-fields", R},
                 {"csi-pvc-restorer", R},
                 {"csi-volumesnapshot-restorer", R},
                 {"csi-volumesnapshotclass-restorer", R},
                 {"csi-volumesnapshotcontent-restorer", R},
                 {"dataupload", R},
                 {"init-restore-hook", R},
                 {"job", R},
                 {"pod-volume-restore", R},
                 {"pvc", R | I},
                 {"restic", R},
                 {"role-bindings", R},
                 {"secret", R},
                 {"service", R},
                 {"csi-volumesnapshot-delete", D},
                 {"csi-volumesnapshotcontent-delete", D},
                 {"dataupload-delete", D}};

static bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/* validation.IsDNS1123Subdomain */
static bool is_subdomain(str s) {
  if (s.len == 0 || s.len > 253) return false;
  for (size_t i = 0; i < s.len; i++) {
    bool edge = i == 0 || i + 1 == s.len || s.ptr[i - 1] == '.' || s.ptr[i + 1] == '.';
    if (!is_alnum(s.ptr[i]) && (edge || (s.ptr[i] != '-' && s.ptr[i] != '.'))) return false;
  }
  return true;
}

const char *dropin_name_fault(uint32_t kind, const char *name) {
  const char *slash = strchr(name, '/');
  if (!slash || !slash[1] || strchr(slash + 1, '/') || !is_subdomain((str){name, (size_t)(slash - name)}))
    return "it is not of the form <DNS subdomain>/<name>, which stops Velero";
  if (!str_starts(str_of(name), "velero.io/")) return NULL;
  for (size_t i = 0; i < sizeof own_names / sizeof *own_names; i++)
    if (own_names[i].kinds & 1u << kind && strcmp(slash + 1, own_names[i].name) == 0) return "Velero has one of that name itself";
  return NULL;
}

/* ---- what chains list */
static bool has_action(const host_plugin *p, const conf_chain *c, const conf_chain_action *l) {
  for (size_t i = 0; i < p->n_actions; i++) {
    const host_action *x = &p->actions[i];
    if (!x->refused && (l->kind == CONF_ANY_KIND || l->kind == x->kind) && strcmp(conf_alias_target(c, l->name), x->name) == 0) return true;
  }
  return false;
}

static bool lists(const conf_chain *c, const host_plugin *p) {
  for (size_t i = 0; i < c->n_plugins; i++)
    if (strcmp(c->plugins[i].name, p->file) == 0) return true;
  for (size_t i = 0; i < c->n_actions; i++)
    if (has_action(p, c, &c->actions[i])) return true;
  return false;
}

static void tell_aside(const host_plugin *p, const conf_chain *const *chains, size_t n, dropin_log *log) {
  const pintle_kv hint = {"hint", p->hint};
  const dropin_subject s = {.plugin = str_of(p->file)};
  CLEANUP(buf_free) buf text = {0};
  bool listed = false;
  for (size_t i = 0; i < n; i++) listed |= lists(chains[i], p);
  buf_printf(&text, "plugin %s was set aside: %s%s", p->path, p->reason, listed ? "; the chain lists it" : "");
  dropin_say(log, listed ? PINTLE_LOG_ERROR : PINTLE_LOG_WARN, &s, buf_str(&text), &hint, p->hint && p->hint[0] ? 1 : 0);
}

static void tell_plugins(const host_registry *r, const conf_chain *const *chains, size_t n, dropin_log *log) {
  for (size_t i = 0; i < r->n_plugins; i++) {
    const host_plugin *p = &r->plugins[i];
    const dropin_subject s = {.plugin = str_of(p->file)};
    if (p->reason) tell_aside(p, chains, n, log);
    for (size_t k = 0; !p->reason && k < p->n_actions; k++)
      if (p->actions[k].refused)
        dropin_sayf(log, PINTLE_LOG_WARN, &s, "%s%s%s was left out: %s", conf_kind_names[p->actions[k].kind % CONF_KINDS],
                    p->actions[k].name[0] ? " " : "", p->actions[k].name, p->actions[k].refused);
  }
}

/* Listed, and nobody has it (those set aside are told by tell_aside when they could say what they have). */
static void tell_missing(const host_registry *r, const conf_chain *c, dropin_log *log) {
  char place[300] = "";
  for (size_t i = 0; i < c->n_actions; i++) {
    const conf_chain_action *l = &c->actions[i];
    bool found = false;
    for (size_t k = 0; k < r->n_plugins && !found; k++) found = has_action(&r->plugins[k], c, l);
    if (found || strcmp(conf_alias_target(c, l->name), "pintle.io/file") == 0) continue;
    if (l->document) conf_place(l->document, l->at, place, sizeof place);
    dropin_sayf(log, PINTLE_LOG_ERROR, NULL, "%s: the chain lists action %s, which no plugin here has", place, l->name);
  }
}

/* ---- the list */
typedef struct making {
  dropin_log *log;
  arena *a;
  dropin_catalog *to;
  size_t cap;
} making;

static bool add(making *m, uint32_t kind, const char *name, const host_plugin *p, const host_action *action) {
  const char *fault = dropin_name_fault(kind, name);
  const dropin_subject s = {.plugin = str_of(p ? p->file : "")};
  if (!fault && dropin_catalog_find(m->to, kind, str_of(name))) fault = "there is one of that name already";
  if (fault) {
    dropin_sayf(m->log, PINTLE_LOG_WARN, &s, "%s %s is not offered to Velero: %s", conf_kind_names[kind], name, fault);
    return true;
  }
  if (m->to->n == m->cap) {
    size_t cap = m->cap ? m->cap * 2 : 32;
    dropin_offer *v = arena_zalloc(m->a, cap * sizeof *v);
    if (!v) return false;
    if (m->to->n) memcpy(v, m->to->v, m->to->n * sizeof *v);
    m->to->v = v;
    m->cap = cap;
  }
  m->to->v[m->to->n++] = (dropin_offer){kind, name, p, action};
  return true;
}

static bool is_location(uint32_t kind) { return kind == CONF_OBJECT_STORE || kind == CONF_VOLUME_SNAPSHOTTER; }

static bool add_aliases(making *m, const conf_chain *c, const host_plugin *p, const host_action *x) {
  for (size_t i = 0; i < c->n_aliases; i++)
    if (strcmp(c->aliases[i].name, x->name) == 0 && !dropin_catalog_find(m->to, x->kind, str_of(c->aliases[i].alias)) &&
        !add(m, x->kind, c->aliases[i].alias, p, x))
      return false;
  return true;
}

static bool add_action(making *m, const conf_chain *const *chains, size_t n, const host_plugin *p, const host_action *x) {
  if (x->refused) return true;
  if (!is_location(x->kind)) {
    if (m->to->one_action) return dropin_catalog_find(m->to, x->kind, STR(DROPIN_CHAIN)) || add(m, x->kind, DROPIN_CHAIN, NULL, NULL);
    return add(m, x->kind, x->name, p, x);
  }
  if (!add(m, x->kind, x->name, p, x)) return false;
  for (size_t i = 0; i < n; i++)
    if (!add_aliases(m, chains[i], p, x)) return false; /* a location's provider may be any of them; items would be treated twice */
  return true;
}

static void decide_whole(const conf_chain *const *chains, size_t n, dropin_log *log, dropin_catalog *out) {
  size_t whole = 0;
  for (size_t i = 0; i < n; i++) whole += chains[i]->one_action;
  out->one_action = n && whole == n;
  if (whole && whole < n)
    dropin_say(log, PINTLE_LOG_WARN, NULL, STR("dropIn.oneAction is not set in all chains: actions are offered one by one"), NULL, 0);
}

pintle_status dropin_catalog_make(const host_registry *r, const conf_chain *const *chains, size_t n_chains, dropin_log *log, arena *a,
                                  dropin_catalog *out, error *e) {
  making m = {.log = log, .a = a, .to = out};
  *out = (dropin_catalog){0};
  tell_plugins(r, chains, n_chains, log);
  for (size_t i = 0; i < n_chains; i++) tell_missing(r, chains[i], log);
  decide_whole(chains, n_chains, log, out);
  for (size_t i = 0; i < r->n_plugins; i++)
    for (size_t k = 0; !r->plugins[i].reason && k < r->plugins[i].n_actions; k++)
      if (!add_action(&m, chains, n_chains, &r->plugins[i], &r->plugins[i].actions[k])) return error_nomem(e);
  return PINTLE_OK;
}

const dropin_offer *dropin_catalog_find(const dropin_catalog *c, uint32_t kind, str name) {
  for (size_t i = 0; i < c->n; i++)
    if (c->v[i].kind == kind && str_is(name, c->v[i].name)) return &c->v[i];
  return NULL;
}
