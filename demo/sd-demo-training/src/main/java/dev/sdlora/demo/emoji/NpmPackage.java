package dev.sdlora.demo.emoji;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The npm packages with drawings and their names, in the versions that the model was trained with.
 * Each is downloaded once into a cache with {@code npm pack}, which checks its hash.
 */
enum NpmPackage {
  /** Microsoft's Fluent Emoji, flat, as SVG; MIT. */
  FLUENT_FLAT("@iconify-json/fluent-emoji-flat", "1.2.6"),
  /** Microsoft's Fluent Emoji as line art, as SVG; MIT. */
  FLUENT_HIGH_CONTRAST("@iconify-json/fluent-emoji-high-contrast", "1.2.6"),
  /** Microsoft's Fluent Emoji, modelled, as WebP; MIT. */
  FLUENT_3D("@lobehub/fluent-emoji-3d", "1.1.0"),
  /** Google's Noto Emoji as SVG; Apache 2.0. */
  NOTO("@iconify-json/noto", "1.2.9"),
  /** Names and groups by Unicode; MIT, data under the Unicode licence. */
  NAMES("unicode-emoji-json", "0.9.0"),
  /** Keywords; MIT. */
  KEYWORDS("emojilib", "4.0.3");

  private final String name;
  private final String version;

  NpmPackage(String name, String version) {
    this.name = name;
    this.version = version;
  }

  /**
   * Returns the files of the package whose names have an ending, by their paths in it.
   *
   * @param cache a folder for downloaded packages
   */
  Map<String, byte[]> files(Path cache, String ending) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    try (InputStream file = Files.newInputStream(fetched(cache));
        InputStream unzipped = new GZIPInputStream(new BufferedInputStream(file));
        TarArchiveInputStream archive = new TarArchiveInputStream(unzipped)) {
      for (TarArchiveEntry entry = archive.getNextEntry();
          entry != null;
          entry = archive.getNextEntry()) {
        if (entry.isFile() && entry.getName().endsWith(ending)) {
          files.put(entry.getName().replaceFirst("^package/", ""), archive.readAllBytes());
        }
      }
    }
    return files;
  }

  byte[] file(Path cache, String path) throws IOException {
    byte[] file = files(cache, path).get(path);
    if (file == null) {
      throw new IOException("%s@%s has no file %s".formatted(name, version, path));
    }
    return file;
  }

  private Path fetched(Path cache) throws IOException {
    // The file name that npm derives from @scope/name.
    String file = "%s-%s.tgz".formatted(name.replace("@", "").replace('/', '-'), version);
    Path path = Files.createDirectories(cache).resolve(file);
    if (!Files.exists(path)) {
      Process npm =
          new ProcessBuilder("npm", "pack", "--silent", name + "@" + version)
              .directory(cache.toFile())
              .redirectErrorStream(true)
              .start();
      String output =
          new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!Files.exists(path)) {
        throw new IOException(
            "npm pack %s@%s did not create %s; its output: %s"
                .formatted(name, version, file, output));
      }
    }
    return path;
  }
}
