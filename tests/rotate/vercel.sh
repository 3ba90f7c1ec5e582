#!/bin/sh
# Stands for a platform's command: projects are directories of $PLATFORM, with a file of variables for each
# environment.
set -eu
[ "${1-}" = --cwd ] && { cd "$2"; shift 2; }
case "$1 ${2-}" in
"link --yes") printf %s "$4" > .linked ;;
"env pull") # --yes --environment=E FILE
    cp "$PLATFORM/$(cat .linked)/${4#--environment=}" "$5" ;;
"env add") # NAME E --force --yes
    file=$PLATFORM/$(cat .linked)/$4
    grep -v "^$3=" "$file" > "$file.new" || true
    { printf '%s=' "$3"; cat; echo; } >> "$file.new"
    mv "$file.new" "$file" ;;
"ls "*) echo "https://$2-$4.example.com" ;;
"redeploy "*) echo "$2" >> "$PLATFORM/deployed" ;;
*) exit 9 ;;
esac
