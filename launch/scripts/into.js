// Takes a program from standard input into this container and runs it, if there is memory
// for it. Arguments: NEED DIR... -- ARGUMENT...; NEED is in bytes.
const fs = require('fs'), child = require('child_process'), crypto = require('crypto'), os = require('os');

const need = Number(process.argv[1]), at = process.argv.indexOf('--');

// number is the number behind the key in a file, or its first word; NaN where it is none.
function number(name, key = '') {
  try {
    for (const line of fs.readFileSync(name, 'latin1').split('\n')) {
      const words = (key ? line : ': ' + line).split(/\s+/);
      if (words[0].replace(/:$/, '') === key) return parseInt(words[1], 10);
    }
  } catch { } // not this version of cgroups
  return NaN;
}

function end(status, text) {
  fs.writeSync(2, text + '\n');
  process.exit(status);
}

let free = (number('/proc/meminfo', 'MemAvailable') || 0) * 1024;

// climb lowers free to the room in a cgroup and in those above it.
function climb(path, root, max, used, cache) {
  let names = path.split('/').filter(Boolean);
  if (names.includes('..')) names = []; // from a namespace
  for (let n = names.length; n >= 0; n--) {
    const dir = [root, ...names.slice(0, n)].join('/') + '/';
    const left = number(dir + max) - number(dir + used) + (number(dir + 'memory.stat', cache) || 0);
    if (left < free) free = left;
  }
}

// Without a namespace for cgroups, /sys/fs/cgroup is the node's, and the limit is deeper in it.
let lines = ['0::/', '0:memory:/'];
try {
  lines = lines.concat(fs.readFileSync('/proc/self/cgroup', 'utf8').split('\n'));
} catch { }
for (const line of lines) {
  const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) || [];
  if (controllers === '') climb(path, '/sys/fs/cgroup', 'memory.max', 'memory.current', 'inactive_file');
  else if (controllers && controllers.split(',').includes('memory')) climb(path, '/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file');
}
if (!(free >= need)) end(91, free + ' bytes of memory are left in this container, and ' + need + ' are wanted');

const named = (dir) => dir + '/.k8sdoctor-' + process.pid;
let into;
for (const dir of process.argv.slice(2, at)) {
  const name = named(dir);
  let trial, tried;
  try {
    trial = fs.openSync(name, 'wx', 0o700);
  } catch { continue; }
  try {
    fs.writeSync(trial, '#!' + process.execPath + '\n');
    fs.closeSync(trial);
    tried = child.spawnSync(name);
  } catch { } // nothing can be written there
  fs.unlinkSync(name);
  if (tried && tried.status === 0) {
    into = name;
    break;
  }
}
if (!into) end(92, 'no directory of this container takes a program and runs it');

// take reads at most so many bytes; it waits where none is there yet.
function take(buffer, most) {
  for (;;) {
    try {
      return fs.readSync(0, buffer, 0, most, null);
    } catch (err) {
      if (err.code === 'EOF') return 0;
      if (err.code !== 'EAGAIN') throw err;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

fs.writeSync(1, 'k8sdoctor-ready ' + ({ x64: 'x86_64', arm64: 'aarch64' }[process.arch] || process.arch) + '\n');
const byte = Buffer.alloc(1);
let head = '';
while (!head.endsWith('\n')) {
  if (take(byte, 1) === 0) process.exit(93);
  head += byte.toString('latin1');
}
const [size, sum] = head.split(/\s+/), hash = crypto.createHash('sha256'), piece = Buffer.alloc(65536);
const program = fs.openSync(into, 'wx', 0o700);
let left = Number(size);
try {
  while (left > 0) {
    const n = take(piece, Math.min(left, piece.length));
    if (n === 0) break;
    hash.update(piece.subarray(0, n));
    left -= n;
    for (let done = 0; done < n;) done += fs.writeSync(program, piece, done, n - done);
  }
  fs.closeSync(program);
} catch (err) {
  fs.unlinkSync(into);
  end(93, 'the program could not be written to ' + into + ': ' + err.message);
}
const written = fs.statSync(into).size;
if (written !== Number(size) || hash.digest('hex') !== sum) {
  fs.unlinkSync(into);
  end(93, 'the program did not arrive whole: ' + written + ' of ' + size + ' bytes in ' + into);
}
const ran = child.spawnSync(into, process.argv.slice(at + 1), { stdio: 'inherit' });
if (ran.error) {
  fs.unlinkSync(into);
  end(92, String(ran.error));
}
process.exit(ran.status);
