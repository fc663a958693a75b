# list_tree.py -- everything that a tree has, one name a line: for comparing two.  SPDX-License-Identifier: Apache-2.0
import hashlib, os, stat, sys

def holes(path, size):
    if size < 1 << 17:
        return []
    out, at, fd = [], 0, os.open(path, os.O_RDONLY)
    while at < size:
        try:
            data = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:
            data = size
        if data > at:
            out.append((at, data))
        if data >= size:
            break
        at = os.lseek(fd, data, os.SEEK_HOLE)
    os.close(fd)
    return [h for h in out if h[1] - h[0] >= 1 << 16]

def digest(path):
    h = hashlib.sha256()
    with open(path, 'rb') as f:
        for block in iter(lambda: f.read(1 << 20), b''):
            h.update(block)
    return h.hexdigest()

root, first = os.fsencode(sys.argv[1]), {}
names = [root]
for here, dirs, files in os.walk(root):
    names += [os.path.join(here, n) for n in dirs + files]
for path in sorted(names):
    s, relative = os.lstat(path), os.path.relpath(path, root)
    line = [relative, stat.filemode(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns, s.st_nlink if not stat.S_ISDIR(s.st_mode) else '-']
    line.append([(n, os.getxattr(path, n, follow_symlinks=False)) for n in sorted(os.listxattr(path, follow_symlinks=False))])
    if stat.S_ISREG(s.st_mode):
        line += [s.st_size, digest(path), holes(path, s.st_size), first.setdefault(s.st_ino, relative)]
    if stat.S_ISLNK(s.st_mode):
        line.append(os.readlink(path))
    if stat.S_ISCHR(s.st_mode) or stat.S_ISBLK(s.st_mode):
        line.append(s.st_rdev)
    print(line)
