/* xml.h -- the answers of the store.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_XML_H
#define S3_XML_H
#include "text.h"

/* Calls element at each end tag: path "/ListBucketResult/Contents/Key" (names without namespace), text what it holds itself. false from it stops.
 * Returns false when the text is no XML, has a DTD, or element said so. */
bool s3_xml(const char *data, size_t n, bool (*element)(void *ctx, const char *path, const char *text), void *ctx);
void s3_xml_escape(s3_text *to, const char *text);
#endif
