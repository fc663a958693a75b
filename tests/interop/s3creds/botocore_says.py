"""botocore_says.py -- what botocore finds, printed as tool_s3_creds does.  SPDX-License-Identifier: Apache-2.0"""
import sys

import botocore.session

session = botocore.session.Session(profile=sys.argv[1] if len(sys.argv) > 1 else None)
try:
    found = session.get_credentials()
    if found is None:
        print('error: none')
    else:
        keys = found.get_frozen_credentials()
        print('\t'.join([found.method, keys.access_key, keys.secret_key, keys.token or '', session.get_config_variable('region') or '']))
except Exception as e:  # whatever it says, it has none
    print('error: %s: %s' % (type(e).__name__, e))
