package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that are in the cache already. */
final class NpmPackageTest {
  @TempDir Path cache;

  @BeforeEach
  void writePackage() throws IOException {
    Path file = cache.resolve("lobehub-fluent-emoji-3d-1.1.0.tgz");
    try (TarArchiveOutputStream archive =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      add(archive, "package/package.json", "about");
      add(archive, "package/assets/1f408.webp", "cat");
      add(archive, "package/assets/1f415.webp", "dog");
    }
  }

  private static void add(TarArchiveOutputStream archive, String path, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(path);
    entry.setSize(content.length);
    archive.putArchiveEntry(entry);
    archive.write(content);
    archive.closeArchiveEntry();
  }

  @Test
  void files_ending_thoseByTheirPathsInThePackage() throws IOException {
    assertThat(NpmPackage.FLUENT_3D.files(cache, ".webp"))
        .containsOnlyKeys("assets/1f408.webp", "assets/1f415.webp")
        .containsEntry("assets/1f415.webp", "dog".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void file_thatIsNotThere_isNamed() throws IOException {
    assertThat(NpmPackage.FLUENT_3D.file(cache, "package.json")).asString().isEqualTo("about");
    assertThatIOException()
        .isThrownBy(() -> NpmPackage.FLUENT_3D.file(cache, "icons.json"))
        .withMessageContaining("@lobehub/fluent-emoji-3d@1.1.0")
        .withMessageContaining("icons.json");
  }
}
