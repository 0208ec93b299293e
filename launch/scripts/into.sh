# Takes a program from standard input into this container and runs it, if there is memory
# for it. Arguments: NEED DIR... -- ARGUMENT...; NEED is in bytes.
umask 077
need=$1
shift

for tool in chmod head rm sha256sum uname wc; do
	command -v "$tool" >/dev/null || { echo "no $tool" >&2; exit 94; }
done

number() { # FILE NAME: the number behind the name in a file, or its first word, if it is one
	while read -r name value _; do
		[ -n "$2" ] || { value=$name && name=; }
		case $name in "$2" | "$2:") ;; *) continue ;; esac
		case $value in *[!0-9]*) ;; *) echo "$value" ;; esac
		return
	done 2>/dev/null <"$1"
}

free=$(number /proc/meminfo MemAvailable)
free=$((${free:-0} * 1024))

climb() { # PATH ROOT MAX USED CACHE: lowers $free to the room in a cgroup and in those above it
	path=$1
	case $path/ in */../*) path= ;; /*) ;; *) path= ;; esac # from a namespace, or no path
	while
		limit=$(number "$2$path/$3" "") used=$(number "$2$path/$4" "")
		cache=$(number "$2$path/memory.stat" "$5")
		if [ -n "$limit" ] && [ -n "$used" ]; then
			left=$((limit - used + ${cache:-0}))
			[ "$left" -ge "$free" ] || free=$left
		fi
		[ -n "$path" ]
	do
		path=${path%/*}
	done
}

v1() { climb "$1" /sys/fs/cgroup/memory memory.limit_in_bytes memory.usage_in_bytes total_inactive_file; }
v2() { climb "$1" /sys/fs/cgroup memory.max memory.current inactive_file; }
v1 /
v2 /
# Without a namespace for cgroups, /sys/fs/cgroup is the node's, and the limit is deeper in it.
while IFS=: read -r _ controllers path; do
	case ,$controllers, in ,,) v2 "$path" ;; *,memory,*) v1 "$path" ;; esac
done 2>/dev/null </proc/self/cgroup
if [ "$free" -lt "$need" ]; then
	echo "$free bytes of memory are left in this container, and $need are wanted" >&2
	exit 91
fi

shell=$(command -v sh) || shell="$(command -v busybox) sh"
case $shell in /*) ;; *) # a busybox that names its own applets
	for shell in /bin/sh /busybox/sh /usr/bin/sh; do [ -x "$shell" ] && break; done ;;
esac
into=
while [ "$1" != -- ]; do
	trial=$1/.k8sdoctor-$$
	if [ -z "$into" ] && (set -C && : >"$trial") 2>/dev/null; then
		{ echo "#!$shell" >>"$trial" && chmod 700 "$trial" && "$trial" && into=$trial; } 2>/dev/null
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
if ! (set -C && head -c "$size" >"$into"); then
	echo "the program could not be written to $into" >&2
	exit 93
fi
set -- "$(sha256sum <"$into")" "$@"
if [ "${1%% *}" != "$sum" ]; then
	echo "the program did not arrive whole: $(wc -c <"$into") of $size bytes in $into" >&2
	exit 93
fi
shift
chmod 700 "$into"
exec "$into" "$@"
