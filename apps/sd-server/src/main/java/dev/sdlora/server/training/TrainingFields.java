package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.FieldException;
import dev.sdlora.request.Fields;
import dev.sdlora.request.KnownFields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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

  private static final Set<String> PLAIN =
      names(
          """
          name trigger pictures checkpoint steps epochs batch_size accumulation width height seed
          rank alpha modules text_encoder clip_skip file_format
          learning_rate text_encoder_learning_rate text_encoder_2_learning_rate
          warmup weight_decay max_gradient_norm ema
          min_snr_gamma debiased noise_offset flip
          class_images class_prompt class_count prior_weight
          precision checkpointing
          samples sample_prompt sample_prompts sample_every sample_weights
          """);

  private static final Map<String, Set<String>> GROUPS =
      Map.of(
          "adapter",
          names(
              """
              kind dora convolution_rank convolution_alpha lokr_factor rank_stabilized
              lora_plus_ratio dropout rank_dropout module_dropout rules
              """),
          "optimizer",
          names("kind beta1 beta2 growth"),
          "schedule",
          names("shape cycles"),
          "loss",
          names("shape delta"),
          "timesteps",
          names("shape mean deviation shift least most"),
          "captions",
          names("shuffle kept tag_dropout dropout"),
          "buckets",
          names("least most step upscale"),
          "masked_loss",
          names("unmasked_weight"),
          "validation",
          names("share every patience"),
          "slider",
          names("target positive negative kept guidance"));

  /** The groups that may also be true, for their defaults, or false. */
  private static final Set<String> SWITCHES = Set.of("buckets", "masked_loss", "validation");

  private TrainingFields() {}

  private static Set<String> names(String text) {
    return Set.of(text.strip().split("\\s+"));
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

  /** Returns the constant whose name in lower case a field has; empty if the field is missing. */
  static <E extends Enum<E>> Optional<E> choice(Fields fields, String name, Class<E> type) {
    return fields.name(name).map(text -> constant(name, text.strip(), type));
  }

  private static <E extends Enum<E>> E constant(String name, String text, Class<E> type) {
    List<E> all = List.of(type.getEnumConstants());
    return all.stream()
        .filter(constant -> label(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new FieldException(
                    name,
                    "field '%s' must be one of %s: '%s'"
                        .formatted(
                            name,
                            all.stream()
                                .map(TrainingFields::label)
                                .collect(Collectors.joining(", ")),
                            text.length() > 60 ? text.substring(0, 60) + "…" : text)));
  }

  /** Returns the name of a constant as fields write it. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
