/* drivers.c -- the drivers of this plugin.  SPDX-License-Identifier: Apache-2.0 */
#include "nas.h"

const nas_driver *const nas_drivers[] = {&nas_driver_aliyun, &nas_driver_ontap, &nas_driver_fingerprint, NULL};
