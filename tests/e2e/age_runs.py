# age_runs.py -- moves the heartbeat of every run record an hour back.  SPDX-License-Identifier: Apache-2.0
import datetime, json, os, sys

n = 0
for name in os.listdir(sys.argv[1]):
    path = os.path.join(sys.argv[1], name)
    if not os.path.isfile(path) or name.startswith(".tmp-"):  # no object: what a killed writer left
        continue
    with open(path) as f:
        record = json.load(f)
    for holder in (record, record.get("status", {})):
        for key in [k for k in holder if "heartbeat" in k.lower()]:
            old = holder[key]
            if isinstance(old, str):
                holder[key] = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            else:
                holder[key] = old - 3600 * 10**9
            n += 1
    with open(path, "w") as f:
        json.dump(record, f)
sys.exit(0 if n else "no heartbeat found")
