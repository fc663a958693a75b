/* init_hooks.c -- velero.io/init-restore-hook: init containers that a restored Pod runs first.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/restore/actions/init_restorehook_pod_action.go, internal/hook/item_hook_handler.go. They come from the Pod's annotations,
 * else from spec.hooks of the Restore; "restore-wait", which brings volumes back, stays in front of them. */
#include "base/sha256.h"
#include "builtin/steps.h"
#include "kube/labels.h"
#include "kube/types.h"

#define HOOK "/metadata/annotations/init.hook.restore.velero.io~1"

typedef struct hooks {
  pintle_call *call;
  pintle_doc *item;
  const pintle_input *in;
  size_t at; /* where the next container goes */
  bool have_array;
} hooks;

static pintle_status insert(hooks *h, const buf *container) {
  CLEANUP(buf_free) buf patch = {0};
  pintle_status st = h->have_array ? PINTLE_OK : h->item->api->set_json(h->item, "/spec/initContainers", "[]", 2);
  h->have_array = true;
  buf_printf(&patch, "[{\"op\":\"add\",\"path\":\"/spec/initContainers/%zu\",\"value\":", h->at++);
  buf_adds(&patch, buf_str(container));
  buf_addz(&patch, "}]");
  if (patch.failed || container->failed) return PINTLE_NOMEM;
  return st == PINTLE_OK ? h->item->api->patch(h->item, patch.data, patch.len) : st;
}

/* ------------------------------------------------------------------------------------------------------------ annotations */
/* The text itself, unless it is a JSON array of texts. */
static pintle_status add_command(pintle_call *call, str command, buf *to) {
  pintle_doc *d = NULL;
  const item_node *v = NULL;
  bool texts = false;
  if (command.len == 0) return PINTLE_OK; /* the image's own */
  if (command.ptr[0] == '[') {
    pintle_status st = call->host->new_doc(call, command.ptr, command.len, &d);
    if (st == PINTLE_NOMEM) return st;
    texts = st == PINTLE_OK;
    for (v = texts ? item_first(builtin_node(d, "")) : NULL; v && texts; v = item_next(v))
      texts = item_type(v) == PINTLE_T_STRING || item_type(v) == PINTLE_T_NULL; /* Go takes null for "" */
  }
  buf_addz(to, ",\"command\":[");
  if (!texts) buf_json(to, command);
  else
    for (v = item_first(builtin_node(d, "")); v; v = item_next(v)) {
      str s = item_string(v);
      buf_json(to, s.ptr ? s : STR(""));
      if (item_next(v)) buf_addc(to, ',');
    }
  buf_addc(to, ']');
  return PINTLE_OK;
}

/* Velero takes a random name; ours is the same when the restore of the Pod is repeated. */
static void name_container(const hooks *h, char *to, size_t size) {
  unsigned char digest[32];
  sha256_ctx c;
  const char *const of[] = {pintle_str_or(h->in->run, "/metadata/uid", ""), h->in->id->ns, h->in->id->name};
  sha256_init(&c);
  for (size_t i = 0; i < sizeof of / sizeof *of; i++) sha256_update(&c, of[i], strlen(of[i]) + 1);
  sha256_final(&c, digest);
  snprintf(to, size, "velero-restore-init-%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}

static pintle_status from_annotations(hooks *h, const char *image) {
  CLEANUP(buf_free) buf container = {0};
  char generated[40];
  const char *name = pintle_str_or(h->item, HOOK "container-name", "");
  pintle_str command = {"", 0};
  pintle_status st = h->item->api->get_str(h->item, HOOK "command", &command);
  if (st != PINTLE_OK) command = STR("");
  if (!name[0]) {
    name_container(h, generated, sizeof generated);
    name = generated;
  }
  buf_addz(&container, "{\"name\":");
  buf_json(&container, str_of(name));
  buf_addz(&container, ",\"image\":");
  buf_json(&container, str_of(image));
  st = add_command(h->call, command, &container);
  buf_addz(&container, ",\"resources\":{}}");
  return st == PINTLE_OK ? insert(h, &container) : st;
}

/* ------------------------------------------------------------------------------------------------------------ the Restore */
static bool among(const item_node *globs, str ns) {
  for (const item_node *v = builtin_elements(globs); v; v = item_next(v)) {
    str glob = item_string(v);
    if (glob.ptr && kube_glob(glob, ns)) return true;
  }
  return false;
}

/* In the namespace that the Pod goes to. A selector that is none is an error whatever it would select. */
static pintle_status selected(const hooks *h, const item_node *hook, kube_labels labels, bool *is) {
  char at[1200];
  const item_node *included = item_member(hook, STR("includedNamespaces"));
  const char *from = builtin_ns(h->item, h->in),
             *ns = pintle_str_or(h->in->run, pintle_key(at, sizeof at, "/spec/namespaceMapping", from), from);
  kube_selector *selector = NULL;
  error e;
  pintle_status st = kube_selector_of(item_member(hook, STR("labelSelector")), &selector, &e);
  if (st == PINTLE_NOMEM) return st;
  if (st != PINTLE_OK) return pintle_fail(h->call, PINTLE_INVALID, "a labelSelector in spec.hooks of the Restore: %s", e.message);
  *is = kube_selector_matches(selector, labels) && !among(item_member(hook, STR("excludedNamespaces")), str_of(ns)) &&
        (!builtin_elements(included) || among(included, str_of(ns)));
  kube_selector_free(selector);
  return PINTLE_OK;
}

static pintle_status add_containers(hooks *h, const item_node *init) {
  const item_doc *run = item_of(h->in->run);
  for (const item_node *v = builtin_elements(item_member(init, STR("initContainers"))); v; v = item_next(v)) {
    CLEANUP(buf_free) buf container = {0};
    if (!builtin_text(v, "name")[0] || !builtin_text(v, "image")[0] || !builtin_elements(item_member(v, STR("command"))))
      return pintle_fail(h->call, PINTLE_INVALID, "an init container in spec.hooks of the Restore has no name, image or command");
    pintle_status st = item_print(run, v, 0, &container);
    if (st == PINTLE_OK) st = insert(h, &container);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

/* take false: only a look whether they are in order. */
static pintle_status from_restore(hooks *h, bool take) {
  CLEANUP(arena_free) arena a = {0};
  kube_labels labels;
  const item_node *v = builtin_elements(builtin_node(h->in->run, "/spec/hooks/resources"));
  if (!v) return PINTLE_OK;
  pintle_status st = kube_labels_of(item_of(h->item), &a, &labels);
  for (; v && st == PINTLE_OK; v = item_next(v)) {
    bool is = false;
    st = selected(h, v, labels, &is);
    for (const item_node *p = is && take ? builtin_elements(item_member(v, STR("postHooks"))) : NULL; p && st == PINTLE_OK;
         p = item_next(p))
      st = add_containers(h, item_member(p, STR("init")));
  }
  return st;
}

BUILTIN_EDIT(builtin_restore_init_hooks) {
  (void)self, (void)out;
  const item_node *here = builtin_node(item, "/spec/initContainers");
  hooks h = {.call = call, .item = item, .in = in, .have_array = item_type(here) == PINTLE_T_ARRAY};
  h.at = strcmp(builtin_text(builtin_elements(here), "name"), "restore-wait") == 0;
  const char *image = pintle_str_or(item, HOOK "container-image", "");
  pintle_status st = from_restore(&h, !image[0]);
  return st == PINTLE_OK && image[0] ? from_annotations(&h, image) : st;
}
