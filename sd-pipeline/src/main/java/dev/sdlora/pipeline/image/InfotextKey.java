package dev.sdlora.pipeline.image;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One key of the settings line.
 *
 * @param name as A1111 writes it
 * @param writer the value for an image, or empty to leave the key out
 * @param reader puts a value into the request that is being read
 * @param isSetting whether the reader sets something, rather than keep the value as a fact
 */
record InfotextKey(
    String name,
    Function<ImageSettings, Optional<String>> writer,
    BiConsumer<InfotextDraft, String> reader,
    boolean isSetting) {

  /** A key that is a setting of the request. */
  static InfotextKey setting(
      String name,
      Function<ImageSettings, Optional<String>> writer,
      BiConsumer<InfotextDraft, String> reader) {
    return new InfotextKey(name, writer, reader, true);
  }

  /** A key that tells something about the image which is no setting of a request. */
  static InfotextKey fact(String name) {
    return ofPicture(name, settings -> Optional.empty());
  }

  /**
   * A key of a setting that cannot be read back without an image that belongs to it. Of a request
   * without one it is a fact.
   */
  static InfotextKey ofPicture(String name, Function<ImageSettings, Optional<String>> writer) {
    return new InfotextKey(
        name,
        settings ->
            writer.apply(settings).or(() -> Optional.ofNullable(settings.facts().get(name))),
        (draft, value) -> draft.keep(name, value),
        false);
  }

  /** A switch: {@code True}, or nothing. */
  static Optional<String> flag(boolean on) {
    return on ? Optional.of("True") : Optional.empty();
  }

  /** A text, or nothing if it is empty. */
  static Optional<String> text(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** A number, or nothing if it is the one that goes without saying. */
  static Optional<String> unless(double usual, double value) {
    return value == usual ? Optional.empty() : Optional.of(InfotextValues.number(value));
  }
}
