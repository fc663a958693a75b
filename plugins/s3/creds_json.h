/* creds_json.h -- reading answers with cJSON.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_CREDS_JSON_H
#define S3_CREDS_JSON_H
#include <cjson/cJSON.h>

const char *creds_json_text(const cJSON *j, const char *name); /* "" when it is no string */
void creds_json_free(cJSON *j);                                /* wipes the strings of two levels; NULL is fine */
#endif
