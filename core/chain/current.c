/* current.c -- the item as it is now: kind, namespace, name, labels.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/inside.h"

static pintle_status skim(chain *c, error *e) {
  chain_current *n = &c->now;
  if (n->skimmed) return PINTLE_OK;
  pintle_status st = kube_skim_item(n->in->text, &c->item, &n->skim, e);
  n->skimmed = st == PINTLE_OK;
  return st;
}

static bool is_type(const kube_type *t, str api_version, str kind) {
  size_t group = strlen(t->group);
  if (!str_is(kind, t->kind)) return false;
  if (group == 0) return str_is(api_version, t->version);
  return api_version.len > group && memcmp(api_version.ptr, t->group, group) == 0 && api_version.ptr[group] == '/' &&
         str_is((str){api_version.ptr + group + 1, api_version.len - group - 1}, t->version);
}

static const kube_type *resolve(chain *c, str api_version, str kind, bool namespaced) {
  const kube_type *t = c->now.in->type;
  if (t && is_type(t, api_version, kind)) return t;
  return c->o.types ? kube_types_of(c->o.types, api_version, kind, namespaced) : NULL;
}

/* An item stored without a namespace lives where its id says. */
static str effective_ns(const chain *c, str ns) {
  const chain_current *n = &c->now;
  if (n->type && !n->type->namespaced) return STR("");
  return ns.len || n->had_ns ? ns : str_of(c->id.ns);
}

pintle_status chain_current_begin(chain *c, const chain_input *in, error *e) {
  chain_current *n = &c->now;
  *n = (chain_current){.in = in, .type = in->type, .ns = str_of(c->id.ns), .name = str_of(c->id.name)};
  if (in->next == 0 && in->type) return PINTLE_OK;
  pintle_status st = skim(c, e); /* what came back from a YIELD may have another kind, namespace and name */
  if (st != PINTLE_OK) return st;
  n->had_ns = n->skim.ns.len > 0;
  n->type = resolve(c, n->skim.api_version, n->skim.kind, n->had_ns || c->id.ns[0]);
  n->ns = effective_ns(c, n->skim.ns);
  n->name = n->skim.name;
  return PINTLE_OK;
}

static str text_at(const item_node *v) {
  str s = item_string(v);
  return s.ptr ? s : STR("");
}

pintle_status chain_current_parse(chain *c, error *e) {
  chain_current *n = &c->now;
  if (n->parsed) return PINTLE_OK;
  item_set_readonly(c->doc, false);
  pintle_status st = item_parse(c->doc, n->in->text, ITEM_KUBERNETES, NULL, e);
  if (st != PINTLE_OK) return st;
  if (c->plan->kind == CONF_DELETE_ITEM_ACTION || c->blocks) item_set_readonly(c->doc, true);
  n->parsed = true;
  const item_node *root = item_root(c->doc);
  n->api_version = text_at(item_member(root, STR("apiVersion")));
  n->kind = text_at(item_member(root, STR("kind")));
  n->had_ns = text_at(item_member(item_member(root, STR("metadata")), STR("namespace"))).len > 0;
  return PINTLE_OK;
}

void chain_current_edited(chain *c, uint32_t entry) {
  chain_current *n = &c->now;
  const item_node *root = item_root(c->doc), *metadata = item_member(root, STR("metadata"));
  str api_version = text_at(item_member(root, STR("apiVersion"))), kind = text_at(item_member(root, STR("kind"))),
      ns = text_at(item_member(metadata, STR("namespace")));
  n->edited = true;
  n->edited_by = entry;
  n->have_labels = false;
  if (!str_eq(api_version, n->api_version) || !str_eq(kind, n->kind)) {
    n->type = resolve(c, api_version, kind, ns.len || c->id.ns[0]);
    n->api_version = api_version;
    n->kind = kind;
  }
  n->ns = effective_ns(c, ns);
  n->name = text_at(item_member(metadata, STR("name")));
}

static const char *name_fault(str s, size_t most) {
  if (s.len == 0) return "is missing";
  if (s.len > most) return "is too long";
  if (memchr(s.ptr, '/', s.len) || memchr(s.ptr, 0, s.len)) return "holds a '/' or NUL";
  return str_is(s, ".") || str_is(s, "..") ? "is no name" : NULL;
}

