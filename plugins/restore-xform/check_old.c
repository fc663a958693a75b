/* check_old.c -- names of the old cluster in the texts of an item: hosts by their last labels, services by their namespace.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checking.h"
#include "text_edit.h"
#include "xform.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- names, from their end: the hash of every suffix falls out of one walk from right to left */
static unsigned char lower(char c) { return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }
static uint64_t step(uint64_t h, char c) { return (h ^ lower(c)) * 1099511628211u; }
enum { LONGEST = 253 };
static const uint64_t start = 14695981039346656037u;

static bool same(const char *name, const char *text, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (lower(text[i]) != (unsigned char)name[i]) return false;
  return name[n] == 0;
}

/* Of the n bytes at text, whose hash is h. */
static const struct check_name *find(const struct check_names *s, uint64_t h, const char *text, size_t n) {
  for (size_t i = (size_t)(h >> 7) & (s->size - 1); s->table[i]; i = (i + 1) & (s->size - 1))
    if (same(s->all[s->table[i] - 1].name, text, n)) return &s->all[s->table[i] - 1];
  return NULL;
}

pintle_status check_name_add(struct check *c, pintle_call *call, const char *name, size_t n, const char *label) {
  struct check_names *s = &c->names;
  const bool wild = n > 2 && strncmp(name, "*.", 2) == 0;
  if (wild) name += 2, n -= 2;
  if (!memchr(name, '.', n) || n > LONGEST) return PINTLE_OK;
  if (s->n == s->cap) {
    size_t cap = s->cap ? s->cap * 2 : 32;
    struct check_name *all = realloc(s->all, cap * sizeof *all);
    if (!all) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
    s->all = all, s->cap = cap;
  }
  struct check_name *new = &s->all[s->n];
  *new = (struct check_name){strndup(name, n), wild ? NULL : label, wild ? label : NULL};
  if (!new->name) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (char *p = new->name; *p; p++) *p = (char)lower(*p);
  s->n++;
  return PINTLE_OK;
}

static bool is_old(const struct check_name *n) { return n->label || n->below; }

pintle_status check_names_index(struct check *c, pintle_call *call) {
  struct check_names *s = &c->names;
  for (s->size = 16; s->size < s->n * 2; s->size *= 2) continue;
  free(s->table);
  if (!(s->table = calloc(s->size, sizeof *s->table))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i < s->n; i++) {
    const char *name = s->all[i].name;
    size_t len = strlen(name);
    uint64_t h = start;
    for (size_t j = len; j-- > 0;) h = step(h, name[j]);
    struct check_name *is = (struct check_name *)find(s, h, name, len);
    if (is_old(&s->all[i])) s->has_old = true;
    if (is) {
      bool old = is_old(is) && is_old(&s->all[i]); /* else both source and target */
      is->label = !old ? NULL : is->label ? is->label : s->all[i].label;
      is->below = !old ? NULL : is->below ? is->below : s->all[i].below;
      continue;
    }
    size_t at = (size_t)(h >> 7) & (s->size - 1);
    while (s->table[at]) at = (at + 1) & (s->size - 1);
    s->table[at] = (uint32_t)i + 1;
  }
  return PINTLE_OK;
}

/* ---- a word of the letters that hosts have, with a dot in it */
struct word {
  const char *p;
  size_t n;
};

static const struct check_name *old_host(const struct check_names *s, struct word w) {
  const struct check_name *longest = NULL;
  uint64_t h = start;
  if (s->n == 0) return NULL;
  for (size_t i = w.n; i-- > 0 && w.n - i <= LONGEST;) {
    h = step(h, w.p[i]);
    if (i > 0 && w.p[i - 1] != '.') continue;
    const struct check_name *is = find(s, h, w.p + i, w.n - i);
    if (is) longest = is;
  }
  return longest && is_old(longest) ? longest : NULL;
}

static void say_host(struct check_item *k, const struct check_place *p, struct word w, const struct check_name *name) {
  char pointer[600], host[LONGEST + 1];
  bool secret = strcmp(k->kind, "Secret") == 0;
  size_t n = w.n < LONGEST ? w.n : LONGEST;
  const char *label = w.n > strlen(name->name) ? name->below : name->label;
  if (!label) label = name->label ? name->label : name->below;
  for (size_t i = 0; i < n; i++) host[i] = (char)lower(w.p[i]);
  host[n] = 0;
  check_say(k, check_pointer(p, pointer, sizeof pointer), host, "still names %.253s, which is of the old cluster (%.200s)",
            secret ? name->name : host, label);
}

