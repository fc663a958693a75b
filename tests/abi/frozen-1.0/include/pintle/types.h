/* pintle/types.h -- status codes, the frozen structs and the handles.  SPDX-License-Identifier: Apache-2.0
 *
 * Everything here is frozen for 1.x: these structs never grow, so they may be passed by value and stand in arrays. Since 1.0. */
#ifndef PINTLE_TYPES_H
#define PINTLE_TYPES_H
#include <pintle/abi.h>
#ifdef __cplusplus
extern "C" {
#endif

/* What a function came to. 0 is success; everything else says what the host does next. Unknown ones count as PINTLE_FAILED (R3). */
typedef int32_t pintle_status;
enum {
  PINTLE_OK = 0,
  PINTLE_FAILED = -1,      /* the item fails */
  PINTLE_INVALID = -2,     /* bad input, configuration or use of the API; never retried */
  PINTLE_NOT_FOUND = -3,   /* what was named does not exist */
  PINTLE_CONFLICT = -4,    /* changed meanwhile (stale resourceVersion, snapshot in progress) */
  PINTLE_DENIED = -5,      /* not allowed: credentials, a read-only document, a write in a dry run */
  PINTLE_TRANSIENT = -6,   /* the only one that the host may retry (so a repeat must be safe); see pintle_error.retry_after */
  PINTLE_CANCELLED = -7,   /* the run is being stopped */
  PINTLE_UNSUPPORTED = -8, /* not by this host, this vendor or this kind of volume */
  PINTLE_NOMEM = -9,       /* out of memory */
  PINTLE_TIMED_OUT = -10,  /* past the deadline */
  PINTLE_EXISTS = -11      /* it is there already */
};

/* Levels of a log line and of a finding. WARN counts as a warning of the run; ERROR as an error: the run ends PartiallyFailed, as in
 * Velero, but the item is kept. */
enum { PINTLE_LOG_TRACE = 0, PINTLE_LOG_DEBUG = 1, PINTLE_LOG_INFO = 2, PINTLE_LOG_WARN = 3, PINTLE_LOG_ERROR = 4 };

/* JSON types, as pintle_doc_api.type answers. */
enum {
  PINTLE_T_NULL = 0, /* also: no such value */
  PINTLE_T_BOOL,
  PINTLE_T_NUMBER,
  PINTLE_T_STRING,
  PINTLE_T_ARRAY,
  PINTLE_T_OBJECT
};

/* Counted text. It may hold U+0000; the host's also have ptr[len] == 0. */
typedef struct pintle_str {
  const char *ptr;
  size_t len;
} pintle_str;

/* A pair: a log field, a tag. */
typedef struct pintle_kv {
  const char *key, *value;
} pintle_kv;

/* Which item. group "" is the core group; version "" is the preferred one; resource is the plural ("persistentvolumeclaims"); ns "" is
 * cluster-scoped. ns and name are those of the backup, before any mapping. */
typedef struct pintle_id {
  const char *group, *version, *resource, *ns, *name;
} pintle_id;

/* Handles. The first word points to the functions; what follows is the host's. Plugins hold pointers, never copies, and none of them
 * outlives the call it was given to (R4). */
struct pintle_host;
struct pintle_doc_api;
struct pintle_result_api;
typedef struct pintle_call { /* one call in flight: its error, deadline, memory and log scope */
  const struct pintle_host *host;
} pintle_call;
typedef struct pintle_doc { /* one JSON document */
  const struct pintle_doc_api *api;
} pintle_doc;
typedef struct pintle_result { /* where a call's results go */
  const struct pintle_result_api *api;
} pintle_result;
typedef struct pintle_value pintle_value; /* one value inside a document; opaque */

#ifdef __cplusplus
}
#endif
#endif
