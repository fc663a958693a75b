/* ontap.h -- NetApp ONTAP over its REST interface: what the files of the driver share.  SPDX-License-Identifier: Apache-2.0
 *
 * A snapshot's id is VOLUME-UUID/NAME, followed by /JOB-UUID when its making was not waited for: a name is unique in its volume, and outlives the job,
 * which ONTAP forgets 300 s after its end. Every change is followed by a look at what is there, so that an answer that was lost, a job that is
 * forgotten and a call that is repeated come to the same end. */
#ifndef NAS_ONTAP_H
#define NAS_ONTAP_H
#include "driver.h"

typedef struct nas_ontap {
  char url[512];                                                                /* "https://host[:port]" */
  const char *svm;                                                              /* "" any, if there is but one volume of the name */
  const char *user, *password_file, *credentials_file, *certificate, *key, *ca; /* "" not given */
  const char *servers;                    /* names and addresses of its NFS servers, as PersistentVolumes call them; "": ONTAP is asked */
  const char *policy;                     /* export policy of restored volumes; "" the parent's */
  const char *label;                      /* SnapMirror label */
  bool insecure, split, as_nfs, cleaning; /* cleaning: nas_http_request */
  int64_t timeout;                        /* of a job */
  char *interfaces;                       /* addresses that ONTAP gave, comma-separated; NULL: not asked yet */
} nas_ontap;

pintle_status nas_ontap_open(pintle_call *call, void **self);
void nas_ontap_close(void *self);

/* ---- ontap_api.c: requests. Errors are recorded as "DOING: what ONTAP says", with its code. */
typedef struct nas_ontap_answer {
  pintle_doc *doc;  /* never NULL when OK */
  const char *next; /* path of the next page; "" none */
  const char *job;  /* the job's UUID; "" none */
} nas_ontap_answer;

/* method, path ("/api/..."), body (NULL none). Reading and removing are repeated while ONTAP is busy or the line fails; what is sent besides is not:
 * TRANSIENT says that it may have been done. NOT_FOUND, EXISTS, CONFLICT (in use, or under way), DENIED: as ONTAP's code or the HTTP status says. */
pintle_status nas_ontap_ask(const nas_ontap *o, pintle_call *call, const char *doing, const char *method, const char *path,
                            const char *body, nas_ontap_answer *a);

typedef struct nas_ontap_job {
  bool over;                   /* well, badly, or forgotten */
  pintle_status st;            /* over: what came of it; NOT_FOUND: ONTAP does not know it (any more) */
  const char *state, *message; /* message: of a failed one */
  char code[24];
} nas_ontap_job;
pintle_status nas_ontap_look_at_job(const nas_ontap *o, pintle_call *call, const char *uuid, nas_ontap_job *job);

/* Waits for a job's end. OK also when ONTAP has forgotten it: look at what is there. "" is over at once. */
pintle_status nas_ontap_wait(const nas_ontap *o, pintle_call *call, const char *doing, const char *uuid);
/* Asks and waits. */
pintle_status nas_ontap_do(const nas_ontap *o, pintle_call *call, const char *doing, const char *method, const char *path,
                           const char *body);

/* A pause before the nth repetition. CANCELLED, TIMED_OUT are recorded. */
pintle_status nas_ontap_pause(pintle_call *call, const char *doing, int n);
/* Records an error with ONTAP's code and what to do about it (both may be NULL). */
PINTLE_PRINTF(5, 6)
pintle_status nas_ontap_fail(pintle_call *call, pintle_status st, const char *code, const char *hint, const char *format, ...);

/* ---- ontap_volume.c: what there is. Texts are the call's, "" unknown. */
typedef struct nas_ontap_volume {
  const char *uuid, *name, *svm, *junction, *policy, *style, *state, *type, *aggregate, *comment;
  const char *parent, *parent_snapshot; /* of a FlexClone: the volume's UUID, the snapshot's name */
  bool clone, splitting;
  const char *below; /* what of the volume's path is below the junction: "" or "/..." */
} nas_ontap_volume;

/* The volume behind a PersistentVolume. NOT_FOUND: there is none; CONFLICT: more than one. */
pintle_status nas_ontap_volume_of(const nas_ontap *o, pintle_call *call, const nas_volume *v, nas_ontap_volume *to);
pintle_status nas_ontap_volume_by_uuid(const nas_ontap *o, pintle_call *call, const char *uuid, nas_ontap_volume *to); /* NOT_FOUND */
pintle_status nas_ontap_volume_by_name(const nas_ontap *o, pintle_call *call, const char *svm, const char *name, nas_ontap_volume *to,
                                       bool *found);

typedef struct nas_ontap_snapshot {
  const char *uuid, *state, *created, *owners; /* owners: what holds it, comma-separated */
} nas_ontap_snapshot;
/* OK and *found = false: the volume has none of that name. NOT_FOUND: there is no such volume. */
pintle_status nas_ontap_find(const nas_ontap *o, pintle_call *call, const char *volume, const char *name, nas_ontap_snapshot *to,
                             bool *found);

/* Is the server one of this ONTAP's? */
pintle_status nas_ontap_serves(nas_ontap *o, pintle_call *call, const char *server, bool *yes);
/* An address to mount from. UNSUPPORTED: none is known. */
pintle_status nas_ontap_server(nas_ontap *o, pintle_call *call, const char **server);

/* ---- ontap.c, ontap_restore.c */
typedef struct nas_ontap_id {
  const char *volume, *name, *job;
} nas_ontap_id;
pintle_status nas_ontap_id_read(pintle_call *call, const char *text, nas_ontap_id *id);
pintle_status nas_ontap_restore(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out);
pintle_status nas_ontap_readable(void *self, pintle_call *call, const nas_snapshot *s, nas_volume *out);
#endif
