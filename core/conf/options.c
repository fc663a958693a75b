/* options.c -- see options.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/options.h"
#include "base/file.h"
#include "base/nearest.h"
#include "conf/convert.h"
#include "conf/fault.h"
#include <fcntl.h>
#include <stdio.h>

#define MAX_REFERENCE ((size_t)1 << 20) /* of a file or variable that an option refers to */

/* Known without being declared: what Velero adds to a location's configuration. */
static const char *const velero_keys[] = {"bucket", "prefix", "caCert", "credentialsFile"};
#define N_VELERO_KEYS (sizeof velero_keys / sizeof *velero_keys)

/* ---- which layer */

static bool is_text_layer(const conf_layer *l) {
  return l->text || (l->document && l->document->doc && !str_is(item_str(l->document->doc, "/kind", ""), "PluginChain"));
}

static const item_node *given_in(const conf_layer *l, str key) {
  if (l->option) return str_is(key, l->option) ? l->object : NULL;
  const item_node *m = l->object ? item_member(l->object, key) : NULL;
  return item_type(m) == PINTLE_T_NULL ? NULL : m;
}

/* Where all is text, "" is none: so do Velero's plugins. o may be NULL. */
static bool is_unset(const conf_layer *l, const item_node *node, const pintle_option *o) {
  bool any_text = !o || (o->type == PINTLE_OPT_STRING && !o->choices) || o->type == PINTLE_OPT_JSON;
  return !any_text && is_text_layer(l) && item_type(node) == PINTLE_T_STRING && !item_string(node).len;
}

/* The layer that decides about key, option o where it is one; NULL: none gives it. */
static const conf_layer *deciding(const conf_layer *layers, size_t n, str key, const pintle_option *o) {
  while (n-- > 0) {
    const item_node *node = given_in(&layers[n], key);
    if (node && !is_unset(&layers[n], node, o)) return &layers[n];
  }
  return NULL;
}

static const pintle_option *declared(const pintle_option *const *options, str key) {
  for (; options && *options; options++)
    if ((*options)->name && str_is(key, (*options)->name)) return *options;
  return NULL;
}

static bool is_velero_key(str key) {
  for (size_t i = 0; i < N_VELERO_KEYS; i++)
    if (str_is(key, velero_keys[i])) return true;
  return false;
}

/* ---- errors */

static void place_of(const conf_layer *l, const item_node *node, bool key, char *to, size_t size) {
  if (l->document && key) conf_place_key(l->document, node, to, size);
  else if (l->document) conf_place(l->document, node, to, size);
  else if (node && item_key(node).len)
    snprintf(to, size, "%s: %.*s", l->source ? l->source : "", (int)item_key(node).len, item_key(node).ptr);
  else snprintf(to, size, "%s", l->source ? l->source : "");
}

PINTLE_PRINTF(4, 5)
static pintle_status fault(const conf_layer *l, const item_node *node, error *e, const char *format, ...) {
  char text[1000], place[CONF_PLACE_SIZE];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  error_set(e, PINTLE_INVALID, "%s", text);
  place_of(l, node, false, place, sizeof place);
  error_place(e, "%s", place);
  return PINTLE_INVALID;
}

/* The one whose name has the word in it: "retries" of "maxRetries". NULL: none, or several. */
static const char *only_with(str word, const char *const *names, size_t n) {
  const char *found = NULL;
  for (size_t i = 0; i < n && word.len > 3 && word.len < 100; i++) {
    char text[100];
    snprintf(text, sizeof text, "%.*s", (int)word.len, word.ptr);
    if (!strcasestr(names[i], text)) continue;
    if (found) return NULL;
    found = names[i];
  }
  return found;
}

