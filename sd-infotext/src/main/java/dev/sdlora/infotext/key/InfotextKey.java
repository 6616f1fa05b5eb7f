package dev.sdlora.infotext.key;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A key of the settings line.
 *
 * @param name the name that A1111 writes
 * @param writer returns the value for an image, or empty to omit the key
 * @param reader stores a value in the request that is being parsed
 * @param isSetting whether the reader sets a value, rather than keeping it as a fact
 */
public record InfotextKey(
    String name,
    Function<ImageSettings, Optional<String>> writer,
    BiConsumer<InfotextDraft, String> reader,
    boolean isSetting) {

  /** Creates a key that is a setting of the request. */
  static InfotextKey setting(
      String name,
      Function<ImageSettings, Optional<String>> writer,
      BiConsumer<InfotextDraft, String> reader) {
    return new InfotextKey(name, writer, reader, true);
  }

  /** Creates a key for a fact about the image that is not a setting of a request. */
  static InfotextKey fact(String name) {
    return ofImage(name, settings -> Optional.empty());
  }

  /**
   * Creates a key for a setting of an input image, which the text does not contain. When read, the
   * value is kept as a fact.
   */
  static InfotextKey ofImage(String name, Function<ImageSettings, Optional<String>> writer) {
    return new InfotextKey(
        name,
        settings ->
            writer.apply(settings).or(() -> Optional.ofNullable(settings.facts().get(name))),
        (draft, value) -> draft.keep(name, value),
        false);
  }

  /** Returns {@code True} if the flag is on, otherwise empty. */
  static Optional<String> flag(boolean on) {
    return on ? Optional.of("True") : Optional.empty();
  }

  /** Returns the text, or empty if it is an empty string. */
  static Optional<String> text(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** Returns the number, or empty if it equals the default. */
  static Optional<String> unless(double usual, double value) {
    return value == usual ? Optional.empty() : Optional.of(InfotextValues.number(value));
  }
}
