package dev.sdlora.request.setting;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.request.json.Fields;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** JSON schemas of fields, made from the rows of settings: type, range, names and meaning. */
public final class FieldSchemas {
  private static final int MOST_CHOICES = 12;

  private static final Map<String, ObjectNode> ALL = of(Place.ALL, Place::schemas);
  private static final Map<String, String> MEANINGS = of(Place.ALL, Place::meanings);
  private static final Set<String> OF_EVERY_REQUEST = of(Place.OF_ALL, Place::meanings).keySet();

  /** Fields of requests and detail passes whose values are lists. */
  private static final Set<String> LISTS =
      Stream.concat(Place.ALL.stream().map(Place::group), Stream.of(Settings.DETAIL_PASS))
          .flatMap(group -> group.settings().stream())
          .filter(row -> row.kind().type() == Kind.Type.LIST)
          .filter(row -> row.reasonWithout(Door.JSON).isEmpty())
          .map(row -> row.name(Door.JSON))
          .collect(Collectors.toUnmodifiableSet());

  private FieldSchemas() {}

  /** Joins what places have for their fields; the first place that has a field decides. */
  private static <V> Map<String, V> of(
      List<? extends Place<?, ?, ?>> places, Function<Place<?, ?, ?>, Map<String, V>> fields) {
    Map<String, V> all = new LinkedHashMap<>();
    places.forEach(place -> fields.apply(place).forEach(all::putIfAbsent));
    return Collections.unmodifiableMap(all);
  }

  /** Returns the schema of a field or option of requests; empty if no row has this name. */
  public static Optional<ObjectNode> of(String name) {
    return Optional.ofNullable(ALL.get(name)).map(ObjectNode::deepCopy);
  }

  /** Returns the schemas of the settings of a detail pass, with their defaults, by name. */
  public static ObjectNode ofDetailPasses() {
    ObjectNode schemas = Fields.object();
    Settings.DETAIL_PASS.settings().stream()
        .filter(row -> Place.isSimple(row.kind()))
        .forEach(row -> schemas.set(row.name(), of(Settings.DETAIL_PASS, row)));
    return schemas;
  }

  /** Returns the fields and options of rows that apply to every request. */
  public static Set<String> ofEveryRequest() {
    return OF_EVERY_REQUEST;
  }

  /** Returns the schema of a setting's values. */
  static <O, B, T> ObjectNode of(Group<O, B> group, Setting<O, B, T> setting) {
    ObjectNode schema = of(setting.kind());
    Optional<String> words = setting.unset().or(() -> group.defaultText(setting));
    if (setting.unset().isEmpty()) {
      group
          .defaultOf(setting)
          .ifPresent(value -> schema.set("default", Fields.node(setting.kind().write(value))));
    }
    String usual = words.map(text -> " Default: " + text + ".").orElse("");
    return schema.put("description", setting.meaning() + usual);
  }

  /** Whether the value of a field is a list. */
  public static boolean isList(String name) {
    return LISTS.contains(name);
  }

  /** Returns what a field does, without its default. */
  public static Optional<String> meaning(String name) {
    return Optional.ofNullable(MEANINGS.get(name));
  }

  private static ObjectNode of(Kind<?> kind) {
    ObjectNode schema = Fields.object();
    switch (kind.type()) {
      case NUMBER -> range(kind, schema.put("type", "number"));
      case WHOLE_NUMBER -> range(kind, schema.put("type", "integer"));
      case FLAG -> schema.put("type", "boolean");
      case CHOICE -> {
        schema.put("type", "string");
        if (kind.choices().size() <= MOST_CHOICES) {
          kind.choices().forEach(schema.putArray("enum")::add);
        }
      }
      case LIST -> schema.put("type", "array").set("items", of(kind.element().orElseThrow()));
      default -> schema.put("type", "string");
    }
    return schema;
  }

  private static void range(Kind<?> kind, ObjectNode schema) {
    double least = kind.least();
    double most = kind.most();
    if (least == Double.MIN_VALUE) {
      schema.put("exclusiveMinimum", 0);
    } else if (least > Integer.MIN_VALUE) {
      put("minimum", least, schema);
    }
    if (most == Kind.BELOW_1) {
      schema.put("exclusiveMaximum", 1);
    } else if (most < Integer.MAX_VALUE) {
      put("maximum", most, schema);
    }
  }

  /** Writes whole numbers without a decimal point. */
  private static void put(String name, double value, ObjectNode schema) {
    if (value == Math.rint(value)) {
      schema.put(name, (long) value);
    } else {
      schema.put(name, value);
    }
  }
}
