/* run_items.c -- asks for the run's input and writes what it was told into annotations.  SPDX-License-Identifier: Apache-2.0
 *
 * Annotation tests.pintle.io/get "RESOURCE.GROUP NS NAME" -> tests.pintle.io/got: the value of data.number, or the status.
 * tests.pintle.io/list "RESOURCE.GROUP NS [LABELS|FIELDS]" -> tests.pintle.io/listed: number of items and of bytes of their names, or the status.
 * tests.pintle.io/kind "VERSION KIND" -> tests.pintle.io/resource. tests.pintle.io/write -> tests.pintle.io/wrote. */
#include "run.h"
#include <stdio.h>

static const char *ask(const pintle_doc *item, const char *name) {
  char pointer[100];
  return pintle_str_or(item, pintle_key(pointer, sizeof pointer, "/metadata/annotations", name), NULL);
}

static pintle_status answer(pintle_doc *item, const char *name, const char *text) {
  char pointer[100];
  return pintle_set_str(item, pintle_key(pointer, sizeof pointer, "/metadata/annotations", name), text);
}

static pintle_status status(pintle_doc *item, const char *name, pintle_status st) {
  char text[32];
  snprintf(text, sizeof text, "%d", (int)st);
  return answer(item, name, text);
}

/* "RESOURCE.GROUP NS NAME|REST" into an id; "-" is "". */
static pintle_id id_of(pintle_call *call, const char *text, const char **rest) {
  char *p = call->host->alloc(call, strlen(text) + 1);
  strcpy(p, text);
  char *ns = strchr(p, ' '), *name = ns ? strchr(ns + 1, ' ') : NULL, *group = strchr(p, '.');
  if (ns) *ns++ = 0;
  if (name) *name++ = 0;
  if (group && (!ns || group < ns)) *group++ = 0;
  else group = NULL;
  *rest = name ? name : "";
  return (pintle_id){group ? group : "", "", p, ns && strcmp(ns, "-") != 0 ? ns : "", ""};
}

static pintle_status get(pintle_call *call, const pintle_objects *items, pintle_doc *item, const char *text) {
  const pintle_doc *d = NULL;
  const char *name;
  pintle_id id = id_of(call, text, &name);
  id.name = name;
  pintle_status st = items->get(call, &id, &d);
  if (st != PINTLE_OK) return status(item, "tests.pintle.io/got", st);
  if (((pintle_doc *)(uintptr_t)d)->api->remove((pintle_doc *)(uintptr_t)d, "/data") != PINTLE_DENIED) return PINTLE_FAILED;
  return answer(item, "tests.pintle.io/got", pintle_str_or(d, "/data/number", pintle_str_or(d, "/metadata/name", "")));
}

typedef struct seen {
  pintle_call *call;
  const pintle_objects *items;
  unsigned n, names, nested;
} seen;

static pintle_status each(void *ctx, const pintle_doc *d) {
  seen *s = ctx;
  const char *name = pintle_str_or(d, "/metadata/name", "");
  const pintle_doc *again;
  pintle_id id = {"", "", "configmaps", pintle_str_or(d, "/metadata/namespace", ""), name};
  s->n++;
  s->names += (unsigned)strlen(name);
  if (s->n == 1 && s->items->get(s->call, &id, &again) == PINTLE_OK) /* in the middle of a listing */
    s->nested = strcmp(pintle_str_or(again, "/metadata/name", ""), name) == 0 && strcmp(name, pintle_str_or(d, "/metadata/name", "")) == 0;
  return s->n == 1000000 ? PINTLE_FAILED : PINTLE_OK;
}

static pintle_status list(pintle_call *call, const pintle_objects *items, pintle_doc *item, const char *text) {
  char out[64];
  const char *selector;
  seen s = {.call = call, .items = items};
  pintle_id id = id_of(call, text, &selector);
  const char *bar = strchr(selector, '|');
  char *labels = call->host->alloc(call, strlen(selector) + 1);
  strcpy(labels, selector);
  if (bar) labels[bar - selector] = 0;
  pintle_status st = items->list(call, &id, labels, bar ? bar + 1 : NULL, each, &s);
  if (st != PINTLE_OK) return status(item, "tests.pintle.io/listed", st);
  snprintf(out, sizeof out, "%u %u %u", s.n, s.names, s.nested);
  return answer(item, "tests.pintle.io/listed", out);
}

static pintle_status find_kind(pintle_call *call, const pintle_objects *items, pintle_doc *item, const char *text) {
  char out[300];
  const char *kind = strchr(text, ' ');
  char *version = call->host->alloc(call, strlen(text) + 1);
  pintle_str resource;
  int32_t namespaced;
  memcpy(version, text, (size_t)(kind - text));
  pintle_status st = items->find_kind(call, version, kind + 1, &resource, &namespaced);
  if (st != PINTLE_OK) return status(item, "tests.pintle.io/resource", st);
  snprintf(out, sizeof out, "%s %d", resource.ptr, (int)namespaced);
  return answer(item, "tests.pintle.io/resource", out);
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  const pintle_objects *items = call->host->extension(call->host, PINTLE_EXT_ITEMS);
  const char *text;
  pintle_status st = PINTLE_OK;
  (void)self, (void)in, (void)r;
  if (!items) return pintle_fail(call, PINTLE_UNSUPPORTED, "no pintle.items/1 here");
  if ((text = ask(item, "tests.pintle.io/get"))) st = get(call, items, item, text);
  if (st == PINTLE_OK && (text = ask(item, "tests.pintle.io/list"))) st = list(call, items, item, text);
  if (st == PINTLE_OK && (text = ask(item, "tests.pintle.io/kind"))) st = find_kind(call, items, item, text);
  if (st == PINTLE_OK && ask(item, "tests.pintle.io/write")) {
    const pintle_id id = {"", "v1", "configmaps", "shop", "made"};
    st = status(item, "tests.pintle.io/wrote", items->create(call, &id, item, NULL));
  }
  return st;
}

RUN_TABLES("items", PINTLE_PURE, NULL, NULL);
