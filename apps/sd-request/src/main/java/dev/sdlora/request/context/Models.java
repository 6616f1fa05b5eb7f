package dev.sdlora.request.context;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checkpoints that requests can choose. Safe for use by several threads. */
public interface Models {
  /** A name followed by A1111's hash in brackets. */
  Pattern TITLE = Pattern.compile("(.*?)\\s*\\[([0-9a-fA-F]*)]", Pattern.DOTALL);

  /** The hash of a file: AutoV2, AutoV3 or SHA-256. */
  Pattern HASH = Pattern.compile("[0-9a-fA-F]{10,64}");

  /** Returns all checkpoints, without loading any; the {@link #current} one first. */
  List<Model> list();

  /** Returns the checkpoint of requests that choose none. */
  Model current();

  /** Makes a checkpoint the current one. */
  void choose(Model model);

  /**
   * Finds a checkpoint.
   *
   * @param name its name or file name, also with a hash in brackets as A1111 lists it, or a hash
   *     alone, for which files may have to be read
   */
  Optional<Model> find(String name);

  /** Finds a checkpoint as {@link #find} does, but by hash only if that is known. */
  Optional<Model> findKnown(String name);

  /** Looks for new files. */
  default void refresh() {}

  /** Unloads the weights that no request uses; the next request loads them again. */
  default void unload() {}

  /** Loads the weights of the current checkpoint. */
  default void load() {}

  /** Returns the tensors outside Java's heap, of all checkpoints together. */
  int liveTensors();

  /** Returns the only checkpoint of a pipeline. */
  static Models only(Pipeline pipeline) {
    return new OnlyModel(pipeline);
  }

  /** Whether one of {@code list} is meant by its name, with or without a hash in brackets. */
  static boolean isNamed(String text, Model model) {
    Matcher title = TITLE.matcher(text);
    String name = title.matches() ? title.group(1) : text;
    return name.equals(model.name())
        || RequestContext.stem(name).equals(model.name())
        || RequestContext.stem(name).equals(model.checkpoint().name());
  }

  /** Returns the digits of the hash that a text has in brackets or consists of. */
  static Optional<String> hash(String text) {
    Matcher title = TITLE.matcher(text);
    String digits = title.matches() ? title.group(2) : text;
    return Optional.of(digits.toLowerCase(Locale.ROOT))
        .filter(hash -> HASH.matcher(hash).matches());
  }

  /** Whether a known hash of a checkpoint begins with the given digits. */
  static boolean hasKnownHash(Checkpoint checkpoint, String digits) {
    return checkpoint.knownSha256().filter(hash -> hash.startsWith(digits)).isPresent();
  }
}
