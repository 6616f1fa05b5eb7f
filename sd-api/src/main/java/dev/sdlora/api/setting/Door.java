package dev.sdlora.api.setting;

import java.util.Locale;

/** A place where settings have names: each has a rule that makes them from the names in the API. */
public enum Door {
  /** Options of the command line: {@code --skip-layer-scale}. */
  COMMAND_LINE {
    @Override
    String nameOf(String name) {
      return "--" + words(name, "-");
    }
  },
  /**
   * Keys of the text in images: {@code Skip layer scale}. Those that A1111, its forks and
   * extensions write have their names.
   */
  INFOTEXT {
    @Override
    String nameOf(String name) {
      String words = words(name, " ");
      int first = (words + " ").indexOf(' ');
      return name.substring(0, 1).toUpperCase(Locale.ROOT)
          + name.substring(1, first)
          + words.substring(first);
    }
  },
  /** Fields of requests in JSON, or options in them: {@code skip_layer_scale}. */
  JSON {
    @Override
    String nameOf(String name) {
      return words(name, "_");
    }
  },
  /**
   * Properties of Spring Boot: {@code sdlora.skip-layer-scale}. The name of an object precedes
   * those of its settings, {@code hires-scale}; it is empty if they stand alone.
   */
  PROPERTY {
    @Override
    String nameOf(String name) {
      return words(name, "-");
    }
  };

  /** Returns the name that the rule makes from the name in the API. */
  abstract String nameOf(String name);

  private static String words(String name, String separator) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=^[a-z])(?=[A-Z])", separator)
        .toLowerCase(Locale.ROOT);
  }
}
