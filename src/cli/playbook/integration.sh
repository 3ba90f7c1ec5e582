
# 3. Rotate what the integration manages, in Upstash, which the integration follows. The old values stop
#    working at once. Look at what would be done first.
qstash-redact rotate redis "$REDIS_ID" --ledger "$LEDGER" --dry-run --out "$work/new.env"
qstash-redact rotate redis "$REDIS_ID" --ledger "$LEDGER" --out "$work/new.env" --preset sdk --preset kv
qstash-redact rotate qstash "$QSTASH_ID" --ledger "$LEDGER" --out "$work/new.env"
#    The signing keys are rolled with the new token.
sed -n 's/^QSTASH_TOKEN=//p' "$work/new.env" > "$work/token"
qstash-redact rotate signing-keys --ledger "$LEDGER" --token-file "$work/token" --out "$work/new.env"
#    Likewise `rotate vector ID` and `rotate search ID`, for every index, and QStash in every region.

# 4. See that the integration has written the new values into every project: open its page on the
#    platform, and connect the resource anew where it has not. It does not follow variables that somebody
#    copied by hand beside it: for those see `qstash-redact playbook --setup manual`.
