package dev.sdlora.server.training;

import static dev.sdlora.api.setting.Door.JSON;

import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Reads the fields of settings as plain values, which {@code LoraTrainerBuilder.set} takes, by the
 * names of the settings in the API.
 */
final class SettingFields {
  private static final int MOST_RULES = 32;

  private SettingFields() {}

  /** Reads the field of a setting that is not an object; empty if it is missing. */
  static Optional<Object> read(Kind<?> kind, String name, Fields fields) {
    if (!fields.has(name)) {
      return Optional.empty();
    }
    return switch (kind.type()) {
      case NUMBER -> boxed(fields.number(name));
      case WHOLE_NUMBER ->
          kind.most() > Integer.MAX_VALUE
              ? boxed(fields.whole(name))
              : boxed(fields.number(name)).map(given -> (long) fields.whole(name, 0));
      case FLAG -> Optional.of(fields.flag(name, false));
      case CHOICE -> TrainingFields.choice(fields, name, kind.choices());
      case TEXT -> Optional.of(TrainingFields.text(fields, name));
      case LIST -> Optional.of(list(kind.element().orElseThrow(), name, fields));
      default -> throw new IllegalArgumentException("no field has a value of this kind: " + name);
    };
  }

  private static Optional<Object> boxed(OptionalDouble number) {
    return number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
  }

  private static Optional<Object> boxed(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  private static List<?> list(Kind<?> element, String name, Fields fields) {
    return switch (element.type()) {
      case NUMBER -> fields.numbers(name);
      case TEXT -> TrainingFields.texts(fields, name);
      default -> rules(element, name, fields);
    };
  }

  private static List<?> rules(Kind<?> rule, String name, Fields fields) {
    Group<?, ?> group = rule.group().orElseThrow();
    List<Fields> given = TrainingFields.list(fields, name, TrainingFields.names(group));
    if (given.size() > MOST_RULES) {
      throw new FieldException(
          name,
          "field '%s' has %s rules; the limit is %s".formatted(name, given.size(), MOST_RULES));
    }
    List<Map<String, Object>> rules = new ArrayList<>();
    for (Fields one : given) {
      String prefix = TrainingFields.prefix(name, rules.size());
      LayerPattern.require(one, prefix + "layers");
      rules.add(object(rule, prefix, one, Map.of("trained", true)));
    }
    return rules;
  }

  /**
   * Reads the fields of an object and checks them.
   *
   * @param prefix the start of their names, such as {@code adapter.}
   * @param start the plain values of settings that the request may leave out
   */
  static Map<String, Object> object(
      Kind<?> kind, String prefix, Fields fields, Map<String, Object> start) {
    Group<?, ?> group = kind.group().orElseThrow();
    Map<String, Object> plain = new LinkedHashMap<>(start);
    for (Setting<?, ?, ?> setting : group.settings()) {
      read(setting.kind(), prefix + setting.name(JSON), fields)
          .ifPresent(value -> plain.put(setting.name(), value));
    }
    requireEffective(group, plain, prefix);
    try {
      kind.change(Optional.empty(), plain);
      return plain;
    } catch (SettingException e) {
      throw refused(group, e, prefix);
    } catch (IllegalArgumentException e) {
      throw refused(prefix, e);
    }
  }

  /** Names the field whose value is refused, or the object if it is none of its fields. */
  private static FieldException refused(Group<?, ?> group, SettingException e, String prefix) {
    return group.settings().stream()
        .filter(setting -> setting.name().equals(e.name()))
        .findFirst()
        .map(setting -> prefix + setting.name(JSON))
        .map(name -> new FieldException(name, e.messageFor("field '%s'".formatted(name)), e))
        .orElseGet(() -> refused(prefix, e));
  }

  private static FieldException refused(String prefix, IllegalArgumentException e) {
    String name = prefix.substring(0, prefix.length() - 1);
    return new FieldException(name, "field '%s': %s".formatted(name, e.getMessage()), e);
  }

  /** Refuses fields that have no effect without another one, or with its value. */
  private static <O, B> void requireEffective(
      Group<O, B> group, Map<String, Object> plain, String prefix) {
    for (Setting<O, B, ?> setting : group.settings()) {
      if (setting.needs().isEmpty() || !plain.containsKey(setting.name())) {
        continue;
      }
      Setting<O, B, ?> other = group.setting(setting.needs().get());
      String name = prefix + setting.name(JSON);
      List<String> effective = setting.neededValues();
      if (effective.isEmpty() && !plain.containsKey(other.name())) {
        throw new FieldException(
            name, "field '%s' requires '%s'".formatted(name, prefix + other.name(JSON)));
      }
      Object value =
          Optional.ofNullable(plain.get(other.name())).orElseGet(() -> usual(group, other));
      if (!effective.isEmpty() && !effective.contains(value)) {
        throw new FieldException(
            name, "field '%s' is only for %s".formatted(name, String.join(" or ", effective)));
      }
    }
  }

  private static <O, B> String usual(Group<O, B> group, Setting<O, B, ?> setting) {
    return group.defaultText(setting).orElse("");
  }
}
