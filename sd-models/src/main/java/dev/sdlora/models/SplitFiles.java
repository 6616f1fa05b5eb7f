package dev.sdlora.models;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folders of ComfyUI for the parts of a model, as in the repositories of Comfy-Org: {@code
 * split_files/diffusion_models}, {@code split_files/text_encoders} and so on. A transformer finds
 * its text encoder and its VAE in the folders next to its own.
 */
final class SplitFiles {
  private static final Pattern PART = Pattern.compile(".*/split_files/([\\w-]+)/[^/]+");

  private SplitFiles() {}

  /**
   * Returns the folder for a file: the subfolder for its part, or the given folder if the file is
   * no such part or the folder is already that of the part.
   *
   * @param file the file in the cache, under its path in the repository
   */
  static Path folder(Path folder, Path file) {
    Matcher part = PART.matcher(file.toString().replace('\\', '/'));
    if (!part.matches()) {
      return folder;
    }
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return part.group(1).equals(String.valueOf(last)) ? folder : folder.resolve(part.group(1));
  }
}
