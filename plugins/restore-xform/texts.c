/* texts.c -- text and configMaps: what is done to one entry, environment value or argument.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include "text_edit.h"
#include <fnmatch.h>
#include <string.h>

struct place {
  struct xform_job *j;
  unsigned where;
  const char *ns, *name, *key, *pointer; /* key: of the entry, the name of the variable, "" */
  struct xform_hit *hits;                /* one a rule that fits this place, in order */
  struct xform_hit *found;               /* room for the patterns among them */
  size_t n;
  enum text_format format; /* of values within the text; TEXT_RAW: none are looked at */
  struct xform_job quiet;  /* nothing is told through it */
  bool tell;
  const struct xform_text_rule *slow; /* its pattern took too long for a text here */
};

static bool fits(const char *glob, const char *is) {
  return !glob || (strpbrk(glob, "*?[") ? fnmatch(glob, is, 0) == 0 : strcmp(glob, is) == 0);
}
static bool equal(pintle_str is, const char *s, size_t n) { return is.len == n && memcmp(is.ptr, s, n) == 0; }
static bool holds(pintle_str text, const char *s) { return memmem(text.ptr, text.len, s, strlen(s)) != NULL; }

static enum text_format format_in(const struct xform_text_rule *r, const struct place *p) {
  if (!r->structured) return TEXT_RAW;
  enum text_format f = r->has_format ? (enum text_format)r->format : text_format_of(p->key);
  bool pointer = f == TEXT_JSON || f == TEXT_YAML;
  if (r->path && (*r->path == '/') != pointer) return TEXT_RAW;
  return r->section && f != TEXT_INI ? TEXT_RAW : f;
}

/* May the rule be for this text? Cheap questions first: most rules are for others. */
static bool may_concern(const struct xform_text_rule *r, const struct place *p, pintle_str text) {
  if (!(r->where & p->where)) return false;
  if (!r->structured && r->value && !equal(text, r->value, strlen(r->value))) return false;
  return r->structured || !r->is_pattern || holds(text, r->needle);
}

/* The limit that keeps the rule from this place; NULL: none does. */
static const char *misses(const struct xform_text_rule *r, const struct place *p) {
  if (p->where == XFORM_IN_ENV && !fits(r->env, p->key)) return "env";
  if (p->where & (XFORM_IN_MAPS | XFORM_IN_SECRETS) && !fits(r->key, p->key)) return "key";
  if (!fits(r->ns, p->ns)) return "namespace";
  if (!fits(r->name, p->name)) return "name";
  return xform_rule_applies(p->j, r->rule) ? NULL : xform_rule_misses(p->j, r->rule);
}

static bool meant(const struct xform_text_rule *r, const struct text_edit *e) {
  if (!e) return !r->structured;
  return r->structured && (!r->path || text_path_fits(r->path, e->path.data)) &&
         (!r->section || text_path_fits(r->section, e->section.data));
}

struct trial {
  const struct xform_text_rule *rule;
  bool fits;
};

static bool try_value(void *self, const struct text_edit *e, pintle_str is, struct xform_text *to) {
  struct trial *t = self;
  const struct xform_text_rule *r = t->rule;
  (void)to;
  if (!t->fits && is.ptr && meant(r, e))
    t->fits = r->value ? equal(is, r->value, strlen(r->value)) : !r->is_pattern || xform_pattern_fits(r, is);
  return false;
}

/* A rule for values within texts, which `why` keeps from this one: does it mean a value of it but for that? */
static void near_structured(const struct place *p, const struct xform_text_rule *r, pintle_str text, const char *why) {
  const char *glob = strcmp(why, "key") == 0 ? r->key : strcmp(why, "env") == 0 ? r->env : strcmp(why, "name") == 0 ? r->name : NULL;
  const char *is = glob == r->name ? p->name : p->key;
  struct trial t = {.rule = r};
  struct text_edit e = {.text = text, .change = try_value, .self = &t};
  const enum text_format f = format_in(r, p);
  if (!p->j->check || p->j->within || r->hosts || f == TEXT_RAW || (r->where | p->where) & XFORM_IN_SECRETS) return;
  if (glob && (glob != r->name || strpbrk(glob, "*?[")) && !check_alike(glob, is)) return;
  if (r->value && !holds(text, r->value)) return;
  text_edit(&e, f);
  text_edit_free(&e);
  if (t.fits) check_near_rule(p->j, r, why, glob ? is : NULL);
}

