// Takes a program from standard input into this container and runs it, if there is memory
// for it. Arguments: NEED DIR... -- ARGUMENT...; NEED is in bytes.
const fs = require('fs'), child = require('child_process'), crypto = require('crypto'), os = require('os');

const need = Number(process.argv[1]), at = process.argv.indexOf('--');

function number(name, key) {
  for (const line of fs.readFileSync(name, 'latin1').split('\n')) {
    const words = line.split(/\s+/);
    if (key === undefined) return Number(words[0]);
    if (words[0].replace(/:$/, '') === key) return Number(words[1]);
  }
}

function end(status, text) {
  fs.writeSync(2, text + '\n');
  process.exit(status);
}

let free = number('/proc/meminfo', 'MemAvailable') * 1024;
for (const [dir, max, used, cache] of [
  ['/sys/fs/cgroup/', 'memory.max', 'memory.current', 'inactive_file'],
  ['/sys/fs/cgroup/memory/', 'memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'],
]) {
  try {
    const left = number(dir + max) - number(dir + used) + number(dir + 'memory.stat', cache);
    if (left < free) free = left;
  } catch { } // not this version of cgroups
}
if (!(free >= need)) end(91, free + ' bytes of memory are left in this container, and ' + need + ' are wanted');

const named = (dir) => dir + '/.k8sdoctor-' + process.pid;
let into;
for (const dir of process.argv.slice(2, at)) {
  const name = named(dir);
  try {
    fs.writeFileSync(name, '#!' + process.execPath + '\n', { mode: 0o700, flag: 'wx' });
  } catch { continue; }
  const tried = child.spawnSync(name);
  fs.unlinkSync(name);
  if (tried.status === 0) {
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
  if (hash.digest('hex') !== sum) {
    fs.unlinkSync(into);
    end(93, 'the program did not arrive whole: ' + left + ' of ' + size + ' bytes are missing in ' + into);
  }
} catch (err) {
  fs.unlinkSync(into);
  end(93, String(err));
}
const ran = child.spawnSync(into, process.argv.slice(at + 1), { stdio: 'inherit' });
if (ran.error) {
  fs.unlinkSync(into);
  end(92, String(ran.error));
}
process.exit(ran.status);
