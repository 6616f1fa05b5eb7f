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
 * Removes the paths of folders from messages for people who only know file names, such as the
 * author of a prompt: where the files are concerns only the server. Immutable.
 */
public final class PathRedactor {
  /** Replacements for the beginnings of paths, the longest beginning first. */
  private final Map<String, String> shown = new LinkedHashMap<>();

  /** Creates a redactor for files in these folders and their subfolders. */
  public PathRedactor(Collection<Path> folders) {
    Map<String, String> all = new LinkedHashMap<>();
    for (Path folder : folders) {
      Path absolute = folder.toAbsolutePath();
      for (Path spelling : List.of(absolute, absolute.normalize(), real(absolute))) {
        if (spelling.getFileName() != null) {
          // A folder given relative to the working folder may be shown as given.
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

  /** Returns a sentence without paths to the folders. */
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

  /** Returns the result of some work; if it fails, redacts the message of the exception. */
  public <T> T redact(Supplier<T> work) {
    try {
      return work.get();
    } catch (StableDiffusionException e) {
      throw redact(e);
    }
  }

  /** Returns the same error with a redacted message. */
  public StableDiffusionException redact(StableDiffusionException error) {
    String message = String.valueOf(error.getMessage());
    String sentence = redact(message);
    return sentence.equals(message) ? error : error.withMessage(sentence);
  }
}
