#!/usr/bin/env bash
# Checks what a release is made of, as far as one machine can without systemd and containers: unpacks the
# Debian package of "make package" with dpkg into a folder, starts the program from there as its service
# would, with a private PostgreSQL, and checks the service and the stage of the image that has no Go.
# It leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

deb=$(ls -t bin/handover_*_"$(go env GOARCH)".deb | head -1)
root=$(mktemp -d)
chmod 755 "$root"
server=
cleanup() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$root"
}
trap cleanup EXIT
fail() { echo "package: $*" >&2; [ ! -s "$root/log" ] || cat "$root/log" >&2; exit 1; }
as_service=()
if [ "$(id -u)" = 0 ]; then # the service never runs as root
  as_service=(setpriv --reuid nobody --regid nogroup --clear-groups --)
fi

# The package. Its scripts concern the whole machine, so dpkg only unpacks.
mkdir -p "$root"/var/lib/dpkg/{info,updates}
touch "$root/var/lib/dpkg/status"
dpkg --root="$root" --force-not-root --unpack "$deb" >"$root/log" 2>&1 || fail "dpkg cannot unpack $deb"
for script in postinst prerm; do
  sh -n "$root/var/lib/dpkg/info/handover.$script" || fail "$script is no shell script"
done
env=$root/etc/handover/handover.env
mv "$env.dpkg-new" "$env" # as dpkg --configure does before it runs the scripts
[ "$(stat -c %a "$env")" = 640 ] || fail "anyone can read the settings, which may hold passwords"

# The service.
unit=$root/usr/lib/systemd/system/handover.service
if command -v systemd-analyze >/dev/null; then
  mkdir "$root/unit"
  sed "s#^ExecStart=/#ExecStart=$root/#" "$unit" >"$root/unit/handover.service"
  systemd-analyze verify --man=no --recursive-errors=no "$root/unit/handover.service" || fail "systemd refuses the service"
  systemd-analyze security --offline=true --threshold=30 "$root/unit/handover.service" >"$root/log" ||
    fail "the service may do more than it needs"
fi

# The program, as the service starts it.
settings=(PATH="$PATH" HANDOVER_ADDR=127.0.0.1:0)
while read -r setting; do
  settings+=("${setting//\/var\/lib/$root/var/lib}")
done < <(sed -n 's/^Environment=//p' "$unit"; grep -v '^#' "$env" || true)
read -ra command <<<"$(sed -n 's/^ExecStart=//p' "$unit")"
program=$root${command[0]}
"${as_service[@]}" "$program" version >"$root/log" || fail "the program does not start"
packaged=$(dpkg-deb --field "$deb" Version) # before the first tag 0.0.0+COMMIT (scripts/package.sh)
grep -qE "^version  v?${packaged#0.0.0+}\$" "$root/log" || fail "the program is not of the version $packaged"
if "${as_service[@]}" "$program" demo --size small 2>"$root/log" || ! grep -q "no demo data" "$root/log"; then
  fail "the package has demo data"
fi
mkdir -m 700 "$root/var/lib/handover"
[ "$(id -u)" != 0 ] || chown nobody:nogroup "$root/var/lib/handover"
: >"$root/log"
"${as_service[@]}" env -i "${settings[@]}" "$program" "${command[@]:1}" >"$root/log" 2>&1 &
server=$!
for _ in $(seq 300); do
  address=$(sed -n 's/^Handover is ready at //p' "$root/log")
  [ -z "$address" ] || break
  kill -0 "$server" 2>/dev/null || fail "the service ended"
  sleep 0.2
done
[ -n "$address" ] || fail "the service is not ready after a minute"
curl --silent --show-error --fail "$address/readyz" >/dev/null || fail "the service does not say that it is ready"
curl --silent --show-error --fail --location "$address/" | grep -q "Sign in" || fail "the service shows no page to sign in"
"${as_service[@]}" env -i "${settings[@]}" "$program" verify >"$root/log" 2>&1 || fail "a new database breaks an invariant"
kill -TERM "$server"
wait "$server" || fail "the service did not stop cleanly"
server=

# The image's stage without Go: its files alone must be enough to build the assets.
stage=$root/stage
mkdir "$stage"
sed -n '/ AS assets$/,/^FROM golang/s/^COPY //p' deploy/Dockerfile | while read -ra files; do
  to=$stage/${files[-1]}
  case ${files[-1]} in ./) mkdir -p "$to" ;; *) mkdir -p "$(dirname "$to")" ;; esac
  cp -r "${files[@]:0:${#files[@]}-1}" "$to"
done
rm -rf "$stage/static/dist"
ln -s "$PWD/node_modules" "$stage/node_modules"
(cd "$stage" && node static/build.mjs >"$root/log") || fail "the image's stage assets lacks a file"

echo "$(basename "$deb") unpacks, starts, answers and stops; the service and the image's first stage are right."
