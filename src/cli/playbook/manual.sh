
# 3. Rotate: the old values stop working at once. Look at what would be done first.
qstash-redact rotate redis "$REDIS_ID" --ledger "$LEDGER" --dry-run --out "$work/new.env"
qstash-redact rotate redis "$REDIS_ID" --ledger "$LEDGER" --out "$work/new.env" --preset sdk --preset kv
qstash-redact rotate qstash "$QSTASH_ID" --ledger "$LEDGER" --out "$work/new.env"
#    The signing keys are rolled with the new token.
sed -n 's/^QSTASH_TOKEN=//p' "$work/new.env" > "$work/token"
qstash-redact rotate signing-keys --ledger "$LEDGER" --token-file "$work/token" --out "$work/new.env"
#    Likewise `rotate vector ID` and `rotate search ID`, for every index, and QStash in every region.

# 4. Write the new values wherever the old ones were copied to by hand.
for project in $PROJECTS; do
  vercel --cwd "$work" link --yes --project "$project"
  for environment in production preview development; do
    while IFS= read -r line; do
      printf %s "${line#*=}" | vercel --cwd "$work" env add "${line%%=*}" "$environment" --force --yes
    done < "$work/new.env"
  done
done
