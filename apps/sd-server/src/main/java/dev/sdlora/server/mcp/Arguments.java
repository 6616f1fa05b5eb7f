package dev.sdlora.server.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.FieldSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The arguments of a tool: written as a JSON schema for clients, and checked against it. */
final class Arguments {
  private final List<Argument> arguments = new ArrayList<>();

  /** One argument and its JSON schema. */
  private record Argument(String name, ObjectNode schema, boolean required) {

    void check(Fields fields) {
      switch (schema.path("type").asText()) {
        case "string" -> {
          if (fields.text(name).isEmpty() && required) {
            throw new FieldException(name, "argument '%s' is missing".formatted(name));
          }
        }
        case "integer" -> fields.whole(name).ifPresent(this::check);
        case "number" -> fields.number(name).ifPresent(this::check);
        default -> fields.object(name);
      }
    }

    private void check(double value) {
      boolean inside =
          value >= schema.path("minimum").asDouble(Double.NEGATIVE_INFINITY)
              && value <= schema.path("maximum").asDouble(Double.POSITIVE_INFINITY);
      if (!inside || !Double.isFinite(value) || (multiple() > 1 && value % multiple() != 0)) {
        throw new FieldException(
            name, "argument '%s' must be %s: %s".formatted(name, bounds(), shown(value)));
      }
    }

    private static String shown(double value) {
      return Double.isFinite(value) ? Decimals.text(value) : String.valueOf(value);
    }

    private int multiple() {
      return schema.path("multipleOf").asInt(1);
    }

    private String bounds() {
      String bounds =
          schema.has("maximum")
              ? "from %s to %s".formatted(schema.path("minimum"), schema.path("maximum"))
              : "at least " + schema.path("minimum");
      return multiple() > 1 ? "a multiple of %s, %s".formatted(multiple(), bounds) : bounds;
    }
  }

  /** Adds a string that calls must have. */
  Arguments required(String name, String description) {
    return add(new Argument(name, schema("string", description), true));
  }

  /** Adds a string that calls may leave out. */
  Arguments text(String name, String description) {
    return add(new Argument(name, schema("string", description), false));
  }

  /** Adds a whole number in a range, a multiple of another number. */
  Arguments whole(String name, String description, long least, long most, int multiple) {
    ObjectNode schema = schema("integer", description).put("minimum", least).put("maximum", most);
    if (multiple > 1) {
      schema.put("multipleOf", multiple);
    }
    return add(new Argument(name, schema, false));
  }

  /** Adds an object that calls may leave out. */
  Arguments object(String name, String description) {
    return add(new Argument(name, schema("object", description), false));
  }

  /**
   * Adds a setting as its row describes it.
   *
   * @param field the name of the setting in JSON
   */
  Arguments setting(String name, String field) {
    return add(new Argument(name, FieldSchemas.of(field).orElseThrow(), false));
  }

  private static ObjectNode schema(String type, String description) {
    return Fields.object().put("type", type).put("description", description);
  }

  private Arguments add(Argument argument) {
    arguments.add(argument);
    return this;
  }

  /** Returns the JSON schema. */
  Map<String, Object> schema() {
    ObjectNode schema = Fields.object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    arguments.forEach(argument -> properties.set(argument.name(), argument.schema()));
    if (arguments.stream().anyMatch(Argument::required)) {
      ArrayNode names = schema.putArray("required");
      arguments.stream().filter(Argument::required).map(Argument::name).forEach(names::add);
    }
    return Json.map(schema.put("additionalProperties", false));
  }

  /**
   * Returns the arguments of a call.
   *
   * @param given what the client sent; null for none
   * @throws FieldException if an argument is unknown, missing or out of range
   */
  Fields read(@Nullable Map<String, Object> given) {
    ObjectNode node = Fields.object();
    Optional.ofNullable(given)
        .ifPresent(map -> map.forEach((name, value) -> node.set(name, Json.tree(value))));
    Fields fields = Fields.of(node);
    List<String> names = arguments.stream().map(Argument::name).toList();
    for (String name : fields.names()) {
      if (!names.contains(name)) {
        throw new FieldException(name, KnownFields.unknown("argument", name, names));
      }
    }
    arguments.forEach(argument -> argument.check(fields));
    return fields;
  }
}