static pintle_status unknown_option(const pintle_option *const *options, const conf_layer *l, const item_node *node, error *e) {
  char quoted[CONF_QUOTE_SIZE], place[CONF_PLACE_SIZE];
  const char *names[64];
  size_t n = 0;
  fault(l, node, e, "unknown option %s", conf_quote(item_key(node), quoted));
  place_of(l, node, true, place, sizeof place);
  error_place(e, "%s", place);
  for (; options && *options && n < 60; options++)
    if ((*options)->name) names[n++] = (*options)->name;
  size_t own = n;
  for (size_t i = 0; i < N_VELERO_KEYS; i++) names[n++] = velero_keys[i];
  const char *near = nearest(item_key(node), names, n);
  if (!near) near = only_with(item_key(node), names, own);
  if (near) error_hint(e, "did you mean \"%s\"?", near);
  else if (own > 16) error_hint(e, "`pintle plugin inspect` shows the %zu options that it has", own);
  else if (own) conf_hint_known(e, (str){"", 0}, names, own, "options");
  else error_hint(e, "this action has no options");
  return PINTLE_INVALID;
}

/* ---- {fromFile: PATH}, {fromEnv: NAME} */

static const item_node *reference(const conf_layer *l, const item_node *node) {
  const item_node *m = item_type(node) == PINTLE_T_OBJECT && item_count(node) == 1 ? item_first(node) : NULL;
  if (!m || is_text_layer(l) || item_type(m) != PINTLE_T_STRING) return NULL;
  return str_is(item_key(m), "fromFile") || str_is(item_key(m), "fromEnv") ? m : NULL;
}

static pintle_status read_variable(const conf_layer *l, const item_node *ref, const conf_environment *env, str name, buf *out, error *e) {
  char quoted[CONF_QUOTE_SIZE];
  const char *value = env && env->get ? env->get(env->ctx, name.ptr) : NULL;
  if (!value) {
    fault(l, ref, e, "environment variable %s is not set", conf_quote(name, quoted));
    error_hint(e, "set it where pintle is started, or write the value into a file and use fromFile");
    return PINTLE_INVALID;
  }
  buf_addz(out, value);
  return PINTLE_OK;
}

/* A relative path begins at the directory of the configuration file. */
static void reference_path(const conf_layer *l, str path, buf *out) {
  const char *file = l->document ? l->document->file : NULL, *slash = file ? strrchr(file, '/') : NULL;
  if (path.ptr[0] != '/' && slash) buf_add(out, file, (size_t)(slash - file) + 1);
  buf_adds(out, path);
}

static pintle_status read_reference(const conf_layer *l, const item_node *ref, const conf_environment *env, buf *out, error *e) {
  CLEANUP(buf_free) buf path = {0};
  char place[CONF_PLACE_SIZE];
  str s = item_string(ref);
  bool from_file = str_is(item_key(ref), "fromFile");
  pintle_status st = PINTLE_OK;
  if (s.len == 0 || memchr(s.ptr, 0, s.len))
    return fault(l, ref, e, "%s must name a %s", item_key(ref).ptr, from_file ? "file" : "variable");
  if (!from_file) st = read_variable(l, ref, env, s, out, e);
  else {
    reference_path(l, s, &path);
    st = path.failed ? error_nomem(e) : file_read(AT_FDCWD, strcmp(path.data, "-") == 0 ? "./-" : path.data, MAX_REFERENCE, out, e);
    if (st != PINTLE_OK && st != PINTLE_NOMEM && e) {
      place_of(l, ref, false, place, sizeof place);
      error_place(e, "%s", place);
      e->status = PINTLE_INVALID;
    }
  }
  if (st != PINTLE_OK) return st == PINTLE_NOMEM ? st : PINTLE_INVALID;
  if (out->failed) return error_nomem(e);
  if (out->len && out->data[out->len - 1] == '\n') out->len--;
  return PINTLE_OK;
}

/* ---- values */

