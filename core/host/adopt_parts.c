/* adopt_parts.c -- what action tables point to: names, selectors, options.  SPDX-License-Identifier: Apache-2.0 */
#include "host/adopt.h"
#include <stdint.h>

enum { KNOWN_ACTION_FLAGS = PINTLE_PURE | PINTLE_OPEN_CONFIG | PINTLE_OBEYS_DRY_RUN | PINTLE_ONE_INSTANCE, LONG_TEXT = 64 << 10 };
#define END(type, last) (offsetof(type, last) + sizeof(((type *)0)->last)) /* of a table as 1.0 has it */

const char host_no_memory[] = "cannot be read: out of memory";
static const char *const empty_names[1];
static const pintle_option *const no_options[1];

static const char *list_length(const void *const *list, size_t *n) {
  *n = 0;
  if ((uintptr_t)list % _Alignof(void *)) return "has a list at an unaligned address";
  while (list && list[*n])
    if (++*n > HOST_LIST_MAX) return "has a list of more than 1000 entries";
  return NULL;
}

/* ---- selector */

static const char *adopt_names(arena *a, const char *const *from, const char *const **to) {
  size_t n;
  const char *fault = list_length((const void *const *)from, &n);
  *to = NULL;
  if (fault || !from) return fault;
  const char **list = arena_zalloc(a, (n + 1) * sizeof *list);
  if (!list) return host_no_memory;
  for (size_t i = 0; i < n; i++) {
    if (host_fault(from[i], 512, 0)) return "has a selector with a name that is empty, too long or no text";
    if (!(list[i] = arena_dup(a, from[i]))) return host_no_memory;
  }
  *to = list;
  return NULL;
}

const char *host_adopt_selector(arena *a, const pintle_selector *given, pintle_selector **out) {
  pintle_selector from;
  const char *fault = host_adopt(given, END(pintle_selector, labels), sizeof from, &from);
  if (fault) return host_text(a, "has a selector that %s", fault);
  if (from.flags & PINTLE_MUST_UNDERSTAND) return "has a selector with flags that this pintle does not know";
  if (host_fault(from.labels, 4096, HOST_MAY_BE_EMPTY)) return "has a selector whose labels are too long or no text";
  pintle_selector *to = arena_zalloc(a, sizeof *to + 512);
  if (!to) return host_no_memory;
  to->struct_size = (uint32_t)sizeof *to;
  if ((fault = adopt_names(a, from.included_resources, &to->included_resources)) ||
      (fault = adopt_names(a, from.excluded_resources, &to->excluded_resources)) ||
      (fault = adopt_names(a, from.included_namespaces, &to->included_namespaces)) ||
      (fault = adopt_names(a, from.excluded_namespaces, &to->excluded_namespaces)))
    return fault;
  if (from.labels && from.labels[0] && !(to->labels = arena_dup(a, from.labels))) return host_no_memory;
  *out = to;
  return NULL;
}

/* ---- options */

/* Text that may have lines: UTF-8 of at most 64 KiB. */
static bool long_text(const char *z) {
  size_t n = z ? strnlen(z, LONG_TEXT + 1) : 0;
  if (n > LONG_TEXT) return false;
  for (size_t i = 0, k; i < n; i += k)
    if ((k = host_utf8(z + i, n - i)) == 0) return false;
  return true;
}

static const char *adopt_option(arena *a, const pintle_option *given, const pintle_option **out) {
  pintle_option from, *to = arena_zalloc(a, sizeof *to);
  if (!to) return host_no_memory;
  const char *fault = host_adopt(given, END(pintle_option, help), sizeof from, &from);
  if (fault) return host_text(a, "has an option that %s", fault);
  if ((fault = host_fault(from.name, 253, 0))) return host_text(a, "has an option whose name %s", fault);
  if (from.flags & PINTLE_MUST_UNDERSTAND) return host_text(a, "has option %s with flags that this pintle does not know", from.name);
  if (from.type < PINTLE_OPT_STRING || from.type > PINTLE_OPT_JSON)
    return host_text(a, "has option %s of type %d, which this pintle does not know", from.name, (int)from.type);
  if (!long_text(from.fallback) || !long_text(from.choices) || !long_text(from.help))
    return host_text(a, "has option %s with a text that is too long or not UTF-8", from.name);
  *to = (pintle_option){.struct_size = (uint32_t)sizeof *to, .flags = from.flags & (PINTLE_REQUIRED | PINTLE_SECRET), .type = from.type};
  to->name = arena_dup(a, from.name);
  to->help = arena_dup(a, from.help);
  if (!to->name || !to->help || (from.fallback && !(to->fallback = arena_dup(a, from.fallback))) ||
      (from.choices && !(to->choices = arena_dup(a, from.choices))))
    return host_no_memory;
  *out = to;
  return NULL;
}

