/* schema_common.c -- parts that several kinds share; ConfigMap and Secret.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/format.h"

const schema schema_any = {.type = SCHEMA_ANY};
const schema schema_text = {.type = SCHEMA_STRING};
const schema schema_bool = {.type = SCHEMA_BOOL};
const schema schema_int = {.type = SCHEMA_INT};
const schema schema_texts = {.type = SCHEMA_LIST, .of = &schema_text};
const schema schema_text_map = {.type = SCHEMA_MAP, .of = &schema_text};
const schema schema_duration = {.type = SCHEMA_STRING, .format = &format_duration};

/* ---- metadata: all of metav1.ObjectMeta, since users paste what a cluster printed */
static const schema time_text = {.type = SCHEMA_STRING, .format = &format_time};
static const schema object_name = {.type = SCHEMA_STRING, .format = &format_subdomain};
static const schema owner = {.type = SCHEMA_OBJECT,
                             .keys = (const schema_key[]){{"apiVersion", &schema_text, true},
                                                          {"kind", &schema_text, true},
                                                          {"name", &schema_text, true},
                                                          {"uid", &schema_text, true},
                                                          {"controller", &schema_bool, false},
                                                          {"blockOwnerDeletion", &schema_bool, false},
                                                          {NULL, NULL, false}}};
static const schema owners = {.type = SCHEMA_LIST, .of = &owner};
const schema schema_metadata = {.type = SCHEMA_OBJECT,
                                .keys = (const schema_key[]){{"name", &object_name, true},
                                                             {"namespace", &object_name, false},
                                                             {"labels", &schema_text_map, false},
                                                             {"annotations", &schema_text_map, false},
                                                             {"generateName", &schema_text, false},
                                                             {"uid", &schema_text, false},
                                                             {"resourceVersion", &schema_text, false},
                                                             {"generation", &schema_int, false},
                                                             {"creationTimestamp", &time_text, false},
                                                             {"deletionTimestamp", &time_text, false},
                                                             {"deletionGracePeriodSeconds", &schema_int, false},
                                                             {"ownerReferences", &owners, false},
                                                             {"finalizers", &schema_texts, false},
                                                             {"managedFields", &schema_any, false},
                                                             {"selfLink", &schema_text, false},
                                                             {NULL, NULL, false}}};

/* ---- ConfigMap and Secret */
static const schema binary = {.type = SCHEMA_STRING, .format = &format_base64};
static const schema data_map = {.type = SCHEMA_MAP, .of = &schema_text, .key_format = &format_data_key};
static const schema binary_map = {.type = SCHEMA_MAP, .of = &binary, .key_format = &format_data_key};
const schema schema_config_map = {.type = SCHEMA_OBJECT,
                                  .keys = (const schema_key[]){{"apiVersion", &schema_text, true},
                                                               {"kind", &schema_text, true},
                                                               {"metadata", &schema_metadata, true},
                                                               {"data", &data_map, false},
                                                               {"binaryData", &binary_map, false},
                                                               {"immutable", &schema_bool, false},
                                                               {NULL, NULL, false}}};
static const schema secret_text = {.type = SCHEMA_STRING, .secret = true};
static const schema secret_binary = {.type = SCHEMA_STRING, .secret = true, .format = &format_secret_data};
static const schema secret_texts = {.type = SCHEMA_MAP, .of = &secret_text, .key_format = &format_data_key};
static const schema secret_binaries = {.type = SCHEMA_MAP, .of = &secret_binary, .key_format = &format_data_key};
const schema schema_secret = {.type = SCHEMA_OBJECT,
                              .keys = (const schema_key[]){{"apiVersion", &schema_text, true},
                                                           {"kind", &schema_text, true},
                                                           {"metadata", &schema_metadata, true},
                                                           {"data", &secret_binaries, false},
                                                           {"stringData", &secret_texts, false},
                                                           {"type", &schema_text, false},
                                                           {"immutable", &schema_bool, false},
                                                           {NULL, NULL, false}}};
