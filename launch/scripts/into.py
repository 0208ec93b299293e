# Takes a program from standard input into this container and runs it, if there is memory
# for it. Arguments: NEED DIR... -- ARGUMENT...; NEED is in bytes.
import hashlib, os, subprocess, sys

need, at = int(sys.argv[1]), sys.argv.index("--")


def number(name, key=None):
    for line in open(name):
        words = line.split()
        if key is None or words[0].rstrip(":") == key:
            return int(words[0 if key is None else 1])


free = number("/proc/meminfo", "MemAvailable") * 1024
for dir, limit, used, cache in (
    ("/sys/fs/cgroup/", "memory.max", "memory.current", "inactive_file"),
    ("/sys/fs/cgroup/memory/", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
):
    try:
        free = min(free, number(dir + limit) - number(dir + used) + number(dir + "memory.stat", cache))
    except (IOError, ValueError):
        pass  # not this version of cgroups, or no limit ("max")
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
    while left > 0:
        piece = os.read(0, min(left, 65536))
        if not piece:
            break
        hash.update(piece)
        left -= len(piece)
        while piece:
            piece = piece[os.write(program, piece):]
    os.close(program)
    if hash.hexdigest().encode() != sum:
        sys.stderr.write("the program did not arrive whole: %d of %s bytes are missing in %s\n" % (left, size.decode(), name))
        sys.exit(93)
    os.execv(name, [name] + sys.argv[at + 1:])
finally:
    os.remove(name)
