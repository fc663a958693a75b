/* source_add.c -- one more entry in the index of a source.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/scan.h"
#include "kube/source_impl.h"
#include <stdlib.h>

str source_kind_key(kube_source *s, str api_version, str kind, str resource) {
  buf_clear(&s->patched);
  buf_adds(&s->patched, api_version);
  buf_addc(&s->patched, 0);
  buf_adds(&s->patched, kind);
  if (resource.len) buf_addc(&s->patched, 0), buf_adds(&s->patched, resource);
  return buf_str(&s->patched);
}

static str until_nul(str *rest) {
  const char *nul = memchr(rest->ptr, 0, rest->len);
  str part = {rest->ptr, nul ? (size_t)(nul - rest->ptr) : rest->len};
  size_t used = part.len + (nul ? 1 : 0);
  rest->ptr += used, rest->len -= used;
  return part;
}

source_kind source_kind_of(const kube_source *s, uint32_t id) {
  source_kind k;
  str all = kube_intern_at(&s->kinds, &s->pool, id);
  k.api_version = until_nul(&all), k.kind = until_nul(&all), k.resource = all;
  return k;
}

static source_entry *new_entry(kube_source *s) {
  if (s->n == UINT32_MAX - 1) return NULL;
  if (s->n / SOURCE_CHUNK == s->n_chunks) {
    if (s->n_chunks == s->cap_chunks) {
      uint32_t cap = s->cap_chunks ? s->cap_chunks * 2 : 16;
      source_entry **chunks = realloc(s->chunks, cap * sizeof *chunks);
      if (!chunks) return NULL;
      s->chunks = chunks, s->cap_chunks = cap;
    }
    source_entry *chunk = arena_alloc(&s->memory, SOURCE_CHUNK * sizeof *chunk);
    if (!chunk) return NULL;
    s->chunks[s->n_chunks++] = chunk;
  }
  return source_at(s, s->n++);
}

void source_forget(kube_source *s, uint32_t count) { s->n = count; }

str source_template(kube_source *s, str name, str item, char gap) {
  const char *at =
      item.len == 0 || item.len > name.len || memchr(name.ptr, gap, name.len) ? NULL : memmem(name.ptr, name.len, item.ptr, item.len);
  if (!at) return name;
  size_t before = (size_t)(at - name.ptr);
  buf_clear(&s->other);
  buf_add(&s->other, name.ptr, before);
  buf_addc(&s->other, gap);
  buf_add(&s->other, at + item.len, name.len - before - item.len);
  return s->other.failed ? name : buf_str(&s->other);
}

uint32_t source_new_file(kube_source *s, uint32_t dir, str name, const struct stat *st) {
  if (s->n_files == s->cap_files) {
    uint32_t cap = s->cap_files ? s->cap_files + s->cap_files / 4 + 64 : 64;
    source_file *files = realloc(s->files, cap * sizeof *files);
    if (!files) return SOURCE_NONE;
    s->files = files, s->cap_files = cap;
  }
  uint32_t id = kube_intern_add(&s->names, &s->pool, name);
  if (id == KUBE_POOL_NONE) return SOURCE_NONE;
  s->files[s->n_files] = (source_file){.check = source_check(st), .name = id, .dir = dir};
  return s->n_files++;
}

pintle_status source_add(kube_source *s, const kube_skim *skim, str kind, uint8_t flags, const source_where *at, size_t length, error *e) {
  uint32_t type = kube_intern_add(&s->kinds, &s->pool, kind);
  uint32_t ns = kube_intern_add(&s->spaces, &s->pool, skim->ns), name = kube_pool_add(&s->pool, skim->name);
  if (type == KUBE_POOL_NONE || ns == KUBE_POOL_NONE || name == KUBE_POOL_NONE) return error_nomem(e);
  if (type >= SOURCE_MAX_KINDS || ns >= SOURCE_MAX_NS || at->offset >= (int64_t)1 << 40 || length > UINT32_MAX)
    return error_set(e, PINTLE_UNSUPPORTED, "the input is larger than pintle can index (kinds, namespaces or bytes)");
  source_entry *x = new_entry(s);
  if (!x) return error_nomem(e);
  *x = (source_entry){.offset = (uint32_t)at->offset, .offset_high = (uint8_t)(at->offset >> 32), .type = (uint16_t)type, .name = name};
  x->name_len = (uint32_t)skim->name.len & 2047, x->ns = ns & (SOURCE_MAX_NS - 1);
  x->length = (uint32_t)length, x->file = at->file;
  x->line = at->line < SOURCE_MAX_LINE ? at->line : 0; /* 0: unsaid */
  x->alone = skim->alone, x->copies = skim->copies;
  x->flags = (uint8_t)(flags | (skim->deleting ? SOURCE_DELETING : 0) | (skim->excluded ? SOURCE_EXCLUDED : 0) |
                       (at->spooled ? SOURCE_SPOOLED : 0) | (at->verbatim ? SOURCE_VERBATIM : 0));
  return PINTLE_OK;
}

/* Over the value at p; NULL: it has no end. */
static const char *over(const char *p, const char *end) {
  bool escaped;
  if (p < end && (*p == '{' || *p == '[')) return kube_scan_container(p, end);
  if (p < end && *p == '"') return (p = kube_scan_string(p + 1, end, &escaped)) ? p + 1 : NULL;
  while (p < end && *p != ',' && *p != '}') p++;
  return p;
}

uint8_t source_lacking(str text) {
  uint8_t lacking = SOURCE_ADD_API | SOURCE_ADD_KIND;
  bool escaped;
  const char *end = text.ptr + text.len, *p = kube_scan_space(text.ptr, end);
  if (p == end || *p != '{') return 0;
  for (p++; p && p < end; p++) {
    p = kube_scan_space(p, end);
    if (p == end || *p != '"') break;
    const char *key = p + 1, *close = kube_scan_string(key, end, &escaped);
    if (!close) break;
    str name = {key, (size_t)(close - key)};
    if (str_is(name, "apiVersion")) lacking &= (uint8_t)~SOURCE_ADD_API;
    if (str_is(name, "kind")) lacking &= (uint8_t)~SOURCE_ADD_KIND;
    p = kube_scan_space(close + 1, end);
    if (p == end || *p != ':') break;
    p = over(kube_scan_space(p + 1, end), end);
    if (p) p = kube_scan_space(p, end);
    if (!p || p == end || *p != ',') break;
  }
  return lacking;
}

void source_fill(str text, uint8_t lacking, str api_version, str kind, buf *out) {
  const char *end = text.ptr + text.len, *p = kube_scan_space(text.ptr, end), *next = p < end ? kube_scan_space(p + 1, end) : end;
  const char *comma = next < end && *next == '}' ? "" : ",";
  buf_addc(out, '{');
  if (lacking & SOURCE_ADD_API) {
    buf_addz(out, "\"apiVersion\":");
    buf_json(out, api_version);
    buf_addz(out, lacking & SOURCE_ADD_KIND ? "," : comma);
  }
  if (lacking & SOURCE_ADD_KIND) {
    buf_addz(out, "\"kind\":");
    buf_json(out, kind);
    buf_addz(out, comma);
  }
  if (p < end) buf_add(out, p + 1, (size_t)(end - p - 1));
}
