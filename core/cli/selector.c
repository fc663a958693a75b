/* selector.c -- see selector.h. Reads the canonical text that kube_selector_print makes of whatever was written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/selector.h"
#include "kube/labels.h"

typedef struct parts {
  buf labels, expressions;
} parts;

static void label(parts *p, str key, str value) {
  buf_addz(&p->labels, p->labels.len ? "," : "");
  buf_json(&p->labels, key);
  buf_addc(&p->labels, ':');
  buf_json(&p->labels, value);
}

/* values: "d,e", or ptr NULL for none */
static void expression(parts *p, str key, const char *operator, str values) {
  buf *b = &p->expressions;
  buf_addz(b, b->len ? ",{\"key\":" : "{\"key\":");
  buf_json(b, key);
  buf_printf(b, ",\"operator\":\"%s\"", operator);
  if (values.ptr) {
    buf_addz(b, ",\"values\":[");
    for (const char *v = values.ptr, *end = v + values.len;;) {
      const char *stop = memchr(v, ',', (size_t)(end - v));
      buf_json(b, (str){v, (size_t)((stop ? stop : end) - v)});
      if (!stop) break;
      buf_addc(b, ',');
      v = stop + 1;
    }
    buf_addc(b, ']');
  }
  buf_addc(b, '}');
}

static bool is_repeated(const parts *p, str key) {
  CLEANUP(buf_free) buf quoted = {0};
  buf_json(&quoted, key);
  buf_addc(&quoted, ':');
  return p->labels.len && memmem(p->labels.data, p->labels.len, buf_z(&quoted), quoted.len);
}

static pintle_status requirement(parts *p, str r, error *e) {
  if (r.ptr[0] == '!') return expression(p, (str){r.ptr + 1, r.len - 1}, "DoesNotExist", (str){NULL, 0}), PINTLE_OK;
  size_t n = 0;
  while (n < r.len && !strchr("=!<> ", r.ptr[n])) n++;
  str key = {r.ptr, n}, rest = {r.ptr + n, r.len - n};
  if (rest.len == 0) expression(p, key, "Exists", (str){NULL, 0});
  else if (str_starts(rest, " in (")) expression(p, key, "In", (str){rest.ptr + 5, rest.len - 6});
  else if (str_starts(rest, " notin (")) expression(p, key, "NotIn", (str){rest.ptr + 8, rest.len - 9});
  else if (str_starts(rest, "!=")) expression(p, key, "NotIn", (str){rest.ptr + 2, rest.len - 2});
  else if (rest.ptr[0] == '=') {
    size_t sign = str_starts(rest, "==") ? 2 : 1;
    str value = {rest.ptr + sign, rest.len - sign};
    if (is_repeated(p, key)) expression(p, key, "In", value);
    else label(p, key, value);
  } else return error_set(e, PINTLE_INVALID, "\"%.*s\": a Backup or Restore cannot hold < and >", (int)(r.len < 200 ? r.len : 200), r.ptr);
  return PINTLE_OK;
}

static pintle_status canonical(str text, buf *out, error *e) {
  kube_selector *s = NULL;
  pintle_status st = kube_selector_parse(text, &s, e);
  if (st != PINTLE_OK) return error_wrap(e, "\"%.*s\"", (int)(text.len < 200 ? text.len : 200), text.ptr), st;
  kube_selector_print(s, out);
  kube_selector_free(s);
  return out->failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status cli_selector_json(str text, buf *json, error *e) {
  CLEANUP(buf_free) buf all = {0};
  parts p = {0};
  pintle_status st = canonical(text, &all, e);
  for (size_t i = 0, from = 0, inside = 0; st == PINTLE_OK && all.len && i <= all.len; i++) {
    char c = i < all.len ? all.data[i] : ',';
    inside += c == '(', inside -= c == ')';
    if (c != ',' || inside) continue;
    st = requirement(&p, (str){all.data + from, i - from}, e);
    from = i + 1;
  }
  if (st == PINTLE_OK) {
    buf_addc(json, '{');
    if (p.labels.len) buf_addz(json, "\"matchLabels\":{"), buf_adds(json, buf_str(&p.labels)), buf_addc(json, '}');
    if (p.expressions.len) {
      buf_addz(json, p.labels.len ? ",\"matchExpressions\":[" : "\"matchExpressions\":[");
      buf_adds(json, buf_str(&p.expressions));
      buf_addc(json, ']');
    }
    buf_addc(json, '}');
    if (p.labels.failed || p.expressions.failed || json->failed) st = error_nomem(e);
  }
  buf_free(&p.labels);
  buf_free(&p.expressions);
  return st;
}

pintle_status cli_selectors_json(str text, buf *json, error *e) {
  pintle_status st = PINTLE_OK;
  buf_addc(json, '[');
  for (const char *p = text.ptr, *end = p + text.len; st == PINTLE_OK;) {
    const char *stop = memmem(p, (size_t)(end - p), " or ", 4);
    st = cli_selector_json((str){p, (size_t)((stop ? stop : end) - p)}, json, e);
    if (!stop) break;
    buf_addc(json, ',');
    p = stop + 4;
  }
  buf_addc(json, ']');
  return st;
}

void cli_selector_text(const item_node *selector, buf *out) {
  kube_selector *s = NULL;
  if (kube_selector_of(selector, &s, NULL) != PINTLE_OK) buf_addz(out, "<error>");
  else if (kube_selector_empty(s)) buf_addz(out, "<none>");
  else kube_selector_print(s, out);
  kube_selector_free(s);
}