/* A mapping or list stands where a rule looks for a value. */
static void inner(void *self, const struct text_edit *e) {
  struct place *p = self;
  for (size_t i = 0; i < p->n; i++) {
    const struct xform_text_rule *r = p->hits[i].rule;
    if (r->path && !r->hosts && !p->hits[i].inner && meant(r, e)) {
      p->hits[i].inner = true;
      check_near_rule(p->j, r, "path, which leads to a mapping or list", NULL);
    }
  }
}

static bool concerns(const struct xform_text_rule *r, const struct place *p, pintle_str text) {
  if (!may_concern(r, p, text)) return false;
  const char *why = misses(r, p);
  if (why && p->tell && r->structured) near_structured(p, r, text, why);
  else if (why && p->tell) check_near_limit(p->j, r, text, why);
  return !why && (!r->structured || format_in(r, p) != TEXT_RAW);
}

/* The rules for this text; the first one that looks into it says which format it has. False: no memory. */
static bool choose(struct place *p, pintle_str text) {
  const struct xform *x = p->j->x;
  size_t n = 0;
  p->n = 0, p->format = TEXT_RAW;
  uint64_t *rules = p->j->call->host->alloc(p->j->call, (x->finder.n_words + 1) * sizeof *rules);
  if (!rules) return false;
  xform_finder_find(x, text, rules);
  for (size_t w = 0; w < x->finder.n_words; w++)
    for (uint64_t left = rules[w]; left; left &= left - 1) {
      const size_t i = w * 64 + (size_t)__builtin_ctzll(left);
      if (concerns(&x->texts[i], p, text)) n++;
      else rules[w] &= ~((uint64_t)1 << (i % 64));
    }
  if (!n) return true;
  if (!(p->hits = p->j->call->host->alloc(p->j->call, 2 * n * sizeof *p->hits))) return false;
  p->found = p->hits + n;
  for (size_t i = 0; i < x->n_texts && p->n < n; i++) {
    const struct xform_text_rule *r = &x->texts[i];
    if (!(rules[i / 64] >> (i % 64) & 1)) continue;
    enum text_format f = format_in(r, p);
    if (f != TEXT_RAW && p->format == TEXT_RAW) p->format = f;
    if (f == TEXT_RAW || f == p->format) p->hits[p->n++] = (struct xform_hit){.rule = r};
  }
  return true;
}

/* Counts a rule, and remembers what it did first. */
static void hit(struct xform_hit *h, size_t times, pintle_str is, pintle_str to) {
  if (!h->count && !h->rule->hosts) xform_short(is, h->old), xform_short(to, h->new);
  h->count += times;
}

/* What becomes of a text, or (e) of a value within: by the first rule for all of it; else by the patterns, then by hosts. */
static bool become(struct place *p, const struct text_edit *e, pintle_str is, struct xform_text *to) {
  struct xform_hit *found = p->found;
  struct xform_text made = {0};
  size_t n = 0, hosts = p->n;
  for (size_t i = 0; i < p->n; i++) {
    struct xform_hit *h = &p->hits[i];
    const struct xform_text_rule *r = h->rule;
    if (!meant(r, e)) {
      if (e && is.ptr && p->tell) check_near_path(p->j, r, e->path.data);
      continue;
    }
    if (r->hosts) hosts = hosts == p->n ? i : hosts;
    else if (r->is_pattern) found[n++] = (struct xform_hit){.rule = r};
    else if (is.ptr && (!r->value || equal(is, r->value, strlen(r->value)))) {
      hit(h, 1, is, (pintle_str){r->to, strlen(r->to)});
      xform_text_add(to, r->to, strlen(r->to));
      return true;
    } else if (!is.ptr && !r->value) return h->left++, true;
    else if (is.ptr && e && p->tell && p->where != XFORM_IN_SECRETS) check_other_value(p->j, r, is);
  }
  if (!is.ptr) return n > 0 || hosts < p->n;
  if (!n && hosts == p->n) return false;
  if (n) xform_replace(found, n, is, &made);
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; found[k].gave_up && i < p->n; i++)
      if (p->hits[i].rule == found[k].rule) p->slow = found[k].rule, p->hits[i].left++;
  if (!n || p->slow) { /* nothing, rather than half of it */
    made.len = 0;
    xform_text_add(&made, is.ptr, is.len);
    n = 0;
  }
  for (size_t i = 0, k = 0; i < p->n && k < n; i++) {
    if (p->hits[i].rule != found[k].rule) continue;
    if (found[k].count && !p->hits[i].count) memcpy(p->hits[i].old, found[k].old, 72), memcpy(p->hits[i].new, found[k].new, 72);
    p->hits[i].count += found[k++].count;
  }
  const pintle_str now = {made.data ? made.data : "", made.len};
  const size_t had = to->len;
  if (hosts < p->n && !made.failed) xform_hosts_text(p->tell ? p->j : &p->quiet, p->pointer, now, to);
  else xform_text_add(to, now.ptr, now.len);
  if (hosts < p->n && !to->failed && !equal(now, to->data + had, to->len - had)) p->hits[hosts].count++;
  to->failed = to->failed || made.failed;
  xform_text_free(&made);
  return true;
}