const char *host_adopt_options(arena *a, const pintle_option *const *from, const pintle_option *const **to) {
  size_t n;
  const char *fault = list_length((const void *const *)from, &n);
  *to = no_options;
  if (fault || n == 0) return fault;
  const pintle_option **list = arena_zalloc(a, (n + 1) * sizeof *list);
  if (!list) return host_no_memory;
  for (size_t i = 0; i < n; i++) {
    if ((fault = adopt_option(a, from[i], &list[i]))) return fault;
    for (size_t k = 0; k < i; k++)
      if (strcmp(list[k]->name, list[i]->name) == 0) return host_text(a, "declares option %s twice", list[i]->name);
  }
  *to = list;
  return NULL;
}

/* ---- action */

static bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
static bool letter_or_digit(char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

/* "dns.subdomain/name", as Velero checks it: RFC 1123 labels, then a qualified name's last part. */
static bool action_name(const char *z) {
  const char *slash = strchr(z, '/'), *p = z;
  if (!slash || slash == z || slash - z > 253) return false;
  while (p < slash) {
    const char *from = p;
    while (p < slash && (lower_or_digit(*p) || *p == '-')) p++;
    if (p == from || p - from > 63 || *from == '-' || p[-1] == '-' || (p < slash && *p != '.')) return false;
    if (p < slash && ++p == slash) return false;
  }
  size_t n = strlen(++p);
  if (n == 0 || n > 63 || !letter_or_digit(p[0]) || !letter_or_digit(p[n - 1])) return false;
  for (size_t i = 0; i < n; i++)
    if (!letter_or_digit(p[i]) && p[i] != '-' && p[i] != '_' && p[i] != '.') return false;
  return true;
}

static const char *adopt_name(arena *a, const char *name, pintle_action *to) {
  const char *fault = host_fault(name, 317, 0);
  if (fault) return host_text(a, "has a name that %s", fault);
  if (!action_name(name)) return host_text(a, "has the name %s, which is not of the form dns.subdomain/name", name);
  return (to->name = arena_dup(a, name)) ? NULL : host_no_memory;
}

const char *host_adopt_action(arena *a, const pintle_action *given, pintle_action *to) {
  pintle_action from;
  *to = (pintle_action){.struct_size = (uint32_t)sizeof *to, .name = "", .summary = "", .url = "", .options = no_options};
  const char *fault = host_adopt(given, END(pintle_action, extension), sizeof from, &from);
  if (fault) return host_text(a, "has an action table that %s", fault);
  if ((fault = adopt_name(a, from.name, to))) return fault;
  char *summary = host_clean_copy(a, from.summary, 1024), *url = host_clean_copy(a, from.url, 1024);
  if (!summary || !url) return host_no_memory;
  to->summary = summary;
  to->url = url;
  to->flags = from.flags & KNOWN_ACTION_FLAGS;
  to->priority = from.priority;
  to->min_host_minor = from.min_host_minor;
  to->create = from.create;
  to->finish = from.finish;
  to->destroy = from.destroy;
  to->extension = from.extension;
  if (from.min_host_minor > PINTLE_ABI_MINOR)
    return host_text(a, "needs plugin interface %u.%u, this pintle has %u.%u", PINTLE_ABI_MAJOR, (unsigned)from.min_host_minor,
                     PINTLE_ABI_MAJOR, PINTLE_ABI_MINOR);
  if (from.flags & PINTLE_MUST_UNDERSTAND)
    return host_text(a, "has flags 0x%x that this pintle does not know", (unsigned)(from.flags & PINTLE_MUST_UNDERSTAND));
  if (from.thread_model < PINTLE_SERIAL_PLUGIN || from.thread_model > PINTLE_PARALLEL)
    return host_text(a, "has thread_model %d, which this pintle does not know", (int)from.thread_model);
  if (from.timeout < 0) return "has a negative timeout";
  if (!summary[0]) return "has no summary";
  to->thread_model = from.thread_model;
  to->timeout = from.timeout;
  return host_adopt_options(a, from.options, &to->options);
}

/* ---- names of environment variables: NAME or PREFIX_* */

static bool env_name(const char *z) {
  size_t n = strlen(z);
  if (n > 1 && z[n - 1] == '*') n--;
  for (size_t i = 0; i < n; i++)
    if (!letter_or_digit(z[i]) && z[i] != '_') return false;
  return n > 0 && (z[0] < '0' || z[0] > '9');
}

static const char *adopt_words(arena *a, const char *const *from, bool (*good)(const char *), const char *wrong, const char *const **to) {
  size_t n;
  const char *fault = list_length((const void *const *)from, &n);
  *to = empty_names;
  if (fault || n == 0) return fault;
  const char **list = arena_zalloc(a, (n + 1) * sizeof *list);
  if (!list) return host_no_memory;
  for (size_t i = 0; i < n; i++) {
    if (host_fault(from[i], 253, 0) || !good(from[i])) return wrong;
    if (!(list[i] = arena_dup(a, from[i]))) return host_no_memory;
  }
  *to = list;
  return NULL;
}

const char *host_adopt_env(arena *a, const char *const *from, const char *const **to) {
  return adopt_words(a, from, env_name, "asks for an environment variable by something that is no name", to);
}

static bool extension_id(const char *z) { return *z != 0; }

const char *host_adopt_extensions(arena *a, const char *const *from, const char *const **to) {
  return adopt_words(a, from, extension_id, "asks for an extension by something that is no id", to);
}
