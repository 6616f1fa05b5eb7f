package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.image.Base64Images;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that {@code /openapi.json} is valid and describes what the server does. */
@SuppressWarnings("NullAway.Init")
class OpenApiTest {
  /** Files of the page, which programs do not call. */
  private static final Set<String> OF_THE_PAGE = Set.of("GET /", "GET /studio/<file>");

  /** Limits that are refused together with the default of another field. */
  private static final Set<String> TOGETHER = Set.of("skip_layer_start", "skip_layer_end");

  /** Fields without effect beyond their range: no limit, and no refiner. */
  private static final Set<String> NOT_REFUSED = Set.of("s_tmax", "refiner_switch_at");

  private static Pipeline pipeline;
  private static Served served;
  private static JsonNode document;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline);
    document = served.get("/openapi.json");
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
  }

  private static Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new TreeMap<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        one ->
                            operations.put(
                                one.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                one.getValue())));
    return operations;
  }

  private static JsonNode fields(String schema) {
    return document.at("/components/schemas/" + schema + "/properties");
  }

  @Test
  void routes_areThoseOfTheServer() {
    Set<String> served = new TreeSet<>();
    OpenApiTest.served.server.routes().forEach(route -> served.add(route.toString()));
    served.removeAll(OF_THE_PAGE);
    Set<String> described = new TreeSet<>(operations().keySet());
    described.removeIf(route -> route.endsWith("/api/files/{sha256}")); // Only a front has files.
    assertThat(described).isEqualTo(served);
  }

  @Test
  void fields_areThoseThatAreRead() {
    assertThat(new TreeSet<>(List.copyOf(names(fields("JobRequest")))))
        .containsExactlyElementsOf(KnownFields.all());
    assertThat(names(fields("JobRequest")))
        .containsAll(names(fields("Txt2Img")))
        .containsAll(names(fields("Img2Img")));
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The rules of OpenAPI 3.1 that generators of clients rely on. */
  @Test
  void document_isOpenApi() {
    assertThat(document.get("openapi").asText()).isEqualTo("3.1.0");
    assertThat(document.at("/info/title").asText()).isNotBlank();
    Set<String> ids = new HashSet<>();
    operations()
        .forEach(
            (route, operation) -> {
              assertThat(ids.add(operation.get("operationId").asText())).as(route).isTrue();
              assertThat(operation.get("operationId").asText()).matches("[a-z][A-Za-z0-9]*");
              assertThat(operation.path("summary").asText()).as(route).isNotBlank();
              assertThat(operation.get("responses")).as(route).isNotEmpty();
              assertThat(operation.get("responses"))
                  .allMatch(answer -> answer.hasNonNull("description"));
              assertThat(parameters(operation, "path")).as(route).isEqualTo(inPath(route));
            });
    document
        .findValues("$ref")
        .forEach(
            reference ->
                assertThat(document.at(reference.asText().substring(1)))
                    .as("%s", reference)
                    .isNotEmpty());
  }

  @Test
  void types_areThoseOfJson() {
    List<JsonNode> types = document.get("components").findValues("type");
    assertThat(types).hasSizeGreaterThan(150);
    for (JsonNode type : types) {
      // A field of this name, such as that of a checkpoint, has a schema.
      if (!type.isObject()) {
        assertThat(type.toString().replaceAll("[\\[\\]\"]", "").split(","))
            .isSubsetOf("string", "number", "integer", "boolean", "array", "object", "null");
      }
    }
  }

  private static List<String> parameters(JsonNode operation, String in) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : operation.path("parameters")) {
      assertThat(parameter.get("schema").path("type").asText()).isNotBlank();
      if (parameter.get("in").asText().equals(in)) {
        assertThat(parameter.get("required").asBoolean()).isEqualTo(in.equals("path"));
        names.add(parameter.get("name").asText());
      }
    }
    return names;
  }

  private static List<String> inPath(String route) {
    return Pattern.compile("(?<=\\{)\\w+")
        .matcher(route)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @Test
  void defaults_areOfTheirTypes_andInTheirRanges() {
    for (String schema : List.of("JobRequest", "ExtraSingleImage", "ImageRequest")) {
      fields(schema)
          .properties()
          .forEach(field -> assertThat(allows(field.getValue())).as(field.getKey()).isTrue());
    }
  }

  private static boolean allows(JsonNode schema) {
    JsonNode usual = schema.path("default");
    String type =
        switch (usual.getNodeType()) {
          case NUMBER -> usual.isIntegralNumber() && !isA("number", schema) ? "integer" : "number";
          default -> usual.getNodeType().name().toLowerCase(Locale.ROOT);
        };
    return usual.isMissingNode()
        || (isA(type, schema) && (!usual.isNumber() || isWithin(schema, usual.doubleValue())));
  }

  private static boolean isWithin(JsonNode schema, double value) {
    return value >= schema.path("minimum").asDouble(-Double.MAX_VALUE)
        && value <= schema.path("maximum").asDouble(Double.MAX_VALUE);
  }

  private static boolean isA(String type, JsonNode schema) {
    return schema.path("type").toString().contains('"' + type + '"');
  }

  /** A client that validates its requests must neither lose nor send more than it should. */
  @Test
  void ranges_areThoseOfTheReader() {
    List<String> wrong = new ArrayList<>();
    fields("JobRequest")
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              JsonNode schema = field.getValue();
              for (String limit : List.of("minimum", "maximum")) {
                if (schema.has(limit)) {
                  double value = schema.get(limit).doubleValue();
                  double beyond = limit.equals("minimum") ? value - 1 : value + 1;
                  if (!NOT_REFUSED.contains(name) && refusal(name, beyond).isEmpty()) {
                    wrong.add(name + ": " + beyond + " is read");
                  }
                  if (!TOGETHER.contains(name)) {
                    refusal(name, value).ifPresent(sentence -> wrong.add(name + ": " + sentence));
                  }
                }
              }
            });
    assertThat(wrong).isEmpty();
  }

  /** Returns the reason why a request with a value is refused, without drawing it. */
  private static Optional<String> refusal(String field, double value) {
    boolean ofStart = !fields("Txt2Img").has(field);
    ObjectNode request = Served.JSON.createObjectNode().put("width", 64).put("height", 64);
    if (ofStart) {
      request.put("mask", image()).putArray("init_images").add(image());
    } else {
      request.put("enable_hr", true);
    }
    if (value == Math.rint(value)) {
      request.put(field, (long) value);
    } else {
      request.put(field, value);
    }
    ObjectNode body = Served.JSON.createObjectNode();
    body.set("request", request);
    body.putObject("x").put("axis", "seed").put("values", "1");
    HttpResponse<String> answer = served.send(served.post("/api/grids/plan", body.toString()));
    return Optional.of(answer.body()).filter(text -> answer.statusCode() != 200);
  }

  private static String image() {
    Image black = Image.of(64, 64, new byte[3 * 64 * 64]);
    return Base64Images.base64(new GeneratedImage(black, 0, "x").png());
  }
}