static bool change(void *self, const struct text_edit *e, pintle_str is, struct xform_text *to) { return become(self, e, is, to); }

/* Could a rule mean something in a text that was not understood? */
static bool matters(const struct place *p, pintle_str text) {
  for (size_t i = 0; i < p->n; i++) {
    const struct xform_text_rule *r = p->hits[i].rule;
    if (r->structured && (r->hosts || holds(text, r->value ? r->value : r->is_pattern ? r->needle : ""))) return true;
  }
  return false;
}

static void say_slow(const struct place *p) {
  char said[200];
  if (snprintf(said, sizeof said, "patterns leave the text as it is: that of %.*s would take too long", (int)strcspn(p->slow->label, ":"), p->slow->label) > 0)
    p->j->call->host->finding(p->j->call, PINTLE_LOG_WARN, "unresolved", p->pointer, said);
}

/* Values within the text, then what rules say of it as a whole, but for what was put in. */
static pintle_status process(struct place *p, pintle_str text, struct xform_text *to) {
  struct text_edit e = {.text = text, .change = change, .inner = p->tell && p->j->check ? inner : NULL, .self = p};
  for (size_t i = 0; i < p->n; i++) p->hits[i] = (struct xform_hit){.rule = p->hits[i].rule};
  bool edited = p->format != TEXT_RAW && text_edit(&e, p->format);
  if (!edited && e.broken) /* nothing came of it */
    for (size_t i = 0; i < p->n; i++) p->hits[i].left += p->hits[i].count, p->hits[i].count = 0;
  const pintle_str now = edited ? (pintle_str){e.out.data, e.out.len} : text;
  size_t from = 0;
  for (size_t i = 0; i <= (edited ? e.n_puts : 0); i++) {
    bool last = i == (edited ? e.n_puts : 0);
    size_t end = last ? now.len : e.puts[i].begin;
    if (!become(p, NULL, (pintle_str){now.ptr + from, end - from}, to)) xform_text_add(to, now.ptr + from, end - from);
    if (!last) xform_text_add(to, now.ptr + end, e.puts[i].end - end), from = e.puts[i].end;
  }
  if (e.refused && p->tell && !p->j->within && (!e.broken || matters(p, text))) {
    char said[300];
    int n = snprintf(said, sizeof said, "the text is left as it is at line %zu of it (%s): %s", e.refused_at, text_format_names[p->format],
                     e.refused);
    if (n > 0) p->j->call->host->finding(p->j->call, PINTLE_LOG_WARN, "unresolved", p->pointer, said);
  }
  if (p->slow && p->tell && !p->j->within) say_slow(p);
  bool failed = e.failed || to->failed;
  text_edit_free(&e);
  return failed ? pintle_fail(p->j->call, PINTLE_NOMEM, "out of memory") : PINTLE_OK;
}

