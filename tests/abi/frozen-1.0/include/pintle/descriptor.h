/* pintle/descriptor.h -- the one symbol that a plugin exports.  SPDX-License-Identifier: Apache-2.0
 *
 * Constant data: the host reads it in a child process, without calling any code of the plugin. Every list is NULL-ended and constant;
 * NULL: none of that kind. Since 1.0. */
#ifndef PINTLE_DESCRIPTOR_H
#define PINTLE_DESCRIPTOR_H
#include <pintle/backup_item_action.h>
#include <pintle/delete_item_action.h>
#include <pintle/item_block_action.h>
#include <pintle/object_store.h>
#include <pintle/restore_item_action.h>
#include <pintle/volume_snapshotter.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_plugin {
  uint32_t struct_size, magic, abi_major, abi_minor; /* PINTLE_PLUGIN_HEAD sets these four */
  uint32_t min_host_minor, flags;                    /* an older host sets the whole plugin aside, and says so */
  const char *name, *version;                        /* required; name: "nas", unique among the plugins of a directory */
  const char *vendor, *url;

  /* [main] Globals of libraries (curl_global_init). *module goes to every create. call->host->config() is {}. Failing sets the plugin
   * aside; then unload is not called. NULL: nothing to do, module is NULL. */
  pintle_status (*load)(pintle_call *, void **module);

  /* [main] After the last destroy, only after an OK load; not when the process ends otherwise (R8). */
  void (*unload)(void *module);

  const pintle_backup_item_action *const *backup_item_actions;
  const pintle_restore_item_action *const *restore_item_actions;
  const pintle_delete_item_action *const *delete_item_actions;
  const pintle_item_block_action *const *item_block_actions;
  const pintle_volume_snapshotter *const *volume_snapshotters;
  const pintle_object_store *const *object_stores;

  /* Names of environment variables that the plugin's process gets ("HTTPS_PROXY"; "AWS_*" is every one that begins so). NULL: only PATH,
   * HOME, TZ and LANG, and what the chain file adds. */
  const char *const *env;

  /* Ids of extensions that the host has to make ready before this plugin's processes start, PINTLE_EXT_STORE is such a one. Those that are
   * not named here are asked for all the same (host->extension); NULL: none. */
  const char *const *extensions;
} pintle_plugin;

#define PINTLE_PLUGIN_HEAD (uint32_t)sizeof(pintle_plugin), PINTLE_MAGIC, PINTLE_ABI_MAJOR, PINTLE_ABI_MINOR
#ifndef PINTLE_ENTRY
#define PINTLE_ENTRY pintle_plugin_v1 /* tests that link several plugins into one program rename it */
#endif
extern PINTLE_EXPORT const pintle_plugin PINTLE_ENTRY;

#ifdef __cplusplus
}
#endif
#endif