static void print_value(const item_node *node, buf *out) {
  bool first = true;
  switch (item_type(node)) {
  case PINTLE_T_BOOL: buf_addz(out, item_true(node) ? "true" : "false"); break;
  case PINTLE_T_NUMBER: buf_adds(out, item_number(node)); break;
  case PINTLE_T_STRING: buf_json(out, item_string(node)); break;
  case PINTLE_T_ARRAY:
  case PINTLE_T_OBJECT:
    buf_addc(out, item_type(node) == PINTLE_T_ARRAY ? '[' : '{');
    for (const item_node *m = item_first(node); m; m = item_next(m), first = false) {
      if (!first) buf_addc(out, ',');
      if (item_type(node) == PINTLE_T_OBJECT) {
        buf_json(out, item_key(m));
        buf_addc(out, ':');
      }
      print_value(m, out);
    }
    buf_addc(out, item_type(node) == PINTLE_T_ARRAY ? ']' : '}');
    break;
  default: buf_addz(out, "null");
  }
}

static const char *wanted(int32_t type) {
  switch (type) {
  case PINTLE_OPT_BOOL: return "true or false";
  case PINTLE_OPT_INT: return "a whole number";
  case PINTLE_OPT_DURATION: return "a duration such as \"30s\"";
  case PINTLE_OPT_SIZE: return "a size such as \"4Mi\"";
  default: return "text";
  }
}

static pintle_status wrong_shape(const conf_layer *l, const item_node *node, const char *name, int32_t type, error *e) {
  static const char *const known[] = {"fromFile", "fromEnv"};
  fault(l, node, e, "option \"%s\" must be %s, not %s", name, wanted(type), conf_type_name(item_type(node)));
  if (item_type(node) != PINTLE_T_OBJECT || is_text_layer(l)) return PINTLE_INVALID;
  for (const item_node *m = item_first(node); m; m = item_next(m)) {
    const char *near = nearest(item_key(m), known, 2);
    if (near) error_hint(e, "a value from elsewhere is written {%s: \"...\"} and has no other key", near);
  }
  return PINTLE_INVALID;
}

static pintle_status convert(const conf_layer *l, const item_node *node, const char *name, int32_t type, const char *choices, bool secret,
                             str text, buf *json, error *e) {
  char quoted[CONF_QUOTE_SIZE];
  convert_fault f = {.what = "", .hint = ""};
  pintle_status st = conf_convert(type, choices, secret, text, json, &f);
  if (st == PINTLE_OK) return st;
  if (st == PINTLE_NOMEM) return error_nomem(e);
  if (secret || type == PINTLE_OPT_JSON) fault(l, node, e, "option \"%s\": the value %s", name, f.what);
  else fault(l, node, e, "option \"%s\": %s %s", name, conf_quote(text, quoted), f.what);
  if (f.hint[0]) error_hint(e, "%s", f.hint);
  return PINTLE_INVALID;
}

/* The value of one option from one layer. */
static pintle_status add_value(const conf_layer *l, const item_node *node, const char *name, const pintle_option *o,
                               const conf_environment *env, buf *json, error *e) {
  CLEANUP(buf_free) buf content = {0};
  int32_t type = o ? o->type : PINTLE_OPT_STRING;
  const char *choices = o ? o->choices : NULL;
  bool secret = o && (o->flags & PINTLE_SECRET);
  const item_node *ref = reference(l, node);
  if (ref) {
    pintle_status st = read_reference(l, ref, env, &content, e);
    return st != PINTLE_OK ? st : convert(l, node, name, type, choices, true, buf_str(&content), json, e);
  }
  if (type == PINTLE_OPT_JSON && !(is_text_layer(l) && item_type(node) == PINTLE_T_STRING)) return print_value(node, json), PINTLE_OK;
  switch (item_type(node)) {
  case PINTLE_T_STRING: return convert(l, node, name, type, choices, secret, item_string(node), json, e);
  case PINTLE_T_NUMBER: return convert(l, node, name, type, choices, secret, item_number(node), json, e);
  case PINTLE_T_BOOL: return convert(l, node, name, type, choices, secret, str_of(item_true(node) ? "true" : "false"), json, e);
  default: return wrong_shape(l, node, name, type, e);
  }
}

