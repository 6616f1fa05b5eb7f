# sd serve as an image, built from this source tree; docs/docker.md tells how to run it.
#   docker build -t sd-serve .

FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /source
COPY . .
RUN mvn -B -ntp -Dquick package -pl :sd-cli -am
# The native libraries, unpacked once, so that containers start without a network and write nothing.
RUN ENGINE_CACHE_DIR=/natives apps/sd-cli/target/app/bin/sd info --device && chmod -R go-w,go+rX /natives

FROM eclipse-temurin:17-jre
RUN groupadd --gid 10001 sd && useradd --uid 10001 --gid sd --create-home sd \
 && install -d -o sd -g sd /models /outputs /cache
COPY --from=build /source/apps/sd-cli/target/app /opt/sd
COPY --from=build /natives /opt/sd/natives

# Weights lie outside Java's heap, which holds finished pictures; no counters in /tmp, no screen.
ENV ENGINE_CACHE_DIR=/opt/sd/natives \
    SD_JAVA_OPTS="-Xmx1g -XX:-UsePerfData -Djava.awt.headless=true" \
    HF_HOME=/models/huggingface \
    SDLORA_CACHE=/cache \
    LANG=C.UTF-8
USER 10001:10001
WORKDIR /models
VOLUME ["/models", "/outputs", "/cache"]
EXPOSE 7860

# The image has no curl; bash speaks as much HTTP as it takes.
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/7860 && printf 'GET /health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]

# What follows the image's name on the command line follows here; without --checkpoint it is the bundled model.
ENTRYPOINT ["/opt/sd/bin/sd", "serve", "--listen", "--port", "7860", "--results", "/outputs", "--results-age", "never", "--grace", "20"]
CMD []