/* A rule for the whole text decides alone. */
static struct xform_hit *whole(const struct place *p) {
  for (size_t i = 0; i < p->n; i++) {
    const struct xform_text_rule *r = p->hits[i].rule;
    if (!r->structured && !r->hosts && !r->is_pattern) return &p->hits[i];
  }
  return NULL;
}

static pintle_status remake(struct place *p, pintle_str text, struct xform_text *to) {
  struct xform_hit *w = whole(p);
  if (!w) return process(p, text, to);
  for (size_t i = 0; i < p->n; i++) p->hits[i] = (struct xform_hit){.rule = p->hits[i].rule};
  hit(w, 1, text, (pintle_str){w->rule->to, strlen(w->rule->to)});
  xform_text_add(to, w->rule->to, strlen(w->rule->to));
  return to->failed ? pintle_fail(p->j->call, PINTLE_NOMEM, "out of memory") : PINTLE_OK;
}

static void tell(const struct place *p) {
  for (size_t i = 0; i < p->n && !p->j->within; i++) {
    const struct xform_hit *h = &p->hits[i];
    const int family = (int)strcspn(h->rule->label, ":");
    char note[300], times[40] = "";
    if (h->count + h->left) p->j->call->host->count(p->j->call, h->rule->label, (int64_t)(h->count + h->left));
    if (!h->count) continue;
    if (h->rule->hosts || strcmp(h->old, h->new) == 0) continue; /* hosts are told one by one */
    if (h->count > 1 && snprintf(times, sizeof times, " (%zu times)", h->count) < 0) times[0] = 0;
    bool hide = p->j->redact || h->rule->where & XFORM_IN_SECRETS; /* what is in a Secret may stand here, too */
    int n = hide ? snprintf(note, sizeof note, "%.*s: (hidden)%s", family, h->rule->label, times)
                         : snprintf(note, sizeof note, "%.*s: %s -> %s%s", family, h->rule->label, h->old, h->new, times);
    if (n > 0) xform_note(p->j, p->pointer, note);
  }
}

/* Would the rules change this text, which they made, once more? */
static bool again(struct place *p, pintle_str made) {
  struct xform_text to = {0};
  p->tell = false;
  bool differs = choose(p, made) && p->n && remake(p, made, &to) == PINTLE_OK && !equal(made, to.data ? to.data : "", to.len);
  xform_text_free(&to);
  return differs;
}

/* No rule is for the text: does one nearly mean it? */
static void near_text(const struct place *p, pintle_str text) {
  const struct xform_text_rule *r = check_near_text(p->j, p->where, text);
  if (r && !misses(r, p)) check_value(p->j, r, text);
}

/* *to = what the rules make of the text; false: it stays, and all is told. */
static pintle_status apply(struct place *p, pintle_str text, struct xform_text *to, bool *changed) {
  const char *family;
  *changed = false;
  p->quiet = *p->j, p->quiet.within = "";
  p->tell = true;
  if (!choose(p, text)) return pintle_fail(p->j->call, PINTLE_NOMEM, "out of memory");
  if (!p->n) return near_text(p, text), PINTLE_OK;
  pintle_status st = remake(p, text, to);
  if (st != PINTLE_OK) return st;
  tell(p);
  *changed = !equal(text, to->data ? to->data : "", to->len);
  family = strncmp(p->hits[0].rule->label, "configMaps", 10) == 0 ? "configMaps: a second run would change this again"
                                                                  : "text: a second run would change this again";
  if (*changed && !p->j->within && again(p, (pintle_str){to->data ? to->data : "", to->len}))
    xform_note(p->j, p->pointer, family);
  return PINTLE_OK;
}

