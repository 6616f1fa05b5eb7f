package dev.sdlora.server.sdapi;

import static java.util.Locale.ROOT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.FieldSchemas;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The OpenAPI document of all APIs. The file {@code openapi.json} next to this class has the routes
 * and the fields that A1111 has; all other fields of requests come from the rows of settings.
 */
final class ApiDescription {
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  /** The names of limits that a row can have. */
  private static final List<String> LIMITS =
      List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum");

  private final ObjectNode source;
  private final ObjectNode document = Fields.object().put("openapi", "3.1.0");

  private ApiDescription(ObjectNode source) {
    this.source = source;
  }

  /** Made at the first call, because most servers are never asked for it. */
  private static final class Document {
    static final ObjectNode ALL = read();
  }

  /** Returns the document. Callers must not change it. */
  static ObjectNode document() {
    return Document.ALL;
  }

  private static ObjectNode read() {
    try (InputStream file = ApiDescription.class.getResourceAsStream("openapi.json")) {
      byte[] text = Objects.requireNonNull(file, "openapi.json").readAllBytes();
      return new ApiDescription(Fields.parse(text).node()).write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode write() {
    document.set("info", source.get("info"));
    ObjectNode paths = document.putObject("paths");
    source
        .path("routes")
        .properties()
        .forEach(
            route -> {
              String[] words = route.getKey().split(" ", -1);
              JsonNode about = route.getValue();
              JsonNode rest = about.isObject() ? about : Fields.object().set("summary", about);
              paths
                  .withObjectProperty(words[1])
                  .set(words[0].toLowerCase(ROOT), route(words, rest));
            });
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    schemas.setAll((ObjectNode) source.get("schemas"));
    requests(schemas);
    return document;
  }

  private static ObjectNode route(String[] methodAndPath, JsonNode about) {
    String method = methodAndPath[0];
    ObjectNode route = Fields.object().put("operationId", name(methodAndPath));
    route.set("summary", about.get("summary"));
    ArrayNode parameters = Fields.array();
    PARAMETER
        .matcher(methodAndPath[1])
        .results()
        .forEach(found -> parameters.add(parameter(found.group(1), "path", true, type("string"))));
    about
        .path("query")
        .properties()
        .forEach(one -> parameters.add(parameter(one.getKey(), "query", false, one.getValue())));
    if (!parameters.isEmpty()) {
      route.set("parameters", parameters);
    }
    ObjectNode bodies = Fields.object();
    content("application/json", about.path("body"), bodies);
    content("multipart/form-data", about.path("form"), bodies);
    if (about.has("upload")) {
      content(about.get("upload").asText(), type("string").put("format", "binary"), bodies);
    }
    if (!bodies.isEmpty()) {
      route.putObject("requestBody").put("required", true).set("content", bodies);
    }
    ObjectNode responses = route.putObject("responses");
    int status = about.path("status").asInt(200);
    ObjectNode answer = responses.putObject(String.valueOf(status)).put("description", "OK");
    JsonNode schema = about.path("answer");
    if (schema.asText().contains("/")) {
      content(schema.asText(), Fields.object(), answer.putObject("content"));
    } else if (status != 204 && !method.equals("HEAD")) {
      JsonNode any = schema.isMissingNode() ? Fields.object() : schema;
      content("application/json", any, answer.putObject("content"));
    }
    if (method.equals("POST")) {
      content(
          "application/json",
          reference("Error"),
          responses
              .putObject("422")
              .put("description", "A field is invalid.")
              .putObject("content"));
    }
    return route;
  }

  /** Returns a name for a function of a client, such as {@code getApiJobsId}. */
  private static String name(String[] methodAndPath) {
    return Pattern.compile("[^A-Za-z0-9]+(\\w?)")
        .matcher(methodAndPath[0].toLowerCase(ROOT) + methodAndPath[1])
        .replaceAll(found -> found.group(1).toUpperCase(ROOT));
  }

  private static ObjectNode type(String name) {
    return Fields.object().put("type", name);
  }

  private static ObjectNode parameter(String name, String in, boolean required, JsonNode schema) {
    ObjectNode parameter = Fields.object().put("name", name).put("in", in);
    parameter.put("required", required).set("schema", schema);
    return parameter;
  }

  /** Adds a kind of content, whose schema is an object or the name of one. */
  private static void content(String type, JsonNode schema, ObjectNode contents) {
    if (!schema.isMissingNode()) {
      contents
          .putObject(type)
          .set("schema", schema.isTextual() ? reference(schema.asText()) : schema);
    }
  }

  private static ObjectNode reference(String schema) {
    return Fields.object().put("$ref", "#/components/schemas/" + schema);
  }

  /** Adds the requests: A1111's two, and ours with the fields of both. */
  private void requests(ObjectNode schemas) {
    ObjectNode shared = byHand("Drawing");
    ObjectNode textToImage = byHand("Txt2Img");
    ObjectNode imageToImage = byHand("Img2Img");
    for (String name : KnownFields.all()) {
      if (!shared.has(name) && !textToImage.has(name) && !imageToImage.has(name)) {
        shared.set(name, own(name));
      }
    }
    schemas.set("Txt2Img", request(shared, textToImage));
    schemas.set("Img2Img", request(shared, imageToImage));
    schemas.withObjectProperty("Img2Img").putArray("required").add("init_images");
    ObjectNode all = request(shared, textToImage);
    all.withObjectProperty("properties").setAll(imageToImage);
    schemas.set("JobRequest", all);
  }

  private ObjectNode byHand(String name) {
    ObjectNode fields = (ObjectNode) source.path("fields").path(name);
    fields.properties().forEach(field -> complete(field.getKey(), (ObjectNode) field.getValue()));
    return fields;
  }

  private static ObjectNode request(ObjectNode shared, ObjectNode more) {
    ObjectNode schema = type("object");
    ObjectNode fields = schema.putObject("properties");
    fields.setAll(shared.deepCopy());
    fields.setAll(more.deepCopy());
    return schema;
  }

  /** Returns a field that A1111 does not have; null counts as missing. */
  private static ObjectNode own(String name) {
    ObjectNode schema = FieldSchemas.of(name).orElseThrow(() -> missing(name));
    String type = schema.path("type").asText();
    schema.putArray("type").add(type).add("null");
    if (schema.get("enum") instanceof ArrayNode names) {
      names.addNull();
    }
    schema.putNull("default");
    return schema.put("description", schema.path("description").asText() + " Not in A1111.");
  }

  private static IllegalStateException missing(String field) {
    return new IllegalStateException("openapi.json has no field '%s', and no row".formatted(field));
  }

  /** Adds the range and the meaning of the row to a field of A1111, if there is a row. */
  private static void complete(String name, ObjectNode schema) {
    FieldSchemas.of(name)
        .filter(row -> schema.path("type").toString().contains(row.path("type").toString()))
        .ifPresent(
            row -> {
              LIMITS.stream()
                  .filter(limit -> row.has(limit) && !schema.has(limit))
                  .forEach(limit -> schema.set(limit, row.get(limit)));
              if (!schema.has("description")) {
                schema.put("description", FieldSchemas.meaning(name).orElseThrow());
              }
            });
  }
}
