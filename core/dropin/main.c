/* main.c -- velero-plugin-pintle.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/dropin.h"

int main(int argc, char **argv, char **environment) { return dropin_main(argc, argv, environment); }
