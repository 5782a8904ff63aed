#!/bin/sh
# Makes the namespace and the search attributes that Convoy's workflows set; leaves alone what is there. A test keeps the
# list equal to shared/contract/search-attributes.ts.
set -eu

namespace="${CONVOY_TEMPORAL_NAMESPACE:-convoy}"
retention="${CONVOY_TEMPORAL_RETENTION:-168h}"

if ! temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$namespace" --retention "$retention"
fi

known="$(temporal operator search-attribute list --namespace "$namespace")"
for pair in \
  ConvoyPlanId:Keyword \
  ConvoyPlanStatus:Keyword \
  ConvoyPlanKind:Keyword \
  ConvoyEnvironment:Keyword \
  ConvoyRisk:Keyword \
  ConvoyRequestedBy:Keyword \
  ConvoyDeviceId:Keyword \
  ConvoyDevices:KeywordList \
  ConvoyDeviceCount:Int \
  ConvoyExpiresAt:Datetime; do
  name="${pair%%:*}"
  if ! printf '%s\n' "$known" | grep -qw "$name"; then
    temporal operator search-attribute create --namespace "$namespace" --name "$name" --type "${pair##*:}"
  fi
done
