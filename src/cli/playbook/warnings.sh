# WARNING: a reset in the dashboard alone is not enough. What is deployed keeps the value it was deployed
#   with, so it goes on failing, or goes on working with a value that the attacker has, until it is
#   deployed again; and every copy elsewhere stays what it was.
# WARNING: never roll signing keys twice before the applications have the new ones. After the second roll
#   they reject every request. `rotate signing-keys` refuses it until `rotate confirm` was run.
