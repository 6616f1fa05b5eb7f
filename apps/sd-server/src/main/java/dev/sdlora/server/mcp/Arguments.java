package dev.sdlora.server.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.request.FieldException;
import dev.sdlora.request.Fields;
import dev.sdlora.request.KnownFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** The arguments of a tool: written as a JSON schema for clients, and checked against it. */
final class Arguments {
  private final List<Argument> arguments = new ArrayList<>();

  /** The type of an argument, with its name in a JSON schema. */
  private enum Type {
    STRING,
    INTEGER,
    NUMBER
  }

  /**
   * One argument.
   *
   * @param least the smallest number, or length of a string
   * @param most the largest number
   * @param multiple the number that values must be a multiple of; 1 for none
   */
  private record Argument(
      String name,
      Type type,
      String description,
      boolean required,
      OptionalDouble least,
      OptionalDouble most,
      int multiple) {

    Map<String, Object> schema() {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put(
          "type", type == Type.STRING ? "string" : type == Type.INTEGER ? "integer" : "number");
      schema.put("description", description);
      least.ifPresent(value -> schema.put("minimum", number(value)));
      most.ifPresent(value -> schema.put("maximum", number(value)));
      if (multiple > 1) {
        schema.put("multipleOf", multiple);
      }
      return schema;
    }

    void check(Fields fields) {
      if (type == Type.STRING) {
        boolean missing = required && fields.text(name).isEmpty();
        if (missing) {
          throw new FieldException(name, "argument '%s' is missing".formatted(name));
        }
        return;
      }
      OptionalDouble given =
          type == Type.INTEGER
              ? fields.whole(name).stream().asDoubleStream().findFirst()
              : fields.number(name);
      given.ifPresent(this::check);
    }

    private void check(double value) {
      boolean inside =
          value >= least.orElse(Double.NEGATIVE_INFINITY)
              && value <= most.orElse(Double.POSITIVE_INFINITY);
      if (!inside || !Double.isFinite(value) || (multiple > 1 && value % multiple != 0)) {
        throw new FieldException(
            name, "argument '%s' must be %s: %s".formatted(name, bounds(), number(value)));
      }
    }

    private String bounds() {
      String bounds =
          most.isPresent()
              ? "from %s to %s".formatted(number(least.orElse(0)), number(most.getAsDouble()))
              : "at least " + number(least.orElse(0));
      return multiple > 1 ? "a multiple of %s, %s".formatted(multiple, bounds) : bounds;
    }

    /** Writes whole numbers without a decimal point. */
    private static Number number(double value) {
      return value == Math.rint(value) && Math.abs(value) < 1L << 53
          ? (Number) (long) value
          : (Number) value;
    }
  }

  /** Adds a string that calls must have. */
  Arguments required(String name, String description) {
    return add(
        new Argument(
            name,
            Type.STRING,
            description,
            true,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            1));
  }

  /** Adds a string that calls may leave out. */
  Arguments text(String name, String description) {
    return add(
        new Argument(
            name,
            Type.STRING,
            description,
            false,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            1));
  }

  /** Adds a whole number in a range, a multiple of another number. */
  Arguments whole(String name, String description, long least, long most, int multiple) {
    return add(
        new Argument(
            name,
            Type.INTEGER,
            description,
            false,
            OptionalDouble.of((double) least),
            OptionalDouble.of((double) most),
            multiple));
  }

  /** Adds a number with the range of a setting. */
  Arguments setting(String name, Setting<?, ?, ?> setting, String description) {
    Kind<?> kind = setting.kind();
    Type type = kind.type() == Kind.Type.WHOLE_NUMBER ? Type.INTEGER : Type.NUMBER;
    OptionalDouble least = OptionalDouble.of(kind.least());
    OptionalDouble most = DoubleStream.of(kind.most()).filter(Double::isFinite).findFirst();
    return add(new Argument(name, type, description, false, least, most, 1));
  }

  private Arguments add(Argument argument) {
    arguments.add(argument);
    return this;
  }

  /** Returns the JSON schema. */
  Map<String, Object> schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    arguments.forEach(argument -> properties.put(argument.name(), argument.schema()));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    List<String> required =
        arguments.stream().filter(Argument::required).map(Argument::name).toList();
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
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
