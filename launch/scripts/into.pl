# Takes a program from standard input into this container and runs it, if there is memory
# for it. Arguments: NEED DIR... -- ARGUMENT...; NEED is in bytes.
use strict;
use Digest::SHA;
use Fcntl;
use POSIX;

my $need = shift;

# number is the number behind the key in a file, or its first word, if it is one.
sub number {
	my ($name, $key) = @_;
	open(my $file, "<", $name) or return undef;
	while (<$file>) {
		my ($word, $value) = split;
		($word, $value) = ("", $word) if !defined $key;
		next if defined $key && (!defined $word || $word !~ /^\Q$key\E:?$/);
		return defined $value && $value =~ /^\d+$/ ? $value : undef;
	}
	return undef;
}

my $free = (number("/proc/meminfo", "MemAvailable") || 0) * 1024;

# climb lowers $free to the room in a cgroup and in those above it.
sub climb {
	my ($path, $root, $max, $used, $cache) = @_;
	$path = "" if $path !~ m{^/} || "$path/" =~ m{/\.\./}; # from a namespace, or no path
	do {
		my ($limit, $usage) = (number("$root$path/$max"), number("$root$path/$used"));
		if (defined $limit && defined $usage) {
			my $left = $limit - $usage + (number("$root$path/memory.stat", $cache) || 0);
			$free = $left if $left < $free;
		}
	} while ($path =~ s{/[^/]*\z}{});
}

# Without a namespace for cgroups, /sys/fs/cgroup is the node's, and the limit is deeper in it.
my @lines = ("0::/", "0:memory:/");
if (open(my $file, "<", "/proc/self/cgroup")) {
	push(@lines, <$file>);
}
for (@lines) {
	chomp;
	my (undef, $controllers, $path) = split(/:/, $_, 3);
	next if !defined $path;
	if ($controllers eq "") {
		climb($path, "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file");
	} elsif (",$controllers," =~ /,memory,/) {
		climb($path, "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
	}
}
if ($free < $need) {
	print STDERR "$free bytes of memory are left in this container, and $need are wanted\n";
	exit 91;
}

sub create {
	my $name = "$_[0]/.k8sdoctor-$$";
	sysopen(my $file, $name, O_CREAT | O_EXCL | O_WRONLY, 0700) or return ();
	return ($name, $file);
}

my $into;
while ((my $dir = shift) ne "--") {
	next if defined $into;
	my ($name, $trial) = create($dir) or next;
	my $written = syswrite($trial, "#!$^X\n");
	close($trial);
	$into = $dir if $written && system({$name} $name) == 0;
	unlink($name);
}
if (!defined $into) {
	print STDERR "no directory of this container takes a program and runs it\n";
	exit 92;
}

syswrite(STDOUT, "k8sdoctor-ready " . (POSIX::uname())[4] . "\n");
my $head = "";
while ($head !~ /\n$/) {
	sysread(STDIN, $head, 1, length $head) or exit 93;
}
my ($size, $sum) = split(" ", $head);
my ($name, $program) = create($into);
if (!defined $name) {
	print STDERR "no file can be created in $into: $!\n";
	exit 93;
}
my $left = $size;
eval {
	while ($left > 0 && sysread(STDIN, my $piece, $left < 65536 ? $left : 65536)) {
		$left -= length $piece;
		for (my $at = 0; $at < length $piece;) {
			$at += syswrite($program, $piece, length($piece) - $at, $at)
				|| die "the program could not be written to $name: $!\n";
		}
	}
	close($program) or die "the program could not be written to $name: $!\n";
	Digest::SHA->new(256)->addfile($name, "b")->hexdigest eq $sum
		or die "the program did not arrive whole: $left of $size bytes are missing in $name\n";
	exec {$name} $name, @ARGV;
	die "$name cannot be run: $!\n";
};
print STDERR $@;
unlink($name);
exit 93;
