package dev.sdlora.server.training;

import static dev.sdlora.api.setting.Door.JSON;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.training.setting.TrainingSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fields of a training request. Those of groups have dotted names, such as {@code
 * adapter.kind}, so that errors name them in full.
 */
final class TrainingFields {
  /** The longest text, such as a caption or a prompt; text encoders read a few hundred words. */
  private static final int LONGEST_TEXT = 10_000;

  /** The fields that hold images, which are not kept with the job. */
  static final List<String> IMAGES = List.of("pictures", "class_images");

  /** The settings that have fields. */
  static final List<Setting<Draft, Draft, ?>> SETTINGS =
      TrainingSettings.TRAINING.settings().stream()
          .filter(setting -> setting.reasonWithout(JSON).isEmpty())
          .toList();

  /** The names of the fields of each group. */
  private static final Map<String, Set<String>> GROUPS = new HashMap<>();

  /** The fields outside of groups; at first, those of other things than a setting. */
  private static final Set<String> PLAIN =
      new HashSet<>(
          List.of(
              "name",
              "trigger",
              "pictures",
              "checkpoint",
              "width",
              "height",
              "class_images",
              "samples",
              "sample_prompt",
              "sample_prompts",
              "sample_every"));

  static {
    for (Setting<Draft, Draft, ?> setting : SETTINGS) {
      String name = setting.name(JSON);
      Optional<String> group = groupOf(name);
      if (group.isPresent()) {
        GROUPS.put(group.get(), Set.of(name.substring(group.get().length() + 1)));
      } else if (setting.kind().group().isPresent()) {
        GROUPS.put(name, names(setting.kind().group().get()));
      } else {
        PLAIN.add(name);
      }
    }
  }

  /** The groups that may also be true, for their defaults, or false. */
  private static final Set<String> SWITCHES = Set.of("buckets", "masked_loss", "validation");

  private TrainingFields() {}

  /** Returns the names of the fields of a group. */
  static Set<String> names(Group<?, ?> group) {
    return group.settings().stream().map(row -> row.name(JSON)).collect(Collectors.toSet());
  }

  /** Returns the group of a field, from its dotted name; empty if it is in none. */
  static Optional<String> groupOf(String name) {
    return Optional.of(name.indexOf('.')).filter(dot -> dot > 0).map(dot -> name.substring(0, dot));
  }

  /**
   * Returns the fields of a request with those of its groups under dotted names. Each group that is
   * there is a field of its own, true unless it is switched off.
   *
   * @throws FieldException if a field is unknown or a group is not an object
   */
  static Fields flat(Fields request) {
    ObjectNode flat = Fields.object();
    for (String name : request.names()) {
      if (!request.has(name)) {
        continue;
      }
      Set<String> members = GROUPS.get(name);
      if (members == null) {
        requireKnown(
            name, name, Stream.concat(PLAIN.stream(), GROUPS.keySet().stream()).sorted().toList());
        flat.set(name, request.node().get(name));
      } else if (SWITCHES.contains(name) && !request.node().get(name).isObject()) {
        flat.put(name, request.flag(name, false));
      } else {
        put(flat, name + ".", request.object(name), members);
        flat.put(name, true);
      }
    }
    return request.with(flat);
  }

  /**
   * Returns the objects of a list with their fields under dotted names, such as {@code
   * adapter.rules[0].layers}. The prefix of an object is {@link #prefix}.
   *
   * @throws FieldException if the field is not a list of objects or one has an unknown field
   */
  static List<Fields> list(Fields fields, String name, Set<String> members) {
    List<Fields> flats = new ArrayList<>();
    for (Fields object : fields.objects(name)) {
      ObjectNode flat = Fields.object();
      put(flat, prefix(name, flats.size()), object, members);
      flats.add(fields.with(flat));
    }
    return flats;
  }

  /** Returns the prefix of the fields of an object in a list, counted from 0. */
  static String prefix(String list, int index) {
    return "%s[%s].".formatted(list, index);
  }

  private static void put(ObjectNode flat, String prefix, Fields object, Set<String> members) {
    for (String name : object.names()) {
      requireKnown(prefix + name, name, members);
      flat.set(prefix + name, object.node().get(name));
    }
  }

  private static void requireKnown(String path, String name, Collection<String> known) {
    if (!known.contains(name)) {
      String group = path.substring(0, path.length() - name.length());
      throw new FieldException(
          path,
          KnownFields.unknown(
              "field", path, known.stream().map(other -> group + other).sorted().toList()));
    }
  }

  /** Returns a text without spaces around it; empty if it is missing. */
  static String text(Fields fields, String name) {
    return requireShort(name, fields.text(name).orElse("").strip());
  }

  /** Returns a list of texts without spaces around them. */
  static List<String> texts(Fields fields, String name) {
    return fields.texts(name).stream().map(text -> requireShort(name, text.strip())).toList();
  }

  /** Checks the length of a text. */
  static String requireShort(String name, String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new FieldException(
          name,
          "field '%s' has %s characters; the limit is %s"
              .formatted(name, text.length(), LONGEST_TEXT));
    }
    return text;
  }

  /** Returns the choice that a field names; empty if the field is missing or blank. */
  static Optional<Object> choice(Fields fields, String name, List<String> choices) {
    Optional<String> given = fields.name(name).map(String::strip);
    given
        .filter(text -> !choices.contains(text))
        .ifPresent(
            text -> {
              String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
              throw new FieldException(
                  name,
                  "field '%s' must be one of %s: '%s'"
                      .formatted(name, String.join(", ", choices), shown));
            });
    return given.map(Object.class::cast);
  }
}
