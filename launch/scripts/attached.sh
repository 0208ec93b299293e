# Comes before into.sh where the launcher attaches to a container that runs already: what is
# written earlier is lost to it. Without the launcher, or with it gone, the container ends
# after so many seconds. Arguments: SECONDS ARGUMENT...
trap 'exit 95' TERM
{
	sleep "$1"
	kill -TERM 0 # this shell, and what it waits for
} </dev/null >/dev/null 2>&1 &
shift
read -r attached || exit 95