const char *check_renamed(const pintle_doc *run, const char *ns, const char **other) {
  static const char *const mapping = "/spec/namespaceMapping";
  char at[400];
  const char *to = pintle_str_or(run, pintle_key(at, sizeof at, mapping, ns), NULL);
  *other = NULL;
  if (!to || strcmp(to, ns) == 0) return NULL;
  for (const pintle_value *v = run->api->first(run, run->api->at(run, mapping)); v; v = run->api->next(run, v)) {
    pintle_str s, key;
    if (run->api->text(run, v, &s) == PINTLE_OK && strcmp(s.ptr, ns) == 0 && run->api->key(run, v, &key) == PINTLE_OK) *other = key.ptr;
  }
  return to;
}

void check_say_namespace(struct check_item *k, const char *pointer, const char *what, const char *name, const char *to, const char *other) {
  char subject[100];
  if (snprintf(subject, sizeof subject, "Namespace/%s", name) < 0) return;
  if (other) check_say(k, pointer, subject, "still names %snamespace %s, which is restored as %.63s, and %.63s is restored as %s", what, name, to, other, name);
  else check_say(k, pointer, subject, "still names %snamespace %s, which is restored as %.63s", what, name, to);
}

bool check_untouched(const struct check_item *k, const char *pointer) {
  const char *is = pintle_str_or(k->doc, pointer, NULL), *was = k->in->item_from_backup ? pintle_str_or(k->in->item_from_backup, pointer, NULL) : NULL;
  return is && was && strcmp(is, was) == 0;
}

/* "db.shop.svc.cluster.local", and the namespace shop is restored as another one. */
static void service(struct check_item *k, const struct check_place *p, struct word w) {
  const char *svc = memmem(w.p, w.n, ".svc", 4), *ns = svc;
  const char *other;
  char name[64], pointer[600];
  if (!svc || (svc + 4 < w.p + w.n && svc[4] != '.')) return;
  while (ns > w.p && ns[-1] != '.') ns--;
  size_t n = (size_t)(svc - ns);
  if (n == 0 || n >= sizeof name || ns == w.p) return;
  memcpy(name, ns, n);
  name[n] = 0;
  const char *to = check_renamed(k->in->run, name, &other);
  const struct xform_mapping *m = xform_find_exact(NULL, k->c->rules, XFORM_NAMESPACES, name, n);
  const bool made = (other && k->c->rules->follow_restore) || xform_is_target(NULL, k->c->rules, XFORM_NAMESPACES, (pintle_str){name, n});
  check_pointer(p, pointer, sizeof pointer);
  if (!to || (m && strcmp(m->to, name) == 0) || (made && !check_untouched(k, pointer))) return; /* meant so; it may be what another's name became */
  check_say_namespace(k, pointer, "a service of the ", name, to, other);
}

static bool edge(char c) { return c == '.' || c == '-' || c == '_' || c == '*'; }

/* Of a word behind a backslash that may be an escape ("\nold.example.com", "\u002fold.example.com"): the letters of it. */
static size_t escape(const char *begin, struct word w) {
  uint32_t c;
  if (w.p == begin || w.p[-1] != '\\' || !strchr("nrtfbu", *w.p)) return 0;
  return *w.p != 'u' ? 1 : text_hex4(w.p, w.n, &c) ? 5 : 0;
}

static bool old(struct check_item *k, const struct check_place *p, const char *from, const char *to) {
  while (from < to && edge(*from)) from++;
  while (to > from && edge(to[-1])) to--;
  const struct word w = {from, (size_t)(to - from)};
  const struct check_name *name = old_host(&k->c->names, w);
  if (name) say_host(k, p, w, name);
  return name != NULL;
}

static void look(struct check_item *k, const struct check_place *p, pintle_str s, bool mapped) {
  struct xform_words words = {.text = s, .slash = SIZE_MAX};
  while (xform_words_next(&words)) {
    const struct word w = {words.word.ptr, words.word.len};
    size_t n;
    if (!old(k, p, w.p, w.p + w.n) && (n = escape(s.ptr, w))) old(k, p, w.p + n, w.p + w.n);
    if (mapped) service(k, p, w);
  }
}

