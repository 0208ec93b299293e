# Takes a program from standard input into this container and runs it, if there is memory
# for it. Arguments: NEED DIR... -- ARGUMENT...; NEED is in bytes.
umask 077
need=$1
shift

for tool in chmod head rm sha256sum uname wc; do
	command -v "$tool" >/dev/null || { echo "no $tool" >&2; exit 94; }
done

number() { # FILE NAME: the number behind the name in a file, or its first word
	while read -r name value _; do
		case $name in "$2" | "$2:") echo "$value" && return ;; esac
		[ -n "$2" ] || { echo "$name" && return; }
	done <"$1"
}

free=$(number /proc/meminfo MemAvailable)
free=$((${free:-0} * 1024))
for cgroup in /sys/fs/cgroup:memory.max:memory.current:inactive_file /sys/fs/cgroup/memory:memory.limit_in_bytes:memory.usage_in_bytes:total_inactive_file; do
	dir=${cgroup%%:*} files=${cgroup#*:} cache=${cgroup##*:}
	max=${files%%:*} files=${files#*:} used=${files%%:*}
	[ -r "$dir/$max" ] || continue
	limit=$(number "$dir/$max" "")
	case $limit in *[!0-9]* | "") continue ;; esac
	left=$((limit - $(number "$dir/$used" "") + $(number "$dir/memory.stat" "$cache")))
	[ "$left" -ge "$free" ] || free=$left
done
if [ "$free" -lt "$need" ]; then
	echo "$free bytes of memory are left in this container, and $need are wanted" >&2
	exit 91
fi

shell=$(command -v sh) || shell="$(command -v busybox) sh"
into=
while [ "$1" != -- ]; do
	trial=$1/.k8sdoctor-$$
	if [ -z "$into" ] && (set -C && echo "#!$shell" >"$trial") 2>/dev/null; then
		chmod 700 "$trial" && "$trial" 2>/dev/null && into=$trial
		rm -f "$trial"
	fi
	shift
done
shift
if [ -z "$into" ]; then
	echo "no directory of this container takes a program and runs it" >&2
	exit 92
fi

echo "k8sdoctor-ready $(uname -m)"
read -r size sum || exit 93
trap 'rm -f "$into"' EXIT
trap 'exit 93' HUP INT TERM
(set -C && head -c "$size" >"$into")
set -- "$(sha256sum <"$into")" "$@"
if [ "${1%% *}" != "$sum" ]; then
	echo "the program did not arrive whole: $(wc -c <"$into") of $size bytes in $into" >&2
	exit 93
fi
shift
chmod 700 "$into"
exec "$into" "$@"
