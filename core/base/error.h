/* error.h -- what a function of pintle says when it fails: status, text, hint, place.  SPDX-License-Identifier: Apache-2.0
 *
 * An error is a plain struct on the caller's stack. It allocates nothing, so it works when memory is gone. Functions that can fail return
 * a pintle_status and fill *e; e may be NULL where the caller wants the status only. */
#ifndef PINTLE_BASE_ERROR_H
#define PINTLE_BASE_ERROR_H
#include <pintle/plugin.h>
#include <stdarg.h>

typedef struct error {
  pintle_status status;
  char message[1200]; /* what went wrong; one line, no secret */
  char hint[400];     /* what to do about it, "" = nothing to say */
  char place[600];    /* "file:line:column", a JSON Pointer or "" */
  char code[100];     /* the vendor's code, "" = none */
} error;

/* Empties *e (status PINTLE_OK). */
void error_clear(error *e);
/* Replaces *e and returns st. */
PINTLE_PRINTF(3, 4) pintle_status error_set(error *e, pintle_status st, const char *format, ...);
/* Puts "text: " in front of the message and returns e->status (PINTLE_FAILED when e is NULL). */
PINTLE_PRINTF(2, 3) pintle_status error_wrap(error *e, const char *format, ...);
/* As error_set with ": strerror(number)" behind; the status follows from number (ENOENT: NOT_FOUND, ENOMEM: NOMEM, EACCES: DENIED...). */
PINTLE_PRINTF(3, 4) pintle_status error_errno(error *e, int number, const char *format, ...);
PINTLE_PRINTF(2, 3) void error_hint(error *e, const char *format, ...);
PINTLE_PRINTF(2, 3) void error_place(error *e, const char *format, ...);
/* Out of memory, always the same words. */
pintle_status error_nomem(error *e);
/* "NOT_FOUND" for PINTLE_NOT_FOUND; "FAILED" for what is unknown. */
const char *error_status_name(pintle_status st);
#endif