/* Is a dot written as %2E, or encoded once more? Then the text without its escapes, so often as it has some; to be freed. */
static char *decoded(pintle_str s, size_t *n) {
  char *made = NULL;
  const char *dot = s.ptr;
  while ((dot = memchr(dot, '%', (size_t)(s.ptr + s.len - dot)))) {
    const char *p = dot++ + 1, *end = s.ptr + s.len;
    while (end - p >= 4 && p[0] == '2' && p[1] == '5') p += 2;
    if (end - p >= 2 && p[0] == '2' && (p[1] | 32) == 'e') break;
  }
  if (!dot || !(made = malloc(s.len + 1))) return NULL;
  *n = 0;
  for (size_t i = 0, k, c; i < s.len; made[(*n)++] = (char)c) {
    for (k = i + 1; i + 4 < s.len && s.ptr[i] == '%' && k + 4 <= s.len && memcmp(s.ptr + k, "25", 2) == 0 && isxdigit((unsigned char)s.ptr[k + 2]);)
      k += 2;
    char digits[3] = {k + 2 <= s.len ? s.ptr[k] : 0, k + 2 <= s.len ? s.ptr[k + 1] : 0, 0};
    bool escaped = s.ptr[i] == '%' && isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1]);
    c = escaped ? strtoul(digits, NULL, 16) : (unsigned char)s.ptr[i];
    i = escaped ? k + 2 : i + 1;
  }
  return made;
}

static void look_also(struct check_item *k, const struct check_place *p, pintle_str s, bool mapped) {
  size_t n;
  char *made = decoded(s, &n);
  look(k, p, s, mapped);
  if (made) look(k, p, (pintle_str){made, n}, mapped);
  free(made);
}

/* ---- every text of the item */
static bool passed_over(const struct check_item *k, const struct check_place *p, const char *key) {
  static const char *const top[] = {"apiVersion", "kind", "status", "binaryData", NULL}, *const metadata[] = {
                                                                                             "name",          "namespace",
                                                                                             "managedFields", "ownerReferences",
                                                                                             "finalizers",    "uid",
                                                                                             "selfLink",      NULL};
  bool secret = strcmp(k->kind, "Secret") == 0;
  const char *const *names = !p->up ? top : !p->up->up && p->key && strcmp(p->key, "metadata") == 0 ? metadata : NULL;
  for (; names && *names; names++)
    if (strcmp(*names, key) == 0) return true;
  if (!p->up) return secret && (strcmp(key, "data") == 0 || strcmp(key, "stringData") == 0);
  return strcmp(key, "kubectl.kubernetes.io/last-applied-configuration") == 0; /* it follows */
}

static void walk(struct check_item *k, const struct check_place *p, const pintle_value *v, bool mapped, size_t depth) {
  const pintle_doc *d = k->doc;
  int32_t type = d->api->type(d, v);
  struct check_place at = {.up = p};
  pintle_str s;
  if (type == PINTLE_T_STRING && d->api->text(d, v, &s) == PINTLE_OK && s.len > 2) look_also(k, p, s, mapped);
  if ((type != PINTLE_T_OBJECT && type != PINTLE_T_ARRAY) || depth == 0) return;
  for (v = d->api->first(d, v); v; v = d->api->next(d, v), at.index++) {
    if (type == PINTLE_T_OBJECT) {
      if (d->api->key(d, v, &s) != PINTLE_OK || passed_over(k, p, s.ptr)) continue;
      at.key = s.ptr;
    }
    walk(k, &at, v, mapped, depth - 1);
  }
}

/* What names API groups, which look like hosts. */
static bool holds_groups(const char *kind) {
  static const char *const kinds[] = {"CustomResourceDefinition", "APIService", "Role", "ClusterRole", NULL};
  const char *const *p = kinds;
  while (*p && strcmp(*p, kind) != 0) p++;
  return *p != NULL;
}

void check_texts(struct check_item *k) {
  const struct check_place top = {0};
  const pintle_doc *run = k->in->run;
  bool mapped = run->api->first(run, run->api->at(run, "/spec/namespaceMapping")) != NULL;
  if ((k->c->names.has_old || mapped) && !holds_groups(k->kind)) walk(k, &top, k->doc->api->at(k->doc, ""), mapped, 100);
}
