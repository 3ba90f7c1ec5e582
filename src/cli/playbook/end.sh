
# 5. Deploy again. Until then nothing of the above has reached what runs.
for project in $PROJECTS; do
  deploy "$project" production
  deploy "$project" preview
done
#    What is deployed from a developer's machine has the new values once its owner pulled them.

# 6. Confirm: the new values are there (code 1: they were found), the old ones are not (code 0).
pull "$work/after"
cut -d= -f2- "$work/new.env" | qstash-redact hunt --secrets - "$work/after"
qstash-redact hunt --ledger "$LEDGER" "$work/after"
#    A platform does not hand out variables that are stored as sensitive: of those it shows when they were
#    changed, which must be after the rotation.
#    Once every application has the new signing keys:
qstash-redact rotate confirm --ledger "$LEDGER"

# 7. Remove stale copies: search for the old values by their fingerprints, wherever you work. Look into CI
#    systems, secret managers, shell histories, incident notebooks and documents in the same way: export
#    them, and search what was exported. Repeat it until nothing is found.
qstash-redact hunt --ledger "$LEDGER" --git --no-ignore --json -o findings.json .
qstash-redact hunt --ledger "$LEDGER" --git --no-ignore .

# 8. Prove that the old values are dead: each must get 401 where the new one is accepted. They are taken
#    from what was pulled at first, as far as it matches the ledger; without --old they are asked for.
cat "$work"/before/*.env > "$work/old.env"
qstash-redact rotate redis "$REDIS_ID" --ledger "$LEDGER" --check-old --old "$work/old.env" --out "$work/new.env"
qstash-redact rotate qstash "$QSTASH_ID" --ledger "$LEDGER" --check-old --old "$work/old.env" --out "$work/new.env"
#    Of signing keys this cannot be proved from outside.
qstash-redact playbook --ledger "$LEDGER" --findings findings.json --report report.json
#    This removes what was pulled, and new.env.
rm -r "$work"

# 9. Harden, so that the next breach costs less:
#    - read-only tokens where nothing is written;
#    - a user and token of its own for each service: ACL SETUSER, then ACL RESTTOKEN, in the console's CLI;
#    - Credential Protection, which shows a credential only once.
