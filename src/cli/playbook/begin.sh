
# 0. What the commands below use. Run all of them in one shell, on a machine that you trust.
#    Credentials are asked for, or read from UPSTASH_EMAIL, UPSTASH_API_KEY and QSTASH_TOKEN.
: "${REDIS_ID:?the id of the Redis database}" "${QSTASH_ID:?the id of the QStash user}"
: "${PROJECTS:?the names of all projects on the platform, older ones included}"
export LEDGER="${LEDGER:-$PWD/ledger.jsonl}"
umask 077
work=$(mktemp -d) && mkdir "$work/before" "$work/after"
# The two things that the platform has to do; put another platform in here.
# Writes the variables of every project and environment into the directory $1.
pull() {
  for project in $PROJECTS; do
    vercel --cwd "$work" link --yes --project "$project"
    for environment in production preview development; do
      vercel --cwd "$work" env pull --yes --environment="$environment" "$1/$project.$environment.env"
    done
  done
}
# Deploys project $1 again in the environment $2, with the variables that it has now.
deploy() {
  vercel redeploy "$(vercel ls "$1" --environment "$2" | head -n 1)"
}

# 1. Read the platform's activity logs first, before anything is changed: who read variables, added
#    tokens, members, integrations or deployments, and since when. Keep a copy; logs expire.

# 2. Inventory: every credential of Upstash in every project and environment, and on this machine.
#    Code 1 says that something was found.
pull "$work/before"
for file in "$work"/before/*.env; do qstash-redact hunt --known - < "$file"; done
qstash-redact hunt --known --git .    # in every repository
