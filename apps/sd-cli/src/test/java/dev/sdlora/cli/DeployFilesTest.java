package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Checks the files of docs/deploy against the command line, the Dockerfile and each other. */
final class DeployFilesTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path FILES = ROOT.resolve("docs/deploy");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern ENTRYPOINT = Pattern.compile("(?m)^ENTRYPOINT (\\[.*])$");
  private static final Pattern OUTSIDE = Pattern.compile("\\$\\{(\\w+):\\?[^}]*}");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\((\\w+)\\)");
  private static final Pattern SERVER = Pattern.compile("(?m)^ +server ([a-z-]+):(\\d+) ");

  private static List<JsonNode> documents(String file) throws IOException {
    try (MappingIterator<JsonNode> read =
        YAML.readerFor(JsonNode.class).readValues(FILES.resolve(file).toFile())) {
      return read.readAll();
    }
  }

  private static List<String> words(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static String text(JsonNode node, String pointer) {
    assertThat(node.at(pointer).isValueNode()).as(pointer + " in " + node).isTrue();
    return node.at(pointer).asText();
  }

  private static List<String> entryPoint() throws IOException {
    String found =
        ENTRYPOINT
            .matcher(Files.readString(ROOT.resolve("Dockerfile")))
            .results()
            .map(result -> result.group(1))
            .reduce((one, other) -> other)
            .orElseThrow();
    return words(new ObjectMapper().readTree(found));
  }

  /** Parses a command line, and returns its options of the form {@code --name=value}. */
  private static Map<String, String> options(List<String> call) {
    assertThat(call).startsWith("/opt/sd/bin/sd", "serve");
    assertThatCode(
            () -> Sd.commandLine().parseArgs(call.subList(1, call.size()).toArray(String[]::new)))
        .as(String.join(" ", call))
        .doesNotThrowAnyException();
    Map<String, String> options = new TreeMap<>();
    for (int i = 2; i < call.size(); i++) {
      String[] parts = call.get(i).split("=", 2);
      boolean hasNext = i + 1 < call.size() && !call.get(i + 1).startsWith("--");
      options.put(parts[0], parts.length > 1 ? parts[1] : hasNext ? call.get(i + 1) : "");
    }
    return options;
  }

  private static String value(Map<String, String> options, String name) {
    assertThat(options).containsKey(name);
    return options.getOrDefault(name, "");
  }

  private static Map<String, JsonNode> drawingServices() throws IOException {
    Map<String, JsonNode> found = new TreeMap<>();
    documents("compose.yaml")
        .get(0)
        .get("services")
        .properties()
        .forEach(
            service -> {
              if (service.getValue().get("image").asText().equals("sd-serve")) {
                found.put(service.getKey(), service.getValue());
              }
            });
    return found;
  }

  @Test
  void compose_addsOptionsToTheEntryPoint() throws IOException {
    Set<String> names =
        documents("compose.yaml")
            .get(0)
            .get("services")
            .propertyStream()
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    assertThat(drawingServices()).containsOnlyKeys("front", "worker");
    for (Map.Entry<String, JsonNode> service : drawingServices().entrySet()) {
      List<String> call = new ArrayList<>(entryPoint());
      words(service.getValue().get("command"))
          .forEach(word -> call.add(OUTSIDE.matcher(word).replaceAll("secret")));
      Map<String, String> options = options(call);
      assertThat(options).containsEntry("--role", service.getKey());
      URI jobs = URI.create(value(options, "--jobs").substring("jdbc:".length()));
      assertThat(names).contains(jobs.getHost());
      String front = options.getOrDefault("--front", "http://front:7860");
      assertThat(front).isEqualTo("http://front:" + options.get("--port"));
      int patience =
          Integer.parseInt(text(service.getValue(), "/stop_grace_period").replaceFirst("s$", ""));
      assertThat(Integer.parseInt(value(options, "--grace"))).isLessThan(patience);
    }
    assertThat(documents("compose.yaml").get(0).at("/services/worker/deploy/replicas").asInt())
        .isEqualTo(2);
  }

  @Test
  void compose_mountsWhatTheImageHas() throws IOException {
    String dockerfile = Files.readString(ROOT.resolve("Dockerfile"));
    for (JsonNode service : drawingServices().values()) {
      for (String volume : words(service.get("volumes"))) {
        String inside = volume.split(":", -1)[1];
        assertThat(dockerfile).containsPattern("VOLUME \\[.*\"" + inside + "\"");
      }
    }
  }

  @Test
  void nginx_knowsTheFrontOfCompose() throws IOException {
    String configuration = Files.readString(FILES.resolve("nginx.conf"));
    JsonNode compose = documents("compose.yaml").get(0);
    String inside = text(compose, "/services/nginx/ports/0").split(":", -1)[1];
    assertThat(configuration).contains("listen " + inside + ";");
    assertThat(SERVER.matcher(configuration).results())
        .singleElement()
        .satisfies(
            server -> {
              assertThat(compose.get("services").has(server.group(1))).isTrue();
              assertThat(entryPoint()).containsSubsequence("--port", server.group(2));
            });
    // Fronts believe only addresses of this network.
    String network = text(compose, "/networks/default/ipam/config/0/subnet");
    assertThat(words(compose.at("/services/front/command"))).contains("--trusted-proxy=" + network);
  }

  private static JsonNode only(String kind, Predicate<JsonNode> holds) throws IOException {
    List<JsonNode> found =
        documents("kubernetes.yaml").stream()
            .filter(document -> document.get("kind").asText().equals(kind))
            .filter(holds)
            .toList();
    assertThat(found).as(kind).hasSize(1);
    return found.get(0);
  }

  private static JsonNode named(String kind, String name) throws IOException {
    return only(kind, document -> text(document, "/metadata/name").equals(name));
  }

  @Test
  void kubernetes_callsServe_andGivesItTimeToEnd() throws IOException {
    for (String role : List.of("front", "worker")) {
      JsonNode pod = named("Deployment", "sdlora-" + role).at("/spec/template/spec");
      JsonNode container = pod.at("/containers/0");
      Set<String> variables = variables(container);
      List<String> call = new ArrayList<>(words(container.get("command")));
      for (String word : words(container.get("args"))) {
        VARIABLE
            .matcher(word)
            .results()
            .forEach(used -> assertThat(variables).contains(used.group(1)));
        call.add(
            word.replace("$(SD_JOBS)", "jdbc:postgresql://host/sdlora")
                .replace("$(SD_API_KEY)", "secret"));
      }
      Map<String, String> options = options(call);
      assertThat(options).containsEntry("--role", role).containsKey("--listen");
      int before = container.at("/lifecycle/preStop/exec/command/1").asInt(0);
      assertThat(Integer.parseInt(value(options, "--grace")) + before + 10)
          .isLessThan(pod.get("terminationGracePeriodSeconds").asInt());
      assertThat(text(container, "/ports/0/containerPort")).isEqualTo(options.get("--port"));
      for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
        JsonNode asked = container.at("/" + probe + "/httpGet");
        assertThat(text(asked, "/port")).isEqualTo(text(container, "/ports/0/name"));
        assertThat(text(asked, "/path"))
            .isEqualTo(probe.equals("readinessProbe") ? "/ready" : "/health");
      }
      Set<String> volumes = names(pod.get("volumes"));
      assertThat(names(container.get("volumeMounts"))).isEqualTo(volumes);
    }
  }

  private static Set<String> names(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(each -> text(each, "/name"))
        .collect(Collectors.toSet());
  }

  /** The environment of a container; all secrets and settings that it names exist. */
  private static Set<String> variables(JsonNode container) throws IOException {
    for (JsonNode variable : container.get("env")) {
      JsonNode secret = variable.at("/valueFrom/secretKeyRef");
      if (!secret.isMissingNode()) {
        JsonNode values = named("Secret", text(secret, "/name")).get("stringData");
        assertThat(values.has(text(secret, "/key"))).isTrue();
      }
    }
    for (JsonNode source : container.path("envFrom")) {
      assertThat(named("ConfigMap", text(source, "/configMapRef/name")).has("data")).isTrue();
    }
    return names(container.get("env"));
  }

  @Test
  void kubernetes_partsFindEachOther() throws IOException {
    JsonNode service = named("Service", "sdlora");
    for (String role : List.of("front", "worker")) {
      JsonNode spec = named("Deployment", "sdlora-" + role).get("spec");
      JsonNode labels = spec.at("/template/metadata/labels");
      assertThat(spec.at("/selector/matchLabels")).isEqualTo(labels);
      assertThat(service.at("/spec/selector").equals(labels)).isEqualTo(role.equals("front"));
    }
    JsonNode worker = named("Deployment", "sdlora-worker");
    assertThat(words(worker.at("/spec/template/spec/containers/0/args")))
        .contains("--front=http://sdlora:" + text(service, "/spec/ports/0/port"));
    JsonNode target = only("HorizontalPodAutoscaler", any -> true).at("/spec/scaleTargetRef");
    assertThat(target.get("kind")).isEqualTo(worker.get("kind"));
    assertThat(target.get("name")).isEqualTo(worker.at("/metadata/name"));
    assertThat(worker.at("/spec").has("replicas")).isFalse();
  }
}
