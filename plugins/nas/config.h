/* config.h -- the configuration: flat keys, as those of a VolumeSnapshotLocation are.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_CONFIG_H
#define NAS_CONFIG_H
#include "driver.h"

/* Texts live until destroy; "" is unset. Each driver reads its own keys besides. */
typedef struct nas_config {
  const char *driver;
  const char *mounts, *mount_root, *file_systems;
  const char *select_drivers, *select_classes, *select_annotation;
  bool wait;
  bool inside; /* item actions: what this process copies is copied within execute */
} nas_config;

extern const pintle_option *const nas_options[];

/* Reads and checks what is not a driver's own; an error has its place. */
pintle_status nas_config_read(pintle_call *call, nas_config *to);

/* Fills in what only the configuration knows of a volume: where it is mounted here, its file system's id. */
pintle_status nas_config_place(pintle_call *call, const nas_config *c, nas_volume *v);

/* Is word one of the comma-separated list? */
bool nas_listed(const char *list, const char *word);
#endif
