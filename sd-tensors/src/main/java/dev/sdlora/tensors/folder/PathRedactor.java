package dev.sdlora.tensors.folder;

import dev.sdlora.api.error.StableDiffusionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How files in some folders are shown to those who only know their names, such as the author of a
 * prompt: without the way to the folder, which is nobody's business but the server's. Immutable.
 */
public final class PathRedactor {
  /** What is written for the beginning of a path, the longest beginning first. */
  private final Map<String, String> shown = new LinkedHashMap<>();

  /** Shows files in these folders, and in those inside them. */
  public PathRedactor(Collection<Path> folders) {
    Map<String, String> all = new LinkedHashMap<>();
    for (Path folder : folders) {
      Path absolute = folder.toAbsolutePath();
      for (Path spelling : List.of(absolute, absolute.normalize(), real(absolute))) {
        if (spelling.getFileName() != null) {
          // What was given relative to the working folder may be shown as it was given.
          all.put(spelling.toString(), folder.isAbsolute() ? "" : folder.toString());
        }
      }
    }
    List<String> beginnings = new ArrayList<>(all.keySet());
    beginnings.sort((a, b) -> Integer.compare(b.length(), a.length()));
    beginnings.forEach(beginning -> shown.put(beginning, all.getOrDefault(beginning, "")));
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder;
    }
  }

  /** A sentence in which no path leads to one of the folders. */
  public String redact(String sentence) {
    String result = sentence;
    for (Map.Entry<String, String> entry : shown.entrySet()) {
      Path folder = Path.of(entry.getKey());
      String separator = folder.getFileSystem().getSeparator();
      String given = entry.getValue();
      result = result.replace(entry.getKey() + separator, given.isEmpty() ? "" : given + separator);
      result = result.replace(entry.getKey(), given.isEmpty() ? "" + folder.getFileName() : given);
    }
    return result;
  }

  /** What work gives; if it fails, with such a sentence. */
  public <T> T redact(Supplier<T> work) {
    try {
      return work.get();
    } catch (StableDiffusionException e) {
      throw redact(e);
    }
  }

  /** The same error with such a sentence. */
  public StableDiffusionException redact(StableDiffusionException error) {
    String message = String.valueOf(error.getMessage());
    String sentence = redact(message);
    return sentence.equals(message) ? error : error.withMessage(sentence);
  }
}