/* ---- base64, of Secrets. Line ends in it are passed over, as the API server does. */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool decode(pintle_str s, struct xform_text *to) {
  xform_text_add(to, "", 0);
  if (s.len % 4) return false;
  for (size_t i = 0; i < s.len; i += 4) {
    uint32_t v = 0;
    size_t pad = i + 4 == s.len ? (s.ptr[i + 3] == '=') + (s.ptr[i + 3] == '=' && s.ptr[i + 2] == '=') : 0;
    for (size_t k = 0; k < 4; k++) {
      const char *at = s.ptr[i + k] ? strchr(letters, s.ptr[i + k]) : NULL;
      if (!at && k < 4 - pad) return false;
      v = v << 6 | (at ? (uint32_t)(at - letters) : 0);
    }
    char b[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
    xform_text_add(to, b, 3 - pad);
  }
  return true;
}

static void encode(const struct xform_text *s, struct xform_text *to) {
  xform_text_add(to, "", 0);
  for (size_t i = 0; i < s->len; i += 3) {
    const unsigned char *p = (const unsigned char *)s->data + i;
    size_t n = s->len - i < 3 ? s->len - i : 3;
    uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);
    char b[4] = {letters[v >> 18], letters[v >> 12 & 63], n > 1 ? letters[v >> 6 & 63] : '=', n > 2 ? letters[v & 63] : '='};
    xform_text_add(to, b, 4);
  }
}

static void not_base64(const struct place *p) {
  for (size_t i = 0; i < p->j->x->n_texts; i++) {
    const struct xform_text_rule *r = &p->j->x->texts[i];
    if (!(r->where & XFORM_IN_SECRETS) || misses(r, p)) continue;
    if (!p->j->within)
      p->j->call->host->finding(p->j->call, PINTLE_LOG_WARN, "unresolved", p->pointer, "it is left as it is: data of a Secret is base64");
    return;
  }
}

static pintle_status encoded(struct place *p, pintle_str is, struct xform_text *to, bool *changed) {
  struct xform_text lines = {0}, text = {0}, made = {0};
  pintle_status st = PINTLE_OK;
  *changed = false;
  if (memchr(is.ptr, '\n', is.len) || memchr(is.ptr, '\r', is.len)) {
    for (size_t i = 0; i < is.len; i++)
      if (is.ptr[i] != '\n' && is.ptr[i] != '\r') xform_text_add(&lines, is.ptr + i, 1);
    is = (pintle_str){lines.data ? lines.data : "", lines.len};
  }
  text.failed = lines.failed;
  if (!decode(is, &text)) not_base64(p);
  else if (text.failed) st = pintle_fail(p->j->call, PINTLE_NOMEM, "out of memory");
  else st = apply(p, (pintle_str){text.data, text.len}, &made, changed);
  if (*changed) encode(&made, to);
  xform_text_free(&lines);
  xform_text_free(&text);
  xform_text_free(&made);
  return st;
}

/* ---- */
/* The name of the environment variable whose value this is. */
static const char *variable(const struct xform_job *j, const char *pointer) {
  char name[1500];
  const char *slash = strrchr(pointer, '/');
  int n = slash ? snprintf(name, sizeof name, "%.*s/name", (int)(slash - pointer), pointer) : -1;
  return n > 0 && (size_t)n < sizeof name ? pintle_str_or(j->doc, name, "") : "";
}

pintle_status xform_texts(struct xform_job *j, const struct xform_place *at) {
  const pintle_doc *d = j->doc;
  struct place p = {.j = j,
                    .ns = xform_restored_into(j),
                    .name = pintle_str_or(j->item, "/metadata/name", ""),
                    .key = at->key.ptr,
                    .pointer = at->pointer};
  struct xform_text to = {0};
  pintle_str is;
  bool changed;
  if (j->left || d->api->type(d, at->value) != PINTLE_T_STRING || d->api->text(d, at->value, &is) != PINTLE_OK) return PINTLE_OK;
  if (strcmp(at->field->kinds, "ConfigMap.") == 0) p.where = XFORM_IN_MAPS;
  else if (strcmp(at->field->kinds, "Secret.") == 0) p.where = XFORM_IN_SECRETS;
  else if (strstr(at->field->path, "/env/")) p.where = XFORM_IN_ENV, p.key = variable(j, at->pointer);
  else p.where = XFORM_IN_ARGS, p.key = "";
  pintle_status st =
      p.where == XFORM_IN_SECRETS && strcmp(at->field->path, "data/*") == 0 ? encoded(&p, is, &to, &changed) : apply(&p, is, &to, &changed);
  if (st == PINTLE_OK && to.failed) st = pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK && changed) st = xform_change(j, at->pointer, NULL, 0, NULL, (pintle_str){to.data ? to.data : "", to.len});
  xform_text_free(&to);
  return st;
}
