/* pintle/option.h -- one key of an action's configuration.  SPDX-License-Identifier: Apache-2.0
 *
 * Options are declared, so the host checks them, names unknown keys with the nearest right one, prints them in `pintle plugin inspect`,
 * and keeps secrets out of sight. The user writes them under `config:` of the chain file; with Velero they are keys of spec.config of a
 * location or of the plugin's ConfigMap, where every value is text. Since 1.0. */
#ifndef PINTLE_OPTION_H
#define PINTLE_OPTION_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* How text is read, and which JSON type config() shows. Text that does not fit is refused before create. */
enum {
  PINTLE_OPT_STRING = 0,   /* string */
  PINTLE_OPT_BOOL = 1,     /* bool; as Go's ParseBool: 1, t, T, true, TRUE, True, 0, f, ... */
  PINTLE_OPT_INT = 2,      /* number: an int64 */
  PINTLE_OPT_DURATION = 3, /* number: nanoseconds; written as Go writes durations, "1h30m", "30s" */
  PINTLE_OPT_SIZE = 4,     /* number: bytes; written "4Mi", "10G", "512" */
  PINTLE_OPT_JSON = 5      /* any nested value; the plugin checks it, and error.at points into it */
};

#define PINTLE_REQUIRED 1u /* it must be given */
#define PINTLE_SECRET 2u   /* never logged, printed or diffed */

typedef struct pintle_option {
  uint32_t struct_size, flags; /* PINTLE_REQUIRED, PINTLE_SECRET */
  int32_t type, reserved;      /* PINTLE_OPT_*; 0 */
  const char *name;            /* required; the key */
  const char *fallback;        /* as the user would write it; NULL: absent when not given */
  const char *choices;         /* "a|b|c": all that is allowed; NULL: anything */
  const char *help;            /* one line */
} pintle_option;

#ifdef __cplusplus
}
#endif
#endif
