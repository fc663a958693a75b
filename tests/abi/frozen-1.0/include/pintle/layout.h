/* pintle/layout.h -- the sizes of 1.0, checked by the compiler.  SPDX-License-Identifier: Apache-2.0
 *
 * A stray #pragma pack or compiler flag is an error here, not a crash in the field. The ABI is promised for LP64. */
#ifndef PINTLE_LAYOUT_H
#define PINTLE_LAYOUT_H
#include <pintle/descriptor.h>
#include <pintle/ext/cluster.h>
#include <pintle/ext/items.h>
#include <pintle/ext/state.h>
#include <pintle/ext/store.h>
#include <pintle/ext/verify.h>
#include <pintle/host.h>

#ifdef __cplusplus
#define PINTLE_ASSERT_ static_assert
#define PINTLE_ALIGNOF_ alignof
#else
#define PINTLE_ASSERT_ _Static_assert
#define PINTLE_ALIGNOF_ _Alignof
#endif

#if UINTPTR_MAX > 0xffffffffu /* LP64 */
PINTLE_ASSERT_(sizeof(pintle_str) == 16 && sizeof(pintle_kv) == 16 && sizeof(pintle_id) == 40 && sizeof(pintle_call) == 8 &&
                   sizeof(pintle_doc) == 8 && sizeof(pintle_result) == 8,
               "frozen structs and handles");
PINTLE_ASSERT_(sizeof(pintle_error) == 72 && sizeof(pintle_progress) == 72 && sizeof(pintle_entry) == 40 && sizeof(pintle_selector) == 48 &&
                   sizeof(pintle_reader) == 32 && sizeof(pintle_writer) == 32 && sizeof(pintle_input) == 32,
               "data of 1.0");
PINTLE_ASSERT_(sizeof(pintle_doc_api) == 144 && sizeof(pintle_result_api) == 88 && sizeof(pintle_host) == 136 &&
                   sizeof(pintle_objects) == 64 && sizeof(pintle_stores) == 40 && sizeof(pintle_state) == 32 && sizeof(pintle_verify) == 16,
               "host's tables of 1.0");
PINTLE_ASSERT_(sizeof(pintle_option) == 48 && sizeof(pintle_action) == 96 && sizeof(pintle_backup_item_action) == 64 &&
                   sizeof(pintle_restore_item_action) == 72 && sizeof(pintle_delete_item_action) == 40 &&
                   sizeof(pintle_item_block_action) == 40 && sizeof(pintle_volume_snapshotter) == 64 && sizeof(pintle_object_store) == 96 &&
                   sizeof(pintle_plugin) == 136,
               "plugin's tables of 1.0");
#endif
PINTLE_ASSERT_(offsetof(pintle_plugin, name) == 24 && PINTLE_ALIGNOF_(pintle_plugin) == PINTLE_ALIGNOF_(void *), "no #pragma pack");
#endif
