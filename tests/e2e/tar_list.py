# tar_list.py -- every entry of a tarball with its header and SHA-256, modification times left out.  SPDX-License-Identifier: Apache-2.0
import hashlib, sys, tarfile

with tarfile.open(sys.argv[1]) as tar:
    for e in tar:
        data = tar.extractfile(e).read() if e.isfile() else b""
        print(e.name, e.type.decode(), oct(e.mode), e.uid, e.gid, e.uname, e.gname, e.size, hashlib.sha256(data).hexdigest())