/* It came without one, which only Velero's call can bring, and stays what it is: its type may be another in that cluster. */
static bool never_had_namespace(const chain *c) { return !c->id.ns[0] && !c->now.ns.len && c->now.type == c->now.in->type; }

pintle_status chain_current_check(chain *c, error *e) {
  const chain_current *n = &c->now;
  const char *fault;
  if (!n->edited) return PINTLE_OK;
  if (!n->type) {
    error_set(e, PINTLE_INVALID, "the item was left with apiVersion \"%.253s\" and kind \"%.63s\", which is no kind", n->api_version.ptr,
              n->kind.ptr);
    error_place(e, "%s", n->kind.len ? "/apiVersion" : "/kind");
  } else if ((fault = name_fault(n->name, 1024))) {
    error_set(e, PINTLE_INVALID, "the name that was left to the item %s", fault);
    error_place(e, "/metadata/name");
  } else if (n->type->namespaced && !never_had_namespace(c) && (fault = name_fault(n->ns, 253))) {
    error_set(e, PINTLE_INVALID, "the namespace that was left to the item %s", fault);
    error_place(e, "/metadata/namespace");
  } else return PINTLE_OK;
  return PINTLE_INVALID;
}

/* ------------------------------------------------------------------------------------------------------------ labels */
static pintle_status labels_of_json(chain *c, str json, kube_labels *out, error *e) {
  pintle_status st = item_parse(c->scratch, json, 0, NULL, e);
  if (st != PINTLE_OK) return st;
  const item_node *root = item_root(c->scratch);
  kube_label *v = arena_alloc(&c->item, (item_count(root) + 1) * sizeof *v);
  if (!v) return error_nomem(e);
  size_t n = 0;
  for (const item_node *m = item_first(root); m; m = item_next(m)) {
    str value = item_string(m);
    if (value.ptr) v[n++] = (kube_label){item_key(m), value};
  }
  *out = (kube_labels){v, n};
  return PINTLE_OK;
}

/* On backup those that the item came with, on restore those it has now. */
static pintle_status labels(chain *c, kube_labels *out, error *e) {
  chain_current *n = &c->now;
  pintle_status st = PINTLE_OK;
  if (!n->have_labels) {
    if (c->original && n->in->original_labels.ptr) st = labels_of_json(c, n->in->original_labels, &n->labels, e);
    else if (!c->original && n->edited) {
      st = kube_labels_of(c->doc, &c->item, &n->labels);
      if (st != PINTLE_OK) error_set(e, st, "the labels cannot be read");
    } else if ((st = skim(c, e)) == PINTLE_OK) n->labels = n->skim.labels;
    n->have_labels = st == PINTLE_OK;
  }
  *out = n->labels;
  return st;
}

pintle_status chain_current_original_labels(chain *c, str *json, error *e) {
  kube_labels l;
  pintle_status st = labels(c, &l, e);
  if (st != PINTLE_OK) return st;
  buf_clear(&c->labels);
  buf_addc(&c->labels, '{');
  for (size_t i = 0; i < l.n; i++) {
    if (i) buf_addc(&c->labels, ',');
    buf_json(&c->labels, l.v[i].key);
    buf_addc(&c->labels, ':');
    buf_json(&c->labels, l.v[i].value);
  }
  buf_addc(&c->labels, '}');
  *json = buf_str(&c->labels);
  return c->labels.failed ? error_nomem(e) : PINTLE_OK;
}

/* ------------------------------------------------------------------------------------------------------------ selection */
/* The namespace that ns becomes in this restore. */
static str target(const chain *c, str ns) {
  str to = c->namespaces && ns.len ? item_string(item_member(c->namespaces, ns)) : (str){NULL, 0};
  return to.len ? to : ns;
}

int chain_current_selected(chain *c, uint32_t entry, error *e) {
  const chain_current *n = &c->now;
  const chain_selector *s = c->slots[entry].selector;
  str ns = n->ns;
  kube_labels l;
  if (!chain_resources_match(c->resources, entry, s, c->o.types, c->original ? n->in->type : n->type)) return 0;
  if (c->original) ns = str_of(c->id.ns);
  else if (entry <= c->mapping) ns = target(c, ns);
  if (!chain_namespace_matches(s, ns, NULL)) return 0;
  if (kube_selector_empty(s->labels)) return 1;
  if (labels(c, &l, e) != PINTLE_OK) return -1;
  return chain_labels_match(s, l, NULL);
}
