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

/* "registry/a" -> "registry/mirror/a": what is below the target already stays. */
static bool done(const struct xform_mapping *m, pintle_str is) {
  size_t from = strlen(m->from), to = strlen(m->to);
  if (to <= from || memcmp(m->to, m->from, from) != 0 || m->to[from] != '/') return false;
  return is.len >= to && memcmp(is.ptr, m->to, to) == 0 && (is.len == to || is.ptr[to] == '/' || is.ptr[to] == ':' || is.ptr[to] == '@');
}

/* The earliest rule for the whole image, its name, or what of it ends before a /; the longest of one rule. */
static const struct xform_mapping *rule_for(struct xform_job *j, pintle_str is) {
  const struct xform_mapping *best = xform_find_exact(j, j->x, XFORM_IMAGES, is.ptr, is.len), *m;
  size_t n = name_of(is);
  if (best && done(best, is)) best = NULL;
  for (size_t end = n; end > 0; end--) {
    if (end != n && is.ptr[end] != '/') continue;
    m = xform_find_exact(j, j->x, XFORM_IMAGES, is.ptr, end);
    if (m && (!best || m->rule < best->rule) && !done(m, is)) best = m;
  }
  return best;
}

/* ---- Docker Hub has two names and a default, and its images of one component are in library: redis is docker.io/library/redis */
static const char *const hub_names[] = {"docker.io/", "index.docker.io/"};

/* How much of an image says that it is there; SIZE_MAX: it is not. */
static size_t hub(pintle_str is) {
  for (size_t i = 0; i < 2; i++)
    if (is.len > strlen(hub_names[i]) && memcmp(is.ptr, hub_names[i], strlen(hub_names[i])) == 0) return strlen(hub_names[i]);
  return has_registry(is) ? SIZE_MAX : 0;
}

static pintle_str in_full(pintle_str is, size_t skip, const char *registry, char *room) {
  is.ptr += skip, is.len -= skip;
  const char *library = memchr(is.ptr, '/', name_of(is)) ? "" : "library/";
  int n = snprintf(room, XFORM_ROOM, "%s%s%.*s", registry, library, (int)is.len, is.ptr);
  return n > 0 && n < XFORM_ROOM ? (pintle_str){room, (size_t)n} : (pintle_str){"", 0};
}

/* Is m for all of Docker Hub? Then it is said of names in full. */
static bool of_hub(const struct xform_mapping *m) {
  size_t n = strlen(m->from);
  for (size_t i = 0; i < 2; i++)
    if (n + 1 == strlen(hub_names[i]) && memcmp(m->from, hub_names[i], n) == 0) return true;
  return false;
}

/* As `done`, where m's target is on Docker Hub itself. */
static bool hub_done(const struct xform_mapping *m, pintle_str is, size_t skip) {
  const pintle_str to = {m->to, strlen(m->to)};
  size_t of_to = hub(to), n = of_to == SIZE_MAX ? 0 : to.len - of_to;
  return n && of_hub(m) && is.len - skip > n && memcmp(is.ptr + skip, to.ptr + of_to, n) == 0 && is.ptr[skip + n] == '/';
}

/* The earliest rule for the image as it is written, or by one of its names in full; *name: that one. */
static const struct xform_mapping *rule_by_names(struct xform_job *j, pintle_str is, char (*rooms)[XFORM_ROOM], pintle_str *name) {
  const struct xform_mapping *best = rule_for(j, is), *m;
  size_t skip = hub(is);
  *name = is;
  if (skip == SIZE_MAX) return best;
  if (best && of_hub(best)) best = NULL;
  for (size_t i = 0; i < 2; i++) {
    pintle_str full = in_full(is, skip, hub_names[i], rooms[i]);
    if ((m = rule_for(j, full)) && (!best || m->rule < best->rule) && !hub_done(m, is, skip)) best = m, *name = full;
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

pintle_status xform_image(struct xform_job *j, const struct xform_place *p) {
  char rooms[2][XFORM_ROOM], made[2 * XFORM_ROOM];
  pintle_str is, name;
  const pintle_doc *d = j->doc;
  if (d->api->type(d, p->value) != PINTLE_T_STRING || d->api->text(d, p->value, &is) != PINTLE_OK || !is.len || memchr(is.ptr, 0, is.len))
    return PINTLE_OK;
  const struct xform_mapping *m = rule_by_names(j, is, rooms, &name);
  if (!m) check_near(j, XFORM_IMAGES, is);
  if (!m) return imported(j, p, is);
  int n = snprintf(made, sizeof made, "%s%.*s", m->to, (int)(name.len - strlen(m->from)), name.ptr + strlen(m->from));
  if (n < 0 || (size_t)n >= sizeof made) return PINTLE_OK;
  return xform_put(j, p->pointer, m, is, (pintle_str){made, (size_t)n});
}
