/* how_image.c -- images: registries and paths by whole components; tags and digests stay.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

/* Of "registry:5000/team/app:tag@sha256:..." what stands before tag and digest. */
static size_t name_of(pintle_str is) {
  const char *at = memchr(is.ptr, '@', is.len);
  size_t n = at ? (size_t)(at - is.ptr) : is.len;
  for (size_t i = n; i > 0 && is.ptr[i - 1] != '/'; i--)
    if (is.ptr[i - 1] == ':') return i - 1;
  return n;
}

/* Does the first component name a registry? */
static bool has_registry(pintle_str is) {
  const char *slash = memchr(is.ptr, '/', is.len);
  size_t n = slash ? (size_t)(slash - is.ptr) : 0;
  return memchr(is.ptr, '.', n) || memchr(is.ptr, ':', n) || (n == 9 && memcmp(is.ptr, "localhost", 9) == 0);
}

/* ---- Docker Hub has two names and a default, and its images of one component are in library: redis is docker.io/library/redis */
static size_t hub_name(pintle_str is) {
  static const char *const names[] = {"docker.io", "index.docker.io"};
  for (size_t i = 0; i < 2; i++) {
    const size_t n = strlen(names[i]);
    if (is.len >= n && memcmp(is.ptr, names[i], n) == 0 && (is.len == n || is.ptr[n] == '/')) return n;
  }
  return 0;
}

/* How much of an image says that it is there; SIZE_MAX: it is not. */
static size_t hub(pintle_str is) {
  const size_t n = hub_name(is);
  if (n && is.len > n + 1) return n + 1;
  return has_registry(is) ? SIZE_MAX : 0;
}

pintle_str xform_image_full(pintle_str is, bool path, char *room) {
  const size_t skip = hub(is);
  if (skip != SIZE_MAX) is.ptr += skip, is.len -= skip;
  const char *library = path || skip == SIZE_MAX || memchr(is.ptr, '/', name_of(is)) ? "" : "library/";
  int n = snprintf(room, XFORM_ROOM, "%s%s%.*s", skip == SIZE_MAX ? "" : "docker.io/", library, (int)is.len, is.ptr);
  return n > 0 && n < XFORM_ROOM ? (pintle_str){room, (size_t)n} : (pintle_str){"", 0};
}

static void registry_in_full(pintle_str is, char *room) {
  snprintf(room, XFORM_ROOM, "%.*s", (int)is.len, hub_name(is) ? "docker.io" : is.ptr);
}

static pintle_str trimmed(const char *text) {
  const size_t n = strlen(text);
  return (pintle_str){text, n - (n && text[n - 1] == '/')};
}

size_t xform_image_names(const char *from, const char *to, struct xform_image_name *names) {
  bool maybe, unsure, registry = xform_image_registry(from, &maybe), to_registry = xform_image_registry(to, &unsure);
  const pintle_str is = trimmed(from), made = trimmed(to);
  const bool below = from[is.len] != 0, one = !registry && xform_image_tagged(from);
  char path[XFORM_ROOM];
  size_t n = 0;
  if (registry) registry_in_full(is, names[n].from), names[n++].registry = to_registry;
  xform_image_full(is, true, path);
  if ((!registry || maybe) && !below) {
    xform_image_full(is, false, names[n].from);
    const bool both = strcmp(names[n].from, path) == 0;
    names[n++].registry = to_registry && !unsure; /* beside an image "app:5000" is one */
    if (both) path[0] = 0;
  }
  if (!registry && !one && path[0]) strcpy(names[n].from, path), names[n++].registry = to_registry;
  for (size_t i = 0; i < n; i++)
    if (names[i].registry) registry_in_full(made, names[i].target);
    else xform_image_full(made, true, names[i].target);
  return n;
}

/* The earliest rule for the whole image, its name, or what of it ends before a /; the longest of one rule. What makes "registry/mirror/a" of
 * "registry/a" leaves what is below "registry/mirror" alone. */
static const struct xform_mapping *rule_for(struct xform_job *j, pintle_str is) {
  const struct xform_mapping *best = NULL;
  size_t name = name_of(is);
  for (size_t end = is.len; end > 0; end = end > name ? name : end - 1) {
    if (end < name && is.ptr[end] != '/') continue;
    const struct xform_mapping *m = xform_find_exact(j, j->x, XFORM_IMAGES, is.ptr, end);
    if (!m || (best && m->rule >= best->rule) || (m->registry && (end == is.len || is.ptr[end] != '/'))) continue;
    const size_t n = strlen(m->target);
    bool deeper = n > end && m->target[end] == '/' && memcmp(m->target, m->from, end) == 0;
    bool done = deeper && is.len >= n && memcmp(is.ptr, m->target, n) == 0 && (is.len == n || strchr("/:@", is.ptr[n]));
    if (!done) best = m;
  }
  return best;
}

/* As Velero's change-image-name does it: a part of the name, anywhere in it. */
static pintle_status imported(struct xform_job *j, const struct xform_place *p, pintle_str is) {
  const struct import_row *row = import_image(&j->x->images, is);
  if (!row) return PINTLE_OK;
  const struct xform_mapping m = {.label = row->label};
  const char *to = import_image_to(j->call, row, is);
  return to ? xform_put(j, p->pointer, &m, is, (pintle_str){to, strlen(to)}) : pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
}

/* Of "${IMAGE}" and "${REGISTRY}/a" in a template nobody knows where they are. */
static bool is_known(pintle_str is) {
  size_t i = 0;
  while (i < is.len && !strchr("/:@", is.ptr[i]) && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-[", is.ptr[i])) i++;
  return i == is.len || (i > 0 && strchr("/:@", is.ptr[i]));
}

pintle_status xform_image(struct xform_job *j, const struct xform_place *p) {
  char room[XFORM_ROOM], made[2 * XFORM_ROOM];
  pintle_str is;
  const pintle_doc *d = j->doc;
  if (d->api->type(d, p->value) != PINTLE_T_STRING || d->api->text(d, p->value, &is) != PINTLE_OK || !is.len || memchr(is.ptr, 0, is.len))
    return PINTLE_OK;
  if (!is_known(is)) return PINTLE_OK;
  pintle_str full = xform_image_full(is, false, room), tagged = full;
  if (full.len && name_of(full) == full.len && full.len + sizeof ":latest" <= sizeof room) { /* what is meant without a tag */
    memcpy(room + full.len, ":latest", sizeof ":latest");
    tagged.len += sizeof ":latest" - 1;
  }
  const struct xform_mapping *m = rule_for(j, tagged);
  if (!m) check_near(j, XFORM_IMAGES, is);
  if (!m) return imported(j, p, is);
  const size_t from = strlen(m->from) < full.len ? strlen(m->from) : full.len;
  int n = snprintf(made, sizeof made, "%s%.*s", m->to, (int)(full.len - from), full.ptr + from);
  if (n < 0 || (size_t)n >= sizeof made) return PINTLE_OK;
  return xform_put(j, p->pointer, m, is, (pintle_str){made, (size_t)n});
}
