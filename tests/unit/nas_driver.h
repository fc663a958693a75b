/* nas_driver.h -- a driver for tests: its snapshots are files of a directory, and ready after as many questions as the test says.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NAS_DRIVER_H
#define TESTS_NAS_DRIVER_H
#include "nas.h"
extern const nas_driver
    nas_driver_test; /* "test"; keys, which only the fake host lets pass: directory (else mountRoot is it), questions (0: complete at
                                            once; else those in the file .questions there), broken (true: the snapshot fails) */
#endif
