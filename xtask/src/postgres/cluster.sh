# A private PostgreSQL for one test run: set up, started, stopped and removed here.
#
#   sh -c "$script" cluster FOLDER_WITH_PROGRAMS FOLDER_FOR_DATA PORT [RUN AS …]
#
# Prints "ready" and waits for its standard input to close, which happens however the caller ends.
set -eu
programs=$1 folder=$2 port=$3
shift 3
cd "$folder"

stop() {
    "$@" "$programs/pg_ctl" stop -D "$folder/data" -m immediate >/dev/null 2>&1 || :
    cd /
    rm -rf "$folder"
}
trap 'stop "$@"' EXIT
# An interrupt ends the waiting below, not this script.
trap : INT TERM HUP

set_up() {
    "$@" -D "$folder/data" -U bowline --auth=trust --encoding=UTF8 --locale=C --no-sync >log 2>&1
}
# Users have linguistic collations: with one, a test sees an order that only holds for bytes. Not every build
# has ICU.
set_up "$@" "$programs/initdb" --locale-provider=icu --icu-locale=en-US || set_up "$@" "$programs/initdb" ||
    { cat log >&2; exit 1; }
settings="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c max_connections=300"
settings="$settings -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"$@" "$programs/pg_ctl" start -D "$folder/data" -l "$folder/data/log" -w -o "$settings" >log 2>&1 ||
    { cat log "$folder/data/log" >&2; exit 1; }
echo ready
read -r _ || :
