# Takes a program from standard input into this container and runs it, if there is memory
# for it. Arguments: NEED DIR... -- ARGUMENT...; NEED is in bytes.
import hashlib, os, subprocess, sys

need, at = int(sys.argv[1]), sys.argv.index("--")


def number(name, key=""):
    """The number behind the key in a file, or its first word, if it is one."""
    try:
        for line in open(name):
            words = (line if key else ": " + line).split()
            if words[0].rstrip(":") == key:
                return int(words[1])
    except (IOError, IndexError, ValueError):
        pass  # not this version of cgroups, or no limit ("max")


free = (number("/proc/meminfo", "MemAvailable") or 0) * 1024
# Without a namespace for cgroups, /sys/fs/cgroup is the node's, and the limit is deeper in it.
lines = ["0::/", "0:memory:/"]
try:
    lines += open("/proc/self/cgroup").read().splitlines()
except (IOError, ValueError):
    pass
for line in lines:
    controllers, _, path = line.partition(":")[2].partition(":")
    if not controllers:
        root, limit, used, cache = "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"
    elif "memory" in controllers.split(","):
        root, limit, used, cache = "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
    else:
        continue
    names = path.strip("/").split("/")
    if ".." in names:  # from a namespace
        names = []
    for n in range(len(names) + 1):
        dir = "/".join([root] + names[:n]) + "/"
        most, now = number(dir + limit), number(dir + used)
        if most is not None and now is not None:
            free = min(free, most - now + (number(dir + "memory.stat", cache) or 0))
if free < need:
    sys.stderr.write("%d bytes of memory are left in this container, and %d are wanted\n" % (free, need))
    sys.exit(91)


def create(dir):
    name = "%s/.k8sdoctor-%d" % (dir, os.getpid())
    return name, os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o700)


into = None
for dir in sys.argv[2:at]:
    try:
        name, trial = create(dir)
        try:
            os.write(trial, ("#!%s\n" % sys.executable).encode())
            os.close(trial)
            if subprocess.call([name]) == 0:
                into = dir
                break
        finally:
            os.remove(name)
    except OSError:
        pass  # not writable, or not executable there
if into is None:
    sys.stderr.write("no directory of this container takes a program and runs it\n")
    sys.exit(92)

os.write(1, ("k8sdoctor-ready %s\n" % os.uname()[4]).encode())
head = b""
while not head.endswith(b"\n"):
    byte = os.read(0, 1)
    if not byte:
        sys.exit(93)
    head += byte
size, sum = head.split()
left, hash = int(size), hashlib.sha256()
name, program = create(into)
try:
    try:
        while left > 0:
            piece = os.read(0, min(left, 65536))
            if not piece:
                break
            hash.update(piece)
            left -= len(piece)
            while piece:
                piece = piece[os.write(program, piece):]
        os.close(program)
        written = os.path.getsize(name)
    except OSError as err:
        sys.stderr.write("the program could not be written to %s: %s\n" % (name, err))
        sys.exit(93)
    if written != int(size) or hash.hexdigest().encode() != sum:
        sys.stderr.write("the program did not arrive whole: %d of %s bytes in %s\n" % (written, size.decode(), name))
        sys.exit(93)
    os.execv(name, [name] + sys.argv[at + 1:])
finally:
    os.remove(name)
