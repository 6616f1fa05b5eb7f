package dev.sdlora.request;

import dev.sdlora.api.value.Nearest;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.Option;
import dev.sdlora.request.setting.OwnSettings;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of the fields of a request. */
public final class KnownFields {
  private static final Set<String> ACTING =
      Stream.concat(OwnSettings.BY_HAND.stream(), OwnSettings.ALL.stream().map(Option::name))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          """
          send_images save_images do_not_save_samples do_not_save_grid force_task_id
          override_settings_restore_afterwards include_init_images comments\
          """
              .split("\\s+"));

  private KnownFields() {}

  /** Returns the fields that {@link DrawingReader} reads. */
  public static Set<String> acting() {
    return ACTING;
  }

  /** Returns the fields that A1111's clients send but that do not affect the images. */
  public static Set<String> withoutEffect() {
    return WITHOUT_EFFECT;
  }

  /** Warns of unknown fields. */
  static void check(Fields fields) {
    fields.names().stream()
        .filter(name -> !ACTING.contains(name) && !WITHOUT_EFFECT.contains(name))
        .filter(fields::has)
        .forEach(name -> fields.warn(unknown("field", name, ACTING)));
  }

  /**
   * Formats a warning for an unknown name, with a similar known one.
   *
   * @param what the kind of name, such as "field" or "option"
   * @param name as the client wrote it; long names are shortened
   * @param known the known names
   */
  public static String unknown(String what, String name, Collection<String> known) {
    String shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
    return "unknown %s '%s'".formatted(what, shown) + Nearest.question(shown, known);
  }

  /** Returns all known fields, with and without effect. */
  public static List<String> all() {
    return Stream.concat(ACTING.stream(), WITHOUT_EFFECT.stream()).sorted().toList();
  }
}
