#!/usr/bin/env bash
# Builds twice what is published and compares: equal sources give equal jars and POMs.
# MVN names another Maven; arguments go to it (-Prelease for sources and javadoc).
set -euo pipefail
cd "$(dirname "$0")/.."
mvn=${MVN:-mvn}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for build in first second; do
  # Classes are compiled anew; what other modules do is not of interest.
  find . -path '*/target/classes' -prune -exec rm -rf {} +
  find . -path '*/target/maven-status' -prune -exec rm -rf {} +
  rm -f {.,apps,demo}/sd-*/target/*.jar
  "$mvn" -B -ntp -q package -DskipTests "$@" \
    -pl .,:sd-api,:sd-prompt,:sd-sampler,:sd-tensors,:sd-lora,:sd-infotext,:sd-families,:sd-pipeline,:sd-training,:sd-models,:sd-demo-model,:sd-cli,:sd-bom -am
  sha256sum {.,apps,demo}/sd-*/target/{*.jar,flattened-pom.xml} > "$work/$build"
done
diff "$work/first" "$work/second"
echo "$(wc -l < "$work/first") files are the same in both builds."
