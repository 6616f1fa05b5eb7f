package dev.sdlora.infotext.key;

import dev.sdlora.api.PromptSpec;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

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

  /** Creates a key that is read and never written. */
  static InfotextKey former(String name, BiConsumer<InfotextDraft, String> reader) {
    return setting(name, settings -> Optional.empty(), reader);
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
    return setting(name, writer, (draft, value) -> {}).asFact();
  }

  /** Returns the key with another name. */
  InfotextKey named(String other) {
    return new InfotextKey(other, writer, reader, isSetting);
  }

  /** Returns the key, written only for some requests. */
  InfotextKey onlyIf(Predicate<PromptSpec> condition) {
    return writing(
        settings -> condition.test(settings.spec()) ? writer.apply(settings) : Optional.empty());
  }

  /** Returns the key with another writer. */
  InfotextKey writing(Function<ImageSettings, Optional<String>> other) {
    return new InfotextKey(name, other, reader, isSetting);
  }

  /** Returns the key, written with other words. */
  InfotextKey inWords(UnaryOperator<String> words) {
    return writing(settings -> writer.apply(settings).map(words));
  }

  /** Returns the key with another reader. */
  InfotextKey reading(BiConsumer<InfotextDraft, String> other) {
    return new InfotextKey(name, writer, other, isSetting);
  }

  /** Returns the key, which has the value of another key if it has none. */
  InfotextKey or(InfotextKey other) {
    return writing(settings -> writer.apply(settings).or(() -> other.writer.apply(settings)));
  }

  /** Returns the key, which has the value of a fact if it has no other. */
  InfotextKey orFact() {
    return writing(settings -> writer.apply(settings).or(() -> fact(settings)));
  }

  /** Returns the key, which has the value of a fact if there is one. */
  InfotextKey factFirst() {
    return writing(settings -> fact(settings).or(() -> writer.apply(settings)));
  }

  /** Returns the key, which has the value of a fact. */
  InfotextKey fromFact() {
    return writing(this::fact);
  }

  /** Returns the key, whose value is kept as a fact when it is read. */
  InfotextKey asFact() {
    return new InfotextKey(name, orFact().writer, (draft, value) -> draft.keep(name, value), false);
  }

  private Optional<String> fact(ImageSettings settings) {
    return Optional.ofNullable(settings.facts().get(name));
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
