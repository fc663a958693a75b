/* when.c -- times and durations as Velero prints them.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/cli.h"
#include <stdio.h>
#include <time.h>

void cli_stamped_name(const char *of, char *to, size_t size) {
  char stamp[32] = "";
  time_t now = time(NULL);
  struct tm tm;
  if (localtime_r(&now, &tm)) strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &tm);
  snprintf(to, size, "%s-%s", of, stamp);
}

char *cli_short_duration(int64_t d, char *to) {
  int64_t s = d / CLOCK_SECOND;
  if (s < -1) return strcpy(to, "<invalid>");
  if (s < 0) s = 0;
  if (s < 60) snprintf(to, 32, "%llds", (long long)s);
  else if (s < 3600) snprintf(to, 32, "%lldm", (long long)(s / 60));
  else if (s < 86400) snprintf(to, 32, "%lldh", (long long)(s / 3600));
  else if (s < 86400 * 365LL) snprintf(to, 32, "%lldd", (long long)(s / 86400));
  else snprintf(to, 32, "%lldy", (long long)(s / (86400 * 365LL)));
  return to;
}

char *cli_from_now(int64_t when, int64_t now, char *to) {
  if (when == 0) return strcpy(to, "n/a");
  if (when >= now) return cli_short_duration(when - now, to);
  cli_short_duration(now - when, to);
  return strcat(to, " ago");
}

/* Local time, as Go's time.Time.String() gives it. */
char *cli_time(str rfc3339, const char *otherwise, char *to) {
  int64_t t;
  struct tm tm;
  snprintf(to, 64, "%s", otherwise);
  if (clock_parse(rfc3339, &t) != PINTLE_OK) return to;
  time_t s = (time_t)(t / CLOCK_SECOND);
  if (!localtime_r(&s, &tm) || strftime(to, 64, "%Y-%m-%d %H:%M:%S %z %Z", &tm) == 0) snprintf(to, 64, "%s", otherwise);
  return to;
}
