/* applies.c -- ListPlugins and AppliesTo: what there is, and for which items.  SPDX-License-Identifier: Apache-2.0 */
#include "backup_item_action_v2.pb-c.h"
#include "dropin/inside.h"
#include "lister.pb-c.h"

void dropin_list(dropin_call *c) {
  const dropin_catalog *all = &c->d->catalog;
  Generated__ListPluginsResponse answer = GENERATED__LIST_PLUGINS_RESPONSE__INIT;
  Generated__PluginIdentifier *ids = arena_zalloc(&c->memory, (all->n + 1) * sizeof *ids);
  answer.plugins = arena_zalloc(&c->memory, (all->n + 1) * sizeof *answer.plugins);
  if (!ids || !answer.plugins) {
    dropin_refuse(c, GRPC_RESOURCE_EXHAUSTED, "out of memory");
    return;
  }
  for (size_t i = 0; i < all->n; i++) {
    generated__plugin_identifier__init(&ids[i]);
    ids[i].command = (char *)(uintptr_t)c->d->command;
    ids[i].kind = (char *)(uintptr_t)dropin_kind_name(all->v[i].kind);
    ids[i].name = (char *)(uintptr_t)all->v[i].name;
    answer.plugins[i] = &ids[i];
  }
  answer.n_plugins = all->n;
  dropin_reply(c, &answer);
}

/* ---- the union of selectors: whatever one of them selects is selected by it */
typedef const char *const *texts;
typedef struct selection {
  bool any;                       /* false: of nothing yet */
  texts included[2], excluded[2]; /* resources, namespaces */
  const char *labels;
} selection;

static size_t length(texts l) {
  size_t n = 0;
  while (l && l[n]) n++;
  return n;
}

static bool holds(texts l, const char *s) {
  for (size_t i = 0; l && l[i]; i++)
    if (strcmp(l[i], s) == 0) return true;
  return false;
}

static texts copy(arena *a, texts l) {
  size_t n = length(l);
  const char **v = n ? arena_zalloc(a, (n + 1) * sizeof *v) : NULL;
  for (size_t i = 0; v && i < n; i++)
    if (!(v[i] = arena_dup(a, l[i]))) return NULL;
  return v;
}

/* Included by either. No limit in one of them, or no memory: no limit. */
static texts either(arena *a, texts x, texts y) {
  size_t n = 0, nx = length(x), ny = length(y);
  const char **v = nx && ny ? arena_zalloc(a, (nx + ny + 1) * sizeof *v) : NULL;
  for (size_t i = 0; v && i < nx; i++) v[n++] = x[i];
  for (size_t i = 0; v && i < ny; i++)
    if (!holds(x, y[i])) v[n++] = y[i];
  return v;
}

static texts both(arena *a, texts x, texts y) {
  size_t n = 0, nx = length(x);
  const char **v = nx ? arena_zalloc(a, (nx + 1) * sizeof *v) : NULL;
  for (size_t i = 0; v && i < nx; i++)
    if (holds(y, x[i])) v[n++] = x[i];
  return v;
}

static void unite(arena *a, selection *to, const chain_selector *s) {
  const texts in[2] = {copy(a, s->included_resources), copy(a, s->included_namespaces)};
  const texts out[2] = {copy(a, s->excluded_resources), copy(a, s->excluded_namespaces)};
  const char *labels = s->labels_text ? arena_dup(a, s->labels_text) : "";
  for (int i = 0; i < 2; i++) {
    to->included[i] = to->any ? either(a, to->included[i], in[i]) : in[i];
    to->excluded[i] = to->any ? both(a, to->excluded[i], out[i]) : out[i];
  }
  if (!to->any) to->labels = labels ? labels : "";
  else if (!labels || strcmp(to->labels, labels) != 0) to->labels = "";
  to->any = true;
}

/* What the offer is for in one chain: its action's selector, or those of all actions. */
static void unite_plan(dropin_call *c, selection *to, const chain_plan *p) {
  const chain_entry *one = c->offer->plugin ? dropin_entry_of(p, c->offer->action->name) : NULL;
  for (size_t i = 0; i < p->n; i++)
    if (!c->offer->plugin || one == &p->entries[i]) unite(&c->memory, to, &p->entries[i].selector);
}

static bool computed(const dropin_call *c, const chain_plan *p) {
  const chain_entry *one = c->offer->plugin ? dropin_entry_of(p, c->offer->action->name) : NULL;
  for (size_t i = 0; i < p->n; i++)
    if ((!c->offer->plugin || one == &p->entries[i]) && p->entries[i].has & HOST_HAS_APPLIES_TO) return true;
  return false;
}

bool dropin_selects_alike(const dropin *d, const dropin_offer *offer) {
  return d->n_chains < 2 || (offer->action && !(offer->action->has & HOST_HAS_APPLIES_TO));
}

/* The AppliesToResponse of every kind and version is the same message. */
static void reply(dropin_call *c, const selection *s) {
  V2__BackupItemActionAppliesToResponse answer = V2__BACKUP_ITEM_ACTION_APPLIES_TO_RESPONSE__INIT;
  Generated__ResourceSelector to = GENERATED__RESOURCE_SELECTOR__INIT;
  to.n_includedresources = length(s->included[0]), to.includedresources = (char **)(uintptr_t)s->included[0];
  to.n_excludedresources = length(s->excluded[0]), to.excludedresources = (char **)(uintptr_t)s->excluded[0];
  to.n_includednamespaces = length(s->included[1]), to.includednamespaces = (char **)(uintptr_t)s->included[1];
  to.n_excludednamespaces = length(s->excluded[1]), to.excludednamespaces = (char **)(uintptr_t)s->excluded[1];
  if (s->labels) to.selector = (char *)(uintptr_t)s->labels;
  answer.resourceselector = &to;
  dropin_reply(c, &answer);
}

/* A configuration that cannot be used fails here, so the backup or restore does not begin. */
bool dropin_applies_at_desk(dropin_call *c) {
  dropin *d = c->d;
  selection sum = {0};
  error e = d->config.broken;
  pintle_status st = e.status;
  bool ask = false;
  for (size_t i = 0; st == PINTLE_OK && !ask && i < d->n_chains; i++) {
    dropin_items_options o;
    chain_plan p;
    dropin_options(d, c->offer, d->chains[i], &o);
    if ((st = dropin_items_plan(&o, &p, &e)) != PINTLE_OK) break;
    ask = computed(c, &p);
    unite_plan(c, &sum, &p);
    chain_plan_free(&p);
  }
  if (ask) return false;
  if (st != PINTLE_OK) dropin_fail_with(c, &e);
  else reply(c, &sum);
  return true;
}

/* [lane] Of the usual chain, whose worker is this lane's; those of the others are started to be asked, and ended. */
void dropin_applies(dropin_call *c, void **state) {
  dropin *d = c->d;
  selection sum = {0};
  error e = {0};
  dropin_items *t = dropin_items_of(c->group, state, STR(""), &e);
  pintle_status st = t ? PINTLE_OK : e.status;
  if (t) unite_plan(c, &sum, dropin_items_plan_of(t));
  for (size_t i = 0; st == PINTLE_OK && i < d->n_chains; i++) {
    dropin_items_options o;
    if (d->chains[i] == c->group->chain) continue;
    dropin_options(d, c->offer, d->chains[i], &o);
    if ((st = dropin_items_open(&o, STR(""), &t, &e)) != PINTLE_OK) break;
    unite_plan(c, &sum, dropin_items_plan_of(t));
    dropin_items_close(t);
  }
  if (st != PINTLE_OK) dropin_fail_with(c, &e);
  else reply(c, &sum);
}