static pintle_status add_fallback(const pintle_option *o, buf *json, error *e) {
  convert_fault f = {.what = "", .hint = ""};
  pintle_status st = conf_convert(o->type, o->choices, o->flags & PINTLE_SECRET, str_of(o->fallback), json, &f);
  if (st == PINTLE_OK) return st;
  if (st == PINTLE_NOMEM) return error_nomem(e);
  error_set(e, PINTLE_INVALID, "option \"%s\": its default %s", o->name, f.what);
  error_hint(e, "this is a mistake in the plugin; give the option a value");
  error_place(e, "default of \"%s\"", o->name);
  return PINTLE_INVALID;
}

static pintle_status missing(const pintle_option *o, const conf_layer *layers, size_t n, error *e) {
  char place[CONF_PLACE_SIZE] = "";
  error_set(e, PINTLE_INVALID, "option \"%s\" is required and not given", o->name);
  if (o->help && o->help[0]) error_hint(e, "%s: %s", o->name, o->help);
  for (size_t i = n; i-- > 0 && !place[0];)
    if (layers[i].object) place_of(&layers[i], layers[i].object, false, place, sizeof place);
  error_place(e, "%s", place);
  return PINTLE_INVALID;
}

/* ---- the document */

static pintle_status add_declared(const pintle_option *const *options, const conf_layer *layers, size_t n, const conf_environment *env,
                                  buf *json, error *e) {
  for (const pintle_option *const *p = options; p && *p; p++) {
    const pintle_option *o = *p;
    if (!o->name || declared(options, str_of(o->name)) != o) continue; /* a name declared twice: the first */
    const conf_layer *l = deciding(layers, n, str_of(o->name), o);
    if (!l && !o->fallback) {
      if (o->flags & PINTLE_REQUIRED) return missing(o, layers, n, e);
      continue;
    }
    if (json->len > 1) buf_addc(json, ',');
    buf_json(json, str_of(o->name));
    buf_addc(json, ':');
    pintle_status st = l ? add_value(l, given_in(l, str_of(o->name)), o->name, o, env, json, e) : add_fallback(o, json, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

/* A key that nobody declared: one of Velero's, or one that an open configuration welcomes. */
static pintle_status add_undeclared(const conf_layer *l, const item_node *node, const conf_environment *env, buf *json, error *e) {
  str key = item_key(node);
  if (json->len > 1) buf_addc(json, ',');
  buf_json(json, key);
  buf_addc(json, ':');
  if (is_velero_key(key) || item_type(node) == PINTLE_T_STRING || reference(l, node))
    return add_value(l, node, key.ptr, NULL, env, json, e);
  print_value(node, json);
  return PINTLE_OK;
}

static pintle_status add_rest(const pintle_option *const *options, const conf_layer *layers, size_t n, const conf_environment *env,
                              buf *json, error *e) {
  for (size_t i = 0; i < n; i++)
    for (const item_node *m = layers[i].object && !layers[i].option ? item_first(layers[i].object) : NULL; m; m = item_next(m)) {
      str key = item_key(m);
      if (declared(options, key) || deciding(layers, n, key, NULL) != &layers[i] || given_in(&layers[i], key) != m) continue;
      pintle_status st = add_undeclared(&layers[i], m, env, json, e);
      if (st != PINTLE_OK) return st;
    }
  return PINTLE_OK;
}

static pintle_status check_keys(const pintle_option *const *options, uint32_t flags, const conf_layer *layers, size_t n, error *e) {
  for (size_t i = 0; i < n; i++) {
    if (layers[i].option) continue;
    if (layers[i].object && item_type(layers[i].object) != PINTLE_T_OBJECT && item_type(layers[i].object) != PINTLE_T_NULL)
      return fault(&layers[i], layers[i].object, e, "options must be a mapping, not %s", conf_type_name(item_type(layers[i].object)));
    for (const item_node *m = layers[i].object ? item_first(layers[i].object) : NULL; m && !(flags & PINTLE_OPEN_CONFIG); m = item_next(m))
      if (!declared(options, item_key(m)) && !is_velero_key(item_key(m))) return unknown_option(options, &layers[i], m, e);
  }
  return PINTLE_OK;
}

pintle_status conf_options(const pintle_option *const *options, uint32_t flags, const conf_layer *layers, size_t n,
                           const conf_environment *env, buf *json, error *e) {
  CLEANUP(buf_free) buf out = {0};
  pintle_status st = check_keys(options, flags, layers, n, e);
  buf_addc(&out, '{');
  if (st == PINTLE_OK) st = add_declared(options, layers, n, env, &out, e);
  if (st == PINTLE_OK) st = add_rest(options, layers, n, env, &out, e);
  buf_addc(&out, '}');
  if (st == PINTLE_OK) buf_adds(json, buf_str(&out));
  if (st == PINTLE_OK && (out.failed || json->failed)) st = error_nomem(e);
  if (out.data) explicit_bzero(out.data, out.cap); /* may hold secrets */
  return st;
}

/* ---- where a value came from */

static const item_node *child(const item_node *node, str segment) {
  size_t index = 0;
  if (item_type(node) == PINTLE_T_OBJECT) return item_member(node, segment);
  if (item_type(node) != PINTLE_T_ARRAY || segment.len == 0 || segment.len > 9) return NULL;
  for (size_t i = 0; i < segment.len; i++) {
    if (segment.ptr[i] < '0' || segment.ptr[i] > '9') return NULL;
    index = index * 10 + (size_t)(segment.ptr[i] - '0');
  }
  const item_node *m = item_first(node);
  while (m && index-- > 0) m = item_next(m);
  return m;
}

/* Of a value within what a file holds: its place in that file. False: it cannot be told. */
static bool place_in_file(const conf_layer *l, const item_node *ref, const char *pointer, char *to, size_t size) {
  CLEANUP(buf_free) buf path = {0}, text = {0};
  conf_set set = {0};
  const item_node *node = NULL;
  error e;
  if (!*pointer || !str_is(item_key(ref), "fromFile") || item_string(ref).len == 0) return false;
  reference_path(l, item_string(ref), &path);
  if (!path.failed && file_read(AT_FDCWD, buf_z(&path), MAX_REFERENCE, &text, &e) == PINTLE_OK &&
      conf_set_add(&set, buf_z(&path), buf_str(&text), &e) == PINTLE_OK && set.n == 1)
    node = item_at(set.v[0]->doc, pointer);
  if (node) conf_place(set.v[0], node, to, size);
  conf_set_free(&set);
  return node != NULL;
}

static char *place_at(const conf_layer *layers, size_t n, str pointer, bool files, char *to, size_t size) {
  CLEANUP(buf_free) buf segment = {0};
  to[0] = 0;
  if (!item_pointer_next(&pointer, &segment)) {
    for (size_t i = n; i-- > 0 && !to[0];)
      if (layers[i].object) place_of(&layers[i], layers[i].object, false, to, size);
    return to;
  }
  str key = {buf_z(&segment), segment.len};
  const conf_layer *l = deciding(layers, n, key, NULL);
  if (!l) return snprintf(to, size, "default of \"%s\"", key.ptr), to;
  const item_node *node = given_in(l, key);
  bool top = true;
  const item_node *ref;
  while (!(ref = reference(l, node)) && item_pointer_next(&pointer, &segment)) {
    const item_node *inner = child(node, buf_str(&segment));
    if (!inner) break;
    node = inner, top = false;
  }
  if (files && ref && place_in_file(l, ref, pointer.ptr, to, size)) return to;
  place_of(l, l->document || top ? node : given_in(l, key), false, to, size);
  return to;
}

char *conf_options_place(const conf_layer *layers, size_t n, const char *pointer, char *to, size_t size) {
  return place_at(layers, n, str_of(pointer), false, to, size);
}

char *conf_options_fault(const conf_layer *layers, size_t n, const char *pointer, char *to, size_t size) {
  return place_at(layers, n, str_of(pointer), true, to, size);
}

const char *conf_options_source(const pintle_option *const *options, const conf_layer *layers, size_t n, const char *key) {
  const pintle_option *o = declared(options, str_of(key));
  const conf_layer *l = deciding(layers, n, str_of(key), o);
  if (l) return l->source;
  return o && o->fallback ? "default" : NULL;
}
