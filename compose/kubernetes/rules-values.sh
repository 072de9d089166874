#!/usr/bin/env bash
# Writes alerts/*.yml, or the files given, as values of kube-prometheus-stack:
#
#   compose/kubernetes/rules-values.sh > rules.values.yaml
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
if [ $# -eq 0 ]; then set -- "$here"/../../alerts/*.yml; fi
echo 'additionalPrometheusRulesMap:'
for file in "$@"; do
  name="$(basename "$file" .yml)"
  # A rule file is a map of `groups`: it needs no more than a key above it.
  printf '  %s:\n' "${name//./-}"
  sed -e '/^---$/d' -e 's/^\(.\)/    \1/' "$file"
done
