/* pintle/abi.h -- the rules of the ABI, its version, and the macros that follow from them.  SPDX-License-Identifier: Apache-2.0
 *
 * A plugin is a .so that links nothing of pintle and exports one const data symbol, pintle_plugin_v1 (descriptor.h). These headers are the
 * whole contract; what their comments say is the specification. docs/abi-rules.md numbers every clause and says who enforces it.
 *
 * RULES (every comment in these headers presupposes them)
 *  R1 Growth. Tables begin with struct_size, set by their author to sizeof(the table). In 1.x they grow only at the tail; nothing is
 *     moved, removed, retyped or given a new meaning; each growth enlarges sizeof (no padding is ever "used up"). What lies behind
 *     struct_size counts as 0; 0 and NULL mean "not there". Growing tables are passed by pointer: never by value, inside another, or in
 *     arrays. Frozen for 1.x: pintle_str, pintle_id, pintle_kv, the first word of a handle, struct_size at offset 0, signatures, values.
 *  R2 Old host, new plugin. The host keeps 512 zero bytes behind each table and struct it makes, so `if (h->newer)` is always safe;
 *     PINTLE_HAS says the same of any table. A plugin or action that cannot do without a newer function sets min_host_minor.
 *  R3 New values. The host passes a plugin only values that the plugin's abi_minor knows. From the plugin: an unknown status is
 *     PINTLE_FAILED, an unknown log level INFO, any other unknown value refuses that action (never the whole plugin).
 *     flags: unknown bits of the lower half are ignored, of the upper half (PINTLE_MUST_UNDERSTAND) refuse the action. Unused bits are 0.
 *  R4 Memory. What a function is given is borrowed until it returns. What a plugin passes to the host is copied before the host returns.
 *     Nobody frees the other's memory. Handles belong to one call, are never copied, and die with it, unless said otherwise.
 *  R5 Text is UTF-8. `const char *` ends with NUL; NULL reads as "". The host never passes NULL for one; its pintle_str have ptr[len] == 0.
 *     Where the host takes (ptr, len), len may be PINTLE_Z for NUL-terminated. Out-parameters of either side are untouched on error; those
 *     of a plugin are preset to 0.
 *  R6 Units. Durations are nanoseconds; times are nanoseconds since 1970 UTC, 0 = unknown; sizes are bytes.
 *  R7 Threads. [main] no other function of this .so runs. [instance] as thread_model says; the calls of one instance may come from
 *     different threads, each with 1 MiB of stack or more. [call] a function of the host: from any thread, one at a time per call.
 *     [any] a function of the host: from any thread, concurrently, also while another function runs. Own threads are welcome: signals
 *     blocked, no handle used after its call returned, joined before destroy (or unload) returns.
 *  R8 A function of a plugin never throws, unwinds, longjmps, exits or aborts; leaves signals, locale, cwd, umask, environment, stdin and
 *     stdout alone; opens descriptors with CLOEXEC. The process may end at any time without finish, destroy or unload.
 *  R9 Every vtable entry may be NULL unless marked "required"; the host then behaves as Velero does for a plugin without it.
 */
#ifndef PINTLE_ABI_H
#define PINTLE_ABI_H
#include <stddef.h>
#include <stdint.h>

/* The major is also in the symbol's name; major 2 will use the prefix pintle2_, so that one .so can serve both. */
#define PINTLE_ABI_MAJOR 1u
/* One more whenever a table grows or a value is added; the changelog stands at the end of plugin.h. */
#define PINTLE_ABI_MINOR 0u
/* The four bytes "PINT" in a descriptor. */
#define PINTLE_MAGIC 0x544e4950u

/* As a length: "up to the NUL". */
#define PINTLE_Z ((size_t)-1)
/* As a duration: no deadline. As a size: unknown. As IOPS: none provisioned. */
#define PINTLE_NONE ((int64_t)-1)
/* The half of a flags word whose unknown bits refuse (R3). */
#define PINTLE_MUST_UNDERSTAND 0xffff0000u

/* Is field f of *p there? p may have been made by an older header (R1, R2). */
#define PINTLE_HAS(p, f) ((size_t)((const char *)&(p)->f - (const char *)(p)) + sizeof((p)->f) <= (p)->struct_size && (p)->f)

/* gcc and clang; Linux. */
#define PINTLE_EXPORT __attribute__((visibility("default")))
#define PINTLE_PRINTF(f, a) __attribute__((format(printf, f, a)))
#endif
